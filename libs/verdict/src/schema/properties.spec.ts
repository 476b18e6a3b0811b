import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { SchemaComparison } from './comparison.js';
import { KNOWN_KEYWORDS } from './keywords.data.js';
import type { Way } from './pair.js';
import { RULES, type RuleName } from './rules.js';
import { changesOf, edited, schema, type Rooted, type Schema } from './schemas.fixture.js';

const RUNS = { numRuns: 150, seed: 30 };

vi.setConfig({ testTimeout: 180_000 });

const ids = (pair: { base: Schema; revision: Schema }, direction: 'request' | 'response'): string[] =>
  changesOf(pair, direction)
    .map(change => `${change.severity} ${change.id} ${change.text}`)
    .sort();

it('finds nothing between a schema and itself', () => {
  fc.assert(
    fc.property(schema, some => {
      const base = { ...(some === true || some === false ? { allOf: [some] } : some), $defs: { A: { type: 'string' } } };
      for (const direction of ['request', 'response'] as const) expect(ids({ base, revision: structuredClone(base) }, direction)).toEqual([]);
    }),
    RUNS,
  );
});

it('finds nothing where keys, values, required names and alternatives are in another order', () => {
  fc.assert(
    fc.property(edited, ({ base }) => {
      for (const direction of ['request', 'response'] as const) expect(ids({ base, revision: turned(base) as Schema }, direction)).toEqual([]);
    }),
    RUNS,
  );
});

it('finds the same whether a reference is followed or inlined', () => {
  fc.assert(
    fc.property(edited, ({ base, revision }) => {
      const told = ids({ base, revision }, 'request');
      expect(ids({ base: inlined(base), revision: inlined(revision) }, 'request')).toEqual(told);
      expect(ids({ base, revision: inlined(base) }, 'request')).toEqual([]);
    }),
    RUNS,
  );
});

it('finds as much more as fewer when base and revision change places', () => {
  fc.assert(
    fc.property(edited, ({ base, revision }) => {
      const forwards = effects({ base, revision }, 'request');
      const backwards = effects({ base: revision, revision: base }, 'response');
      expect({ fewer: backwards.more, more: backwards.fewer, both: backwards.both }).toEqual(forwards);
    }),
    RUNS,
  );
});

/** A property more is told as such, and a property less as a loss: here both are the same. */
function effects(pair: Rooted, direction: Way): Record<'fewer' | 'more' | 'both', boolean> {
  const found = new Set(
    changesOf(pair, direction).map(({ id }) => {
      const name = id.slice(direction.length + 1) as RuleName;
      return /property-(added|removed)/.test(name) ? 'both' : RULES[name].effect;
    }),
  );
  return { fewer: found.has('fewer'), more: found.has('more'), both: found.has('both') };
}

it('ends with an answer for any JSON in the place of a schema, and for any in the place of a keyword’s value', () => {
  const value = fc.jsonValue({ maxDepth: 2 });
  const odd = fc.dictionary(
    fc.constantFrom(...KNOWN_KEYWORDS, 'x-sensitive'),
    fc.oneof(value, fc.constantFrom('#', '#/properties', '#/$defs/A', '#/%', 'x#y', '#a')),
    {
      maxKeys: 6,
    },
  );
  const nested = odd.chain(outer =>
    odd.map(inner => ({ ...outer, properties: { a: inner }, $defs: { A: inner }, allOf: [inner], anyOf: [inner, outer] })),
  );
  fc.assert(
    fc.property(fc.oneof(value, odd, nested), fc.oneof(value, odd, nested), fc.constantFrom('3.0.3', '3.1.0'), (base, revision, openapi) => {
      const at = { operation: null, basePointer: '/x', revisionPointer: '/x', what: 'the body' };
      const comparison = new SchemaComparison({ openapi, x: base, $defs: {} }, { openapi, x: revision });
      for (const direction of ['request', 'response'] as const) {
        for (const { pointer, text } of comparison.compare(base, revision, { ...at, direction }))
          expect([/^(\/|$)/.test(pointer), text.length < 700]).toEqual([true, true]);
        expect(new SchemaComparison(base, base).compare(base, base, { ...at, direction, basePointer: '', revisionPointer: '' })).toEqual([]);
      }
    }),
    { numRuns: 300, seed: 30 },
  );
});

function turned(value: unknown, keyword = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map(item => turned(item));
    return keyword === 'prefixItems' ? items : items.reverse();
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inner]) => [name, turned(inner, name)]),
  );
}

function inlined(root: Schema): Schema {
  const { $defs, ...rest } = root as { $defs: { A: Schema } };
  return { ...(JSON.parse(JSON.stringify(rest).replaceAll('{"$ref":"#/$defs/A"}', JSON.stringify($defs.A))) as Schema & object), $defs };
}
