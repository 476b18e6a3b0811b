import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../change.js';
import { api, AS_OF, get, type Json } from './cases/case.fixture.js';
import { compareDocuments } from './compare-documents.js';
import { DocumentError } from './open-document.js';
import { wholeDocument } from './whole-document.fixture.js';

const compare = (base: unknown, revision: unknown = base) => compareDocuments(base, revision, { asOf: AS_OF });

function errorOf(base: unknown, revision?: unknown): DocumentError {
  try {
    compare(base, revision);
  } catch (error) {
    if (error instanceof DocumentError) return error;
    throw error;
  }
  throw new Error('Nothing was thrown.');
}

const inOperation = (operation: unknown): Json => api({ '/a': { get: operation } });

const MALFORMED: { name: string; document: unknown; pointer: string; problem: string }[] = [
  { name: 'a text', document: 'openapi: 3.1.0', pointer: '', problem: 'has to be an object and is a string.' },
  { name: 'a list', document: [], pointer: '', problem: 'has to be an object and is a list.' },
  { name: 'nothing', document: null, pointer: '', problem: 'has to be an object and is null.' },
  { name: 'another object', document: { asyncapi: '3.0.0' }, pointer: '', problem: 'is no OpenAPI document: it has no member `openapi`.' },
  { name: 'Swagger 2', document: { swagger: '2.0', paths: {} }, pointer: '/swagger', problem: 'says "2.0": only OpenAPI 3.0 and 3.1 are compared.' },
  { name: 'a later OpenAPI', document: { openapi: '4.0.0' }, pointer: '/openapi', problem: 'says "4.0.0": only OpenAPI 3.0 and 3.1 are compared.' },
  {
    name: 'a version that is a number',
    document: { openapi: 3.1 },
    pointer: '/openapi',
    problem: 'says 3.1: only OpenAPI 3.0 and 3.1 are compared.',
  },
  { name: 'no info', document: { openapi: '3.1.0', paths: {} }, pointer: '', problem: 'needs a member `info`.' },
  { name: 'paths that are a list', document: api([] as unknown as Json), pointer: '/paths', problem: 'has to be an object and is a list.' },
  { name: 'a path that is null', document: api({ '/a': null }), pointer: '/paths/~1a', problem: 'has to be an object and is null.' },
  { name: 'an operation that is a text', document: inOperation('list'), pointer: '/paths/~1a/get', problem: 'has to be an object and is a string.' },
  {
    name: 'parameters that are an object',
    document: inOperation({ parameters: {} }),
    pointer: '/paths/~1a/get/parameters',
    problem: 'has to be a list and is an object.',
  },
  {
    name: 'a parameter that is a number',
    document: inOperation({ parameters: [1] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'has to be an object and is a number.',
  },
  {
    name: 'a parameter without a name',
    document: inOperation({ parameters: [{ in: 'query' }] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'needs a text as `name`.',
  },
  {
    name: 'a parameter in the body',
    document: inOperation({ parameters: [{ name: 'a', in: 'body' }] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'is in "body"; a parameter is in path, query, header or cookie.',
  },
  {
    name: 'a body that is null',
    document: inOperation({ requestBody: null }),
    pointer: '/paths/~1a/get/requestBody',
    problem: 'has to be an object and is null.',
  },
  {
    name: 'an answer under no status',
    document: inOperation({ responses: { ok: {} } }),
    pointer: '/paths/~1a/get/responses/ok',
    problem: 'stands under "ok", which is no status, no range such as 2XX, and not default.',
  },
  {
    name: 'an answer that is a text',
    document: inOperation({ responses: { 200: 'ok' } }),
    pointer: '/paths/~1a/get/responses/200',
    problem: 'has to be an object and is a string.',
  },
  { name: 'a server without an address', document: get({}, { servers: [{}] }), pointer: '/servers/0', problem: 'needs a text as `url`.' },
  {
    name: 'scopes that are a text',
    document: inOperation({ security: [{ a: 'read' }] }),
    pointer: '/paths/~1a/get/security/0/a',
    problem: 'has to be a list and is a string.',
  },
  {
    name: 'a reference that leads nowhere',
    document: inOperation({ parameters: [{ $ref: '#/components/parameters/a' }] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'refers to `#/components/parameters/a`, which is not there.',
  },
  {
    name: 'a reference to another file',
    document: inOperation({ parameters: [{ $ref: 'common.yaml#/a' }] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'refers to `common.yaml#/a`, which is outside of the document: bundle it first.',
  },
  {
    name: 'a reference to the prototype',
    document: inOperation({ parameters: [{ $ref: '#/constructor/prototype' }] }),
    pointer: '/paths/~1a/get/parameters/0',
    problem: 'refers to `#/constructor/prototype`, which is not there.',
  },
];

const circular = (refs: Json): Json => get({ parameters: [{ $ref: '#/components/parameters/a' }] }, { components: { parameters: refs } });

describe('a document that cannot be compared', () => {
  it.each(MALFORMED)('is refused, with the place and what is wrong there: $name', ({ document, pointer, problem }) => {
    expect(errorOf(document)).toMatchObject({ which: 'base', pointer, problem });
  });

  it('is named: the base or the revision', () => {
    const error = errorOf(get({}), inOperation('list'));
    expect(error.message).toBe('The revision can’t be compared: /paths/~1a/get has to be an object and is a string.'.replace('’', "'"));
    expect(error.which).toBe('revision');
  });

  it('is refused when a reference leads back to itself', () => {
    const ref = (name: string): Json => ({ $ref: `#/components/parameters/${name}` });
    expect(errorOf(circular({ a: ref('a') })).problem).toBe('refers to itself through `#/components/parameters/a`.');
    expect(errorOf(circular({ a: ref('b'), b: ref('c'), c: ref('b') })).problem).toBe('refers to itself through `#/components/parameters/b`.');
    expect(errorOf(circular({ a: ref('a/b') })).problem).toBe('refers to itself through `#/components/parameters/a/b`.');
  });

  it('is compared all the same when a callback brings itself about, or references form a long chain', () => {
    const again = {
      '{$request.body#/url}': {
        post: { responses: { 200: { description: 'Got it.' } }, callbacks: { again: { $ref: '#/components/callbacks/again' } } },
      },
    };
    expect(compare(get({ callbacks: { again: { $ref: '#/components/callbacks/again' } } }, { components: { callbacks: { again } } })).verdict).toBe(
      'none',
    );

    const chain = Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`p${at}`, { $ref: `#/components/parameters/p${at + 1}` }]));
    const end = { name: 'a', in: 'query' };
    const chained = get({ parameters: [{ $ref: '#/components/parameters/p0' }] }, { components: { parameters: { ...chain, p10000: end } } });
    expect(compare(get({ parameters: [end] }), chained).verdict).toBe('none');
  });

  it('is refused when references lead through each other without an end in sight', () => {
    const within = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`p${at}`, { $ref: `#/components/parameters/p${at + 1}/a` }]));
    const document = get({ parameters: [{ $ref: '#/components/parameters/p0' }] }, { components: { parameters: within } });
    expect(errorOf(document).problem).toBe('is reached through too many references within references.');
  });

  it('has a day to be compared as of', () => {
    expect(() => compareDocuments(get({}), get({}), { asOf: 'today' })).toThrow('asOf has to be a day (YYYY-MM-DD) and is "today".');
  });

  it('is a DocumentError or a report, whatever stands anywhere in it', () => {
    const places = placesOf(wholeDocument());
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom<unknown>(null, 7, '', 'text', true, [], {}, [null], { a: null }, ['a'], { $ref: '#/x' }),
        (place, junk) => {
          const spoilt = withAt(wholeDocument(), place, junk);
          expect(['none', DocumentError]).toContain(outcomeOf(spoilt, structuredClone(spoilt)));
          outcomeOf(spoilt, wholeDocument());
          outcomeOf(wholeDocument(), spoilt);
        },
      ),
      { numRuns: 200 },
    );
  }, 120_000);
});

/** The verdict, or that a document was refused; anything else that is thrown is a defect. */
function outcomeOf(base: Json, revision: Json): Verdict | typeof DocumentError {
  try {
    return compare(base, revision).verdict;
  } catch (error) {
    expect(error).toBeInstanceOf(DocumentError);
    return DocumentError;
  }
}

/** The way to each value of a document. */
function placesOf(value: unknown, way: string[] = []): string[][] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value).flatMap(([key, one]) => placesOf(one, [...way, key])) : [];
  return [...(way.length > 0 ? [way] : []), ...inner];
}

function withAt(document: Json, way: string[], value: unknown): Json {
  let holder: any = document;
  for (const key of way.slice(0, -1)) holder = holder[key];
  holder[way.at(-1)!] = value;
  return document;
}
