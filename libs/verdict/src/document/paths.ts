/** The names of a path's template parameters, in their order. */
export const templateNames = (path: string): string[] => [...path.matchAll(/\{([^{}]*)\}/g)].map(match => match[1]);

/** The path without what its template parameters are called, which no caller sends. */
const shapeOf = (path: string): string => path.replace(/\{[^{}]*\}/g, '{}');

const bare = (path: string): string => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path);

/**
 * Which path of the base is which of the revision: the same one, else one that differs in the names
 * of its template parameters only, else in a slash at its end too.
 */
export function matchPaths(base: string[], revision: string[]): [string | undefined, string | undefined][] {
  const matched = new Map<string, string>();
  const taken = new Set<string>();
  for (const sameness of [(path: string) => path, shapeOf, (path: string) => bare(shapeOf(path))]) {
    const free = new Map(revision.filter(path => !taken.has(path)).map(path => [sameness(path), path]));
    for (const path of base) {
      const other = matched.has(path) ? undefined : free.get(sameness(path));
      if (other === undefined || taken.has(other)) continue;
      matched.set(path, other);
      taken.add(other);
    }
  }
  return [
    ...base.map((path): [string, string | undefined] => [path, matched.get(path)]),
    ...revision.filter(path => !taken.has(path)).map((path): [undefined, string] => [undefined, path]),
  ];
}

export const slashChanged = (base: string, revision: string): boolean => (bare(base) === base) !== (bare(revision) === revision);
