/** Two lists laid beside each other, whatever their order. */
export interface Matched<T> {
  both: { base: T; revision: T }[];
  gone: T[];
  come: T[];
}

export interface Matching<T> {
  /** Equal prints are the same. */
  print: (item: T) => string;
  /** How alike two are that are not the same; null is not at all. */
  alike: (base: T, revision: T) => number | null;
}

/** More comparisons than that are not worth it: what is left is then matched in its order. */
const MOST_COMPARED = 250_000;

/**
 * What is the same is matched first, then what is most alike. The former takes one look at each;
 * only what is left is compared with each other.
 */
export function match<T>(base: readonly T[], revision: readonly T[], { print, alike }: Matching<T>): Matched<T> {
  if (base.length === 1 && revision.length === 1 && alike(base[0], revision[0]) !== null) {
    return { both: [{ base: base[0], revision: revision[0] }], gone: [], come: [] };
  }
  const both: Matched<T>['both'] = [];
  const byPrint = new Map<string, T[]>();
  for (const item of [...revision].reverse()) {
    const known = byPrint.get(print(item));
    if (known === undefined) byPrint.set(print(item), [item]);
    else known.push(item);
  }
  const taken = new Set<T>();
  const unlike = base.filter(item => {
    const same = byPrint.get(print(item))?.pop();
    if (same === undefined) return true;
    taken.add(same);
    both.push({ base: item, revision: same });
    return false;
  });
  const left = revision.filter(item => !taken.has(item));

  if (unlike.length * left.length > MOST_COMPARED) {
    const pairs = Math.min(unlike.length, left.length);
    for (let index = 0; index < pairs; index++) both.push({ base: unlike[index], revision: left[index] });
    return { both, gone: unlike.slice(pairs), come: left.slice(pairs) };
  }
  const scored: { base: T; revision: T; score: number }[] = [];
  for (const before of unlike) {
    for (const now of left) {
      const score = alike(before, now);
      if (score !== null) scored.push({ base: before, revision: now, score });
    }
  }
  const gone = new Set(unlike);
  const come = new Set(left);
  for (const pair of scored.sort((a, b) => b.score - a.score)) {
    if (!gone.has(pair.base) || !come.has(pair.revision)) continue;
    gone.delete(pair.base);
    come.delete(pair.revision);
    both.push({ base: pair.base, revision: pair.revision });
  }
  return { both, gone: [...gone], come: [...come] };
}
