import { WrongUse } from '../command.js';

/** A document with all of its files. The largest published one has about 12 MiB. */
export const MAX_BYTES = 32 * 1024 * 1024;
const MAX_VALUES = 4_000_000;
const MAX_DEPTH = 256;

/**
 * Refuses data that could exhaust whoever walks it: too deep, too many values (an alias of YAML
 * counts wherever it is used), or a value within itself; and a member named `__proto__`, which some
 * who walk it lose.
 */
export function bounded(name: string, data: unknown): unknown {
  let values = 0;
  const above = new Set<object>();
  const visit = (value: unknown, depth: number): void => {
    if (++values > MAX_VALUES) throw new WrongUse(`${name} has more than ${MAX_VALUES} values, its aliases written out`);
    if (typeof value !== 'object' || value === null) return;
    if (depth > MAX_DEPTH) throw new WrongUse(`${name} is nested deeper than ${MAX_DEPTH} levels`);
    if (Object.hasOwn(value, '__proto__')) throw new WrongUse(`${name} has a member named __proto__, which no API has`);
    if (above.has(value)) throw new WrongUse(`${name} has an alias to a value that it is a part of`);
    above.add(value);
    for (const part of Object.values(value)) visit(part, depth + 1);
    above.delete(value);
  };
  visit(data, 0);
  return data;
}
