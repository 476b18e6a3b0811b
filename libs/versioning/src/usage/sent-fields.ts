import { membersOf, type Declared } from '#canonical';

/** The members that a class declares, and those of the classes nested in it. */
interface Fields {
  /** Member -> its path: `lines[].note`. */
  readonly paths: ReadonlyMap<string, string>;
  /** The members of members that are objects. Made when one is sent: a class may contain itself. */
  readonly nested: Map<string, () => Fields>;
}

/** A class may contain itself: below this depth, what was sent counts for its parent alone. */
const DEEPEST = 8;

function fieldsOf(type: Declared, prefix: string, depth: number): Fields {
  const members = membersOf(type);
  const pathOf = (name: string, isArray = false): string => `${prefix}${name}${isArray ? '[]' : ''}`;
  const nested = members.flatMap(({ name, type: of, isArray }) => {
    if (typeof of !== 'function' || depth === DEEPEST) return [];
    let made: Fields | undefined;
    return [[name, () => (made ??= fieldsOf(of(), `${pathOf(name, isArray)}.`, depth + 1))] as const];
  });
  return { paths: new Map(members.map(({ name, isArray }) => [name, pathOf(name, isArray)])), nested: new Map(nested) };
}

/**
 * Finds which of the declared members a request carries, each once: `body.lines[].note`. Members
 * that are not declared have no name here, so a caller can't fill the counts with names of its own.
 * Time is linear in the request.
 */
export function sentFields(type: Declared, prefix: string): (sent: unknown, found: Set<string>) => void {
  const fields = fieldsOf(type, `${prefix}.`, 0);
  return (sent, found) => collect(fields, sent, found);
}

function collect(fields: Fields, sent: unknown, found: Set<string>): void {
  if (Array.isArray(sent)) {
    for (const item of sent) collect(fields, item, found);
    return;
  }
  if (typeof sent !== 'object' || sent === null) return;
  for (const name of Object.keys(sent)) {
    const path = fields.paths.get(name);
    if (path === undefined) continue;
    found.add(path);
    const within = fields.nested.get(name);
    if (within) collect(within(), (sent as Record<string, unknown>)[name], found);
  }
}

/** Every declared member of a class, by its path: `answer.lines[].ready`. */
export function declaredFields(type: Declared, prefix: string): Set<string> {
  const found = new Set<string>();
  const list = ({ paths, nested }: Fields): void => {
    for (const path of paths.values()) found.add(path);
    for (const within of nested.values()) list(within());
  };
  list(fieldsOf(type, `${prefix}.`, 0));
  return found;
}
