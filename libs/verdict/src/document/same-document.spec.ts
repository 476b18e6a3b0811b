import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Change } from '../change.js';
import { AS_OF, type Json } from './cases/case.fixture.js';
import { BODIES } from './cases/bodies.fixture.js';
import { PARAMETERS } from './cases/parameters.fixture.js';
import { RESPONSES } from './cases/responses.fixture.js';
import { SECURITY } from './cases/security.fixture.js';
import { WEBHOOKS } from './cases/webhooks.fixture.js';
import { compareDocuments } from './compare-documents.js';
import { largeDocument, type Size } from './large-document.fixture.js';
import { wholeDocument } from './whole-document.fixture.js';

const compare = (base: unknown, revision: unknown) => compareDocuments(base, revision, { asOf: AS_OF });

/** Changes without where they stand, which hangs on how the document is cut into components, and without their words, which say one of several ways there. */
const placeless = (changes: Change[]): string[] => changes.map(({ pointer: _, text: __, ...change }) => JSON.stringify(change)).sort();

/** The members of every object in an order that `seed` decides. */
function shuffled(value: unknown, seed: number): unknown {
  if (Array.isArray(value)) return value.map(item => shuffled(item, seed));
  if (typeof value !== 'object' || value === null) return value;
  const rank = (key: string): number => [...key].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) % 65_521, seed);
  const entries = Object.entries(value).sort(([a], [b]) => rank(a) - rank(b));
  return Object.fromEntries(entries.map(([key, inner]) => [key, shuffled(inner, seed)]));
}

/** Each reference to a component of these kinds replaced by what it leads to. */
function inlined(document: Json, kinds: string[]): Json {
  const components = document.components as Record<string, Json>;
  const inline = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(inline);
    if (typeof value !== 'object' || value === null) return value;
    const [, , kind, name] = String((value as Json).$ref ?? '').split('/');
    if (kinds.includes(kind)) return inline(components[kind][name]);
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, inline(inner)]));
  };
  return inline(document) as Json;
}

const KINDS = ['parameters', 'headers', 'links', 'requestBodies', 'responses', 'pathItems', 'callbacks'];

const wordless = ({ text: _, ...change }: Change): Partial<Change> => change;

const small = (size: Partial<Size>): Json => largeDocument({ operations: 12, seed: 3, components: 20, ...size });

/** Pairs of documents in which much differs. */
const PAIRS = [
  ...[PARAMETERS, BODIES, RESPONSES, WEBHOOKS, SECURITY].flat(),
  { base: wholeDocument(), revision: small({}) },
  { base: small({}), revision: small({ changed: 0.5 }) },
];

describe('a document', () => {
  it('has no change from itself', () => {
    expect(compare(wholeDocument(), wholeDocument()).verdict).toBe('none');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.nat(), (operations, seed) => {
        const document = small({ operations, seed });
        expect(compare(document, structuredClone(document))).toEqual({ verdict: 'none', changes: [] });
      }),
      { numRuns: 30 },
    );
  });

  it('is the same in whatever order its members are', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PAIRS), fc.nat({ max: 65_000 }), fc.nat({ max: 65_000 }), ({ base, revision }, seed, other) => {
        expect(compare(base, shuffled(base, seed)).verdict).toBe('none');
        expect(placeless(compare(shuffled(base, seed), shuffled(revision, other)).changes)).toEqual(placeless(compare(base, revision).changes));
      }),
      { numRuns: 100 },
    );
  });

  it('is the same with its components written where they are used', () => {
    fc.assert(
      fc.property(fc.subarray(KINDS), fc.subarray(KINDS), (some, others) => {
        const [base, revision] = [wholeDocument(), small({ changed: 0.5 })];
        expect(compare(base, inlined(base, some)).verdict).toBe('none');
        expect(compare(revision, inlined(revision, some)).verdict).toBe('none');
        const before = small({});
        expect(placeless(compare(inlined(before, some), inlined(revision, others)).changes)).toEqual(placeless(compare(before, revision).changes));
      }),
      { numRuns: 20 },
    );
  });

  it('has its changes told in the same order each time, the gravest first', () => {
    const [base, revision] = [small({}), small({ changed: 0.5 })];
    const { changes } = compare(base, revision);
    expect(compare(shuffled(base, 5), shuffled(revision, 6)).changes.map(wordless)).toEqual(changes.map(wordless));
    const severities = changes.map(({ severity }) => severity);
    expect(severities).toEqual(['breaking', 'warning', 'info'].flatMap(severity => severities.filter(one => one === severity)));
    expect(new Set(severities).size).toBe(3);
  });
});
