import { expect, it, vi } from 'vitest';
import { SchemaComparison } from './comparison.js';

// What takes seconds here took for ever where each use was compared anew, or overflowed the stack;
// the runner's own limit of time is the bound.

vi.setConfig({ testTimeout: 180_000 });

type Schemas = Record<string, unknown>;

const ref = (name: string): unknown => ({ $ref: `#/components/schemas/${name}` });
const documentOf = (schemas: Schemas): unknown => ({ openapi: '3.1.0', components: { schemas } });

function compared(base: Schemas, revision: Schemas, direction: 'request' | 'response' = 'request', root = 'Root'): string[] {
  const pointer = `/components/schemas/${root}`;
  const comparison = new SchemaComparison(documentOf(base), documentOf(revision));
  const use = { direction, operation: null, basePointer: pointer, revisionPointer: pointer, what: 'the body' };
  return comparison.compare(base[root], revision[root], use).map(change => `${change.id} ${change.pointer}`);
}

function list<T>(count: number, item: (index: number) => T): T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

it('compares a circle of 300 components once for 10,000 operations that all reach it', () => {
  const circle = (length: number): Schemas =>
    Object.fromEntries(
      list(300, index => [
        `C${index}`,
        {
          type: 'object',
          properties: {
            next: ref(`C${(index + 1) % 300}`),
            far: { type: 'array', items: ref(`C${(index * 7) % 300}`) },
            name: { type: 'string', maxLength: index === 150 ? length : 100 },
          },
        },
      ]),
    );
  const paths = Object.fromEntries(
    list(10_000, index => [`/p${index}`, { schema: { type: 'object', properties: { [`own${index}`]: ref(`C${index % 300}`) } } }]),
  );
  const [base, revision] = [100, 50].map(length => ({ openapi: '3.1.0', paths, components: { schemas: circle(length) } }));
  const comparison = new SchemaComparison(base, revision);
  const told = Object.entries(paths).flatMap(([path, { schema }]) =>
    (['request', 'response'] as const).map(direction => {
      const pointer = `/paths/~1${path.slice(1)}/schema`;
      return comparison.compare(schema, schema, {
        direction,
        operation: `GET ${path}`,
        basePointer: pointer,
        revisionPointer: pointer,
        what: 'the body',
      });
    }),
  );
  expect(told.map(changes => changes.map(({ id, pointer }) => `${id} ${pointer}`).join())).toEqual(
    list(20_000, index => `${index % 2 === 0 ? 'request' : 'response'}-max-length-lowered /components/schemas/C150/properties/name/maxLength`),
  );
  expect(told[2 * 150][0].text).toBe('`own150.name` of the body now has a maximum length of 50 (before: 100).');
});

it('follows a chain of 20,000 components to its end, by a path that is cut short', () => {
  const chain = (end: string): Schemas =>
    Object.fromEntries(
      list(20_001, index => [index === 0 ? 'Root' : `C${index}`, index === 20_000 ? { type: end } : { properties: { next: ref(`C${index + 1}`) } }]),
    );
  const told = compared(chain('string'), chain('integer'));
  expect(told).toEqual(['request-type-changed /components/schemas/C20000/type']);
});

it('follows references, parts and choices that are nested 5,000 deep', () => {
  const nested = (wrap: (inner: unknown, depth: number) => unknown, end: unknown): unknown => {
    let schema = end;
    for (let depth = 0; depth < 5_000; depth++) schema = wrap(schema, depth);
    return schema;
  };
  const wraps: ((inner: unknown) => unknown)[] = [
    inner => ({ type: 'object', properties: { a: inner } }),
    inner => ({ allOf: [inner] }),
    inner => ({ type: 'array', items: inner }),
    inner => ({ anyOf: [{ type: 'object' }, { type: 'array', items: inner }] }),
    inner => ({ not: { not: inner } }),
    inner => ({ additionalProperties: { allOf: [{ minProperties: 1 }, inner] } }),
  ];
  for (const wrap of wraps) expect(compared({ Root: nested(wrap, { type: 'string' }) }, { Root: nested(wrap, { type: 'integer' }) })).toHaveLength(1);
});

it('follows a chain of references that is as long as a document may be', () => {
  const chain = (end: unknown): Schemas =>
    Object.fromEntries(list(20_001, index => [index === 0 ? 'Root' : `C${index}`, index === 20_000 ? end : ref(`C${index + 1}`)]));
  expect(compared(chain({ type: 'string' }), chain({ type: 'string', maxLength: 5 }))).toEqual([
    'request-max-length-lowered /components/schemas/C20000/maxLength',
  ]);
});

it('takes an allOf of 2,000 parts apart', () => {
  const wide = (type: string): Schemas => ({
    Root: {
      allOf: list(2_000, index => ({
        type: 'object',
        properties: { [`p${index}`]: { type: index === 1_000 ? type : 'string' } },
        required: [`p${index}`],
      })),
    },
  });
  expect(compared(wide('string'), wide('integer'))).toEqual(['request-type-changed /components/schemas/Root/allOf/1000/properties/p1000/type']);
});

it('matches 200 alternatives with 200 in another order, each changed', () => {
  const choice = (reverse: boolean, length: number): Schemas => {
    const branches = list(200, index => ({
      type: 'object',
      properties: { kind: { const: `k${index}` }, [`p${index}`]: { type: 'string', maxLength: length }, name: { type: 'string' } },
      required: ['kind'],
    }));
    return { Root: { oneOf: reverse ? branches.reverse() : branches } };
  };
  const told = compared(choice(false, 10), choice(true, 5));
  expect(told).toHaveLength(200);
  expect(told.every(change => change.startsWith('request-max-length-lowered'))).toBe(true);
});

it('compares lists of 10,000 values', () => {
  const values = (count: number): Schemas => ({ Root: { enum: list(count, index => `v${index}`) } });
  expect(compared(values(9_999), values(10_000), 'response')).toEqual(['response-enum-value-added /components/schemas/Root/enum']);
});

it('gives up what combines without end, and says so', () => {
  // Two circles whose lengths have no common divisor meet in all combinations.
  const circles = (lengths: number[], end: number): Schemas => ({
    Root: { allOf: lengths.map(length => ref(`L${length}x0`)) },
    ...Object.fromEntries(
      lengths.flatMap(length =>
        list(length, index => [
          `L${length}x${index}`,
          { type: 'object', properties: { next: ref(`L${length}x${(index + 1) % length}`) }, minProperties: index === 0 ? end : 0 },
        ]),
      ),
    ),
  });
  const [base, revision] = [circles([31, 37, 41], 1), circles([31, 37, 41], 1)];
  const comparison = new SchemaComparison(documentOf(base), documentOf(revision), 1_000);
  const at = '/components/schemas/Root';
  const told = comparison.compare(base.Root, revision.Root, {
    direction: 'request',
    operation: null,
    basePointer: at,
    revisionPointer: at,
    what: 'the body',
  });
  expect(told.map(({ id, severity }) => `${severity} ${id}`)).toEqual(['warning request-comparison-incomplete']);
});
