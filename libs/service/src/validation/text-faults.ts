import { MOST_FAULTS, pathOf, storable, type FieldFault } from '#canonical';

type Path = (string | number)[];

/**
 * Where `value` contains texts that can't be stored. A bad name counts as a fault of its field. The
 * levels are bounded before.
 */
function* unstorable(value: unknown, path: Path): Generator<Path> {
  if (typeof value === 'string' && !storable(value)) yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [name, part] of Object.entries(value)) {
    if (!storable(name)) yield path;
    else yield* unstorable(part, [...path, Array.isArray(value) ? Number(name) : name]);
  }
}

const joined = (within: string, path: string): string => (within === '' || path === '' ? within + path : `${within}.${path}`);

/**
 * Texts in `value` that Postgres can't store: the first MOST_FAULTS of them. `root` is what the
 * value itself is called, `within` its path in the request.
 */
export function textFaults(value: unknown, root: string, within = ''): FieldFault[] {
  const faults: FieldFault[] = [];
  for (const path of unstorable(value, [])) {
    const field = joined(within, pathOf(path)) || root;
    faults.push({ field, rule: 'text', message: `${field} must not have a NUL character or half a surrogate pair` });
    if (faults.length === MOST_FAULTS) break;
  }
  return faults;
}
