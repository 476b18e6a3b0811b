import { isObject, own } from './places.js';

/** Types of JSON as bits; null is looked at by itself. A number is an integer or a fraction. */
export const Kinds = {
  boolean: 1,
  object: 2,
  array: 4,
  integer: 8,
  fraction: 16,
  string: 32,
  number: 8 | 16,
  any: 63,
} as const;

const NAMED: Record<string, number> = {
  boolean: Kinds.boolean,
  object: Kinds.object,
  array: Kinds.array,
  integer: Kinds.integer,
  number: Kinds.number,
  string: Kinds.string,
  null: 0,
};

/** The kinds that are told apart when a schema is split: a number stays whole. */
export const SINGLE_KINDS = [Kinds.boolean, Kinds.object, Kinds.array, Kinds.number, Kinds.string];

/** What a schema's own `type` allows; what is no type of JSON forbids nothing. */
export function kindsOf(schema: unknown): number {
  if (schema === false) return 0;
  const type = own(schema, 'type');
  const names = Array.isArray(type) ? type : [type];
  if (names.length === 0 || !names.every(name => typeof name === 'string' && Object.hasOwn(NAMED, name))) return Kinds.any;
  return names.reduce<number>((kinds, name) => kinds | NAMED[name as string], 0);
}

export function kindOf(value: unknown): number {
  if (typeof value === 'boolean') return Kinds.boolean;
  if (typeof value === 'string') return Kinds.string;
  if (typeof value === 'number') return Number.isInteger(value) ? Kinds.integer : Kinds.fraction;
  if (Array.isArray(value)) return Kinds.array;
  return isObject(value) ? Kinds.object : 0;
}

/** Names of types as a schema writes them. */
export function namesOf(kinds: number): string[] {
  const names = ['string', 'boolean', 'object', 'array'].filter(name => (kinds & NAMED[name]) !== 0);
  if ((kinds & Kinds.fraction) !== 0) names.push('number');
  else if ((kinds & Kinds.integer) !== 0) names.push('integer');
  return names;
}
