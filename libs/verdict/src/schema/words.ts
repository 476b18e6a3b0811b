import { isObject } from './places.js';

const LONGEST = 80;
const DEEPEST = 100;

/** JSON with sorted keys: equal values have equal texts. Below 100 levels it looks no further. */
export function canonical(value: unknown, depth = 0): string {
  if (depth > DEEPEST) return '"…"';
  if (Array.isArray(value)) return `[${value.map(item => canonical(item, depth + 1)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).sort();
  return `{${keys.map(key => `${JSON.stringify(key)}:${canonical(value[key], depth + 1)}`).join(',')}}`;
}

/** A text of at most 80 characters. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`;
}

/** A value of the document between backticks, shortened. */
export function quoted(value: unknown): string {
  return `\`${shortened(typeof value === 'string' ? value : canonical(value))}\``;
}

/** At most three values, and how many more there are. */
export function listed(values: readonly unknown[]): string {
  const first = values.slice(0, 3).map(quoted).join(', ');
  return values.length > 3 ? `${first} and ${values.length - 3} more` : first;
}

/** Both ends of a path that is too long to be read. */
export function shortPath(path: string): string {
  return path.length <= 2 * LONGEST ? path : `${path.slice(0, LONGEST)}…${path.slice(-LONGEST)}`;
}
