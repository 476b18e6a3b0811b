import fc from 'fast-check';
import { when } from './cases/schema.cases.js';
import { SchemaComparison } from './comparison.js';
import { reportOf, type Change, type Verdict } from '../change.js';
import type { Way } from './pair.js';

export type Schema = boolean | { [keyword: string]: unknown };

/** Whole documents that are one schema with its definitions. */
export interface Rooted {
  base: Schema;
  revision: Schema;
}

export function changesOf({ base, revision }: Rooted, direction: Way): Change[] {
  const use = { direction, operation: null, basePointer: '', revisionPointer: '', what: 'the body' };
  return new SchemaComparison(base, revision).compare(base, revision, use);
}

export function verdictOf(pair: Rooted, direction: Way): Verdict {
  return reportOf(changesOf(pair, direction)).verdict;
}

const small = fc.integer({ min: 0, max: 3 });
const text = fc.constantFrom('', 'a', 'ab', 'b', 'abc');
const scalar = fc.oneof(text, fc.constantFrom(0, 1, 1.5, 2, 3), fc.boolean(), fc.constant(null));

const some = (keywords: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> => fc.record(keywords, { requiredKeys: [] });

const texts = some({ minLength: small, maxLength: small, pattern: fc.constantFrom('^a', 'b$', '^a?b?$') });
const numbers = some({ minimum: small, maximum: small, exclusiveMinimum: small, exclusiveMaximum: small, multipleOf: fc.constantFrom(0.5, 1, 2) });

/** Values of the kinds that the schemas speak of, small enough to meet their bounds. */
export const instance: fc.Arbitrary<unknown> = fc.letrec(tie => ({
  value: fc.oneof(
    { maxDepth: 3 },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.record({ a: tie('value'), b: tie('value'), c: tie('value') }, { requiredKeys: [] }),
  ),
})).value;

/**
 * Schemas of a bounded set of keywords. Objects always declare `a` and `b`, since a declared
 * property more is no break by convention; the alternatives of `oneOf` are of different types.
 */
export const schema: fc.Arbitrary<Schema> = fc.letrec<{ any: Schema; object: Schema; array: Schema; typed: Schema }>(tie => {
  const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 });
  const objects = some({
    required: names,
    additionalProperties: fc.oneof(fc.boolean(), tie('any')),
    patternProperties: fc.record({ '^c': tie('any') }),
    propertyNames: fc.constantFrom({ pattern: '^[ab]' }, { maxLength: 1 }, { enum: ['a', 'c'] }),
    minProperties: small,
    maxProperties: small,
    dependentRequired: fc.record({ a: names }),
    dependentSchemas: fc.record({ b: tie('object') }),
    unevaluatedProperties: fc.boolean(),
  });
  const arrays = some({
    items: tie('any'),
    prefixItems: fc.array(tie('any'), { minLength: 1, maxLength: 2 }),
    minItems: small,
    maxItems: small,
    uniqueItems: fc.boolean(),
    contains: tie('any'),
    // At least more than at most is refused by JSON Schema, and taken by Ajv for an empty list.
    minContains: fc.integer({ min: 0, max: 2 }),
    maxContains: fc.integer({ min: 2, max: 3 }),
    unevaluatedItems: fc.boolean(),
  });
  const object = fc.tuple(fc.record({ type: fc.constant('object'), properties: fc.record({ a: tie('any'), b: tie('any') }) }), objects).map(merged);
  const array = fc.tuple(fc.constant({ type: 'array' }), arrays).map(merged);
  const string = fc.tuple(fc.constant({ type: 'string' }), texts).map(merged);
  const number = fc.tuple(fc.record({ type: fc.constantFrom('integer', 'number') }), numbers).map(merged);
  const mixed = fc
    .tuple(
      fc.record({ type: fc.uniqueArray(fc.constantFrom('string', 'number', 'integer', 'null', 'boolean', 'array'), { minLength: 1, maxLength: 3 }) }),
      texts,
      numbers,
    )
    .map(merged);
  const listed = fc
    .tuple(fc.record({ enum: fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 }) }), fc.oneof(fc.constant({}), texts, numbers))
    .map(merged);
  const choice = fc.oneof(
    fc.record({ anyOf: fc.array(tie('any'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ oneOf: fc.tuple(string, number, fc.oneof(object, array, fc.constant({ type: 'null' }))) }),
    fc.record({ allOf: fc.array(tie('any'), { minLength: 1, maxLength: 2 }) }),
    fc.record({ not: tie('any') }),
    fc.record({ type: fc.constantFrom('string', 'number'), not: tie('any') }),
    fc.tuple(tie('any'), tie('any'), tie('any')).map(([test, met, unmet]) => when(test, met, unmet)),
    fc.constant({ $ref: '#/$defs/A' }),
    fc.record({ const: scalar }),
  );
  const typed = fc.oneof({ maxDepth: 2 }, string, number, mixed, listed, object, array);
  return {
    typed,
    object,
    array,
    any: fc.oneof({ maxDepth: 3, depthSize: 'small' }, string, number, mixed, listed, fc.boolean(), object, array, choice),
  };
}).any;

/** A schema and an edit of it: somewhere in it a part is another, or a keyword is gone. */
export const edited: fc.Arbitrary<Rooted> = fc
  .record({ base: schema, part: schema, other: schema, seeds: fc.array(fc.nat(1000), { minLength: 50, maxLength: 50 }), definition: schema })
  .map(({ base, part, seeds, definition, other }) => {
    let used = 0;
    const next = (): number => seeds[used++ % seeds.length];
    const revision = next() % 12 === 0 ? other : changed(base, part, next);
    return { base: rooted(base, definition), revision: rooted(revision, next() % 4 === 0 ? changed(definition, part, next) : definition) };
  });

/** The definition that references lead to may not lead to itself: Ajv would not end. */
function rooted(root: Schema, definition: Schema): Schema {
  return { allOf: [root], $defs: { A: JSON.parse(JSON.stringify(definition).replaceAll('{"$ref":"#/$defs/A"}', '{"type":"string"}')) as Schema } };
}

function changed(at: Schema, part: Schema, next: () => number): Schema {
  if (typeof at === 'boolean' || typeof part === 'boolean') return part;
  const keywords = Object.keys(at);
  const keyword = keywords[next() % Math.max(1, keywords.length)];
  if (keyword === undefined) return part;
  const value = at[keyword];
  const { [keyword]: _, ...rest } = at;
  const inner = (inside: unknown): Schema => changed(inside as Schema, part, next);
  switch (next() % 5) {
    case 0:
      return keyword === 'properties' ? at : rest;
    case 1:
      return Object.hasOwn(part, keyword) ? { ...at, [keyword]: part[keyword] } : part.properties === undefined ? { ...part, ...at } : at;
    default:
      if (['items', 'not', 'if', 'then', 'else', 'contains', 'additionalProperties'].includes(keyword)) return { ...at, [keyword]: inner(value) };
      if (['anyOf', 'allOf', 'prefixItems'].includes(keyword)) {
        const list = [...(value as Schema[])];
        list[next() % list.length] = inner(list[next() % list.length]);
        return { ...at, [keyword]: next() % 2 === 0 ? list.reverse() : list };
      }
      if (keyword === 'properties') {
        const properties = value as Record<string, Schema>;
        const name = next() % 2 === 0 ? 'a' : 'b';
        return { ...at, properties: { ...properties, [name]: inner(properties[name]) } };
      }
      return next() % 2 === 0 ? rest : at;
  }
}

function merged(parts: readonly Record<string, unknown>[]): Schema {
  return Object.assign({}, ...parts) as Schema;
}
