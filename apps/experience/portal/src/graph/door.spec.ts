import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testPortal, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal({ env: { PORTAL_MAX_COST: '5000', PORTAL_MAX_DEPTH: '9' } });
});
afterAll(() => portal?.close());

const ask = (headers: Record<string, string>, query = '{ viewer { person { id } } }', path = '/graphql') =>
  fetch(portal.app.url + path, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify({ query }) });

const audited = (correlationId: string) =>
  portal.dataSource.query<object[]>('select * from service.audit where correlation_id = $1', [correlationId]);

describe('the entrance of /graphql', () => {
  it.each([
    ['no token', () => Promise.resolve({}), 401, 'token-missing'],
    ['a token that has expired', () => portal.issuer.bearer({ client: 'portal', expired: true }), 401, 'token-expired'],
    ['a token for another audience', () => portal.issuer.bearer({ client: 'portal', wrongAudience: true }), 401, 'token-audience'],
    ['a token without portal.read', () => portal.issuer.bearer({ client: 'sales' }), 403, 'scope-missing'],
    ['nonsense for a token', () => Promise.resolve({ authorization: 'Bearer x.y.z' }), 401, 'token-invalid'],
  ])('refuses %s before it reads the query', async (_what, headers, status, code) => {
    const answer = await ask(await headers(), '{ this is not even');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'application/problem+json; charset=utf-8']);
    expect(await answer.json()).toMatchObject({ status, code });
  });

  it('lets in those who may read, and states who they are', async () => {
    const { viewer } = await portal.ask('{ viewer { person { id name kind } roles legalEntities allLegalEntities seesUnassigned deniedFields } }', {
      person: 'finance-uk',
    });
    expect(viewer).toEqual({
      person: { id: 'person-finance-uk', name: 'Imogen Hartley', kind: 'person' },
      roles: ['finance'],
      legalEntities: ['LF-UK'],
      allLegalEntities: false,
      seesUnassigned: false,
      deniedFields: ['Worker.costRate', 'Intercompany.owningCost', 'Intercompany.lendingCost'],
    });
  });

  it('refuses a mutation without portal.act', async () => {
    const mutation = 'mutation { retryException(id: "x", reason: "try", idempotencyKey: "k") { problems { kind } } }';
    const { errors } = await portal.answer(mutation, { client: 'partner' }, {}, { 'x-correlation-id': 'door-1' });
    expect(errors![0].extensions).toMatchObject({ code: 'FORBIDDEN', problemCode: 'scope-missing' });
    expect(await audited('door-1')).toMatchObject([
      { what: 'refused', client: 'partner', after: { operation: 'mutation retryException', code: 'scope-missing' } },
    ]);
  });

  it('leaves an audit row for a mutation that answers 200 with a refusal in it', async () => {
    const mutation = 'mutation { again: retryException(id: "x", reason: "try", idempotencyKey: "k") { problems { kind } } }';
    const { data } = await portal.answer(mutation, { person: 'finance' }, {}, { 'x-correlation-id': 'door-2' });
    expect(data).toEqual({ again: { problems: [{ kind: 'not-found' }] } });
    expect(await audited('door-2')).toMatchObject([
      { what: 'refused', client: 'person-finance', after: { operation: 'mutation retryException', kind: 'not-found' } },
    ]);
  });

  it('explains faults of a query in words, with a correlation id and no stack', async () => {
    const { status, errors } = await portal.answer('{ deals { nodes { nope } } }', undefined, {}, { 'x-correlation-id': 'affair-9' });
    expect(status).toBe(400);
    expect(errors![0]).toMatchObject({
      message: 'Cannot query field "nope" on type "Deal". Did you mean "name"?',
      extensions: { correlationId: 'affair-9' },
    });
    expect(JSON.stringify(errors)).not.toContain('stack');
    expect(
      (await portal.answer('query ($first: Int!) { deals(first: $first) { nodes { id } } }', undefined, { first: 'many' })).errors![0].message,
    ).toContain('Int cannot represent non-integer value');
    expect((await portal.answer('{ deals(filter: { closeDate: { from: "yesterday" } }) { nodes { id } } }')).errors![0].message).toContain(
      'BusinessDate must be a string like "2026-11-20"',
    );
  });

  it.each(['2026-02-30', '2025-02-29', '0000-01-01'])('refuses %s, which the calendar does not have', async day => {
    const { status, errors } = await portal.answer(`{ deals(filter: { closeDate: { from: "${day}" } }) { nodes { id } } }`);
    expect([status, errors![0].message]).toEqual([400, expect.stringContaining(`BusinessDate must be of a day that the calendar has, not ${day}.`)]);
    const byVariable = await portal.answer(
      'query ($range: BusinessDateRange!) { deals(filter: { closeDate: $range }) { nodes { id } } }',
      undefined,
      { range: { to: day } },
    );
    expect(byVariable.errors![0]).toMatchObject({ message: expect.stringContaining('$range') as string, extensions: { code: 'BAD_USER_INPUT' } });
  });

  it.each([
    ['an id', '{ exception(id: "a\\u0000b") { id } }', {}, 'id'],
    ['a text', '{ find(text: "\\u0000") { id } }', {}, 'text'],
    ['a cursor', '{ deals(after: "\\u0000") { nodes { id } } }', {}, 'after'],
    ['a part of a filter', '{ deals(filter: { ids: ["x", "\\u0000"] }) { nodes { id } } }', {}, 'filter.ids.1'],
    ['a variable', 'query ($f: DealFilter) { deals(filter: $f) { nodes { id } } }', { f: { text: 'a\0' } }, 'filter.text'],
    ["a variable's default", 'query ($id: ID = "\\u0000") { deals(filter: { ids: [$id] }) { nodes { id } } }', {}, 'filter.ids.0'],
    ['a nested field', '{ deals { nodes { journey { summary { text(language: "\\u0000") } } } } }', {}, 'language'],
    ['a mutation', 'mutation { retryException(id: "x", reason: "a\\u0000b", idempotencyKey: "k") { problems { kind } } }', {}, 'reason'],
  ])('refuses a NUL character in %s, naming the argument', async (_where, query, variables, field) => {
    const { status, errors } = await portal.answer(query, undefined, variables);
    expect(status).toBe(400);
    expect(errors![0]).toMatchObject({
      message: `${field} has a NUL character, which no text here has.`,
      extensions: { code: 'INVALID', fields: [{ field }] },
    });
  });

  it.each([
    ['a value that its order has not', 'CLOSE_DATE', ['closeDate ascending', 'tomorrow', 'x']],
    ['an amount that is none', 'AMOUNT', ['amount ascending', 'NaN?', 'x']],
    ['a moment that is none', 'MODIFIED_AT', ['modifiedAt ascending', '2026-02-30 10:00:00+00', 'x']],
    ['a NUL character inside', 'NAME', ['name ascending', 'a\0', 'x']],
  ])('refuses a cursor of foreign origin, with %s', async (_what, by, parts) => {
    const after = Buffer.from(JSON.stringify(parts)).toString('base64url');
    const { errors } = await portal.answer(`{ deals(after: "${after}", order: { by: ${by} }) { nodes { id } } }`);
    expect(errors![0].extensions).toMatchObject({ code: 'INVALID', fields: [{ field: 'after' }] });
  });

  it('takes no query from another site: neither by GET nor as a plain form', async () => {
    const bearer = await portal.issuer.bearer({ client: 'portal' });
    expect((await fetch(`${portal.app.url}/graphql?query={viewer{roles}}`, { headers: bearer })).status).toBe(404);
    const plain = await fetch(`${portal.app.url}/graphql`, {
      method: 'POST',
      headers: { ...bearer, 'content-type': 'text/plain' },
      body: '{"query":"{ viewer { roles } }"}',
    });
    expect(plain.status).toBeGreaterThanOrEqual(400);
  });

  it('answers a GraphQL editor’s query of the whole schema', async () => {
    const { data, errors } = await portal.answer<any>(getIntrospectionQuery());
    expect(errors).toBeUndefined();
    expect(data.__schema.types.length).toBeGreaterThan(80);
  });
});

describe('the limits', () => {
  it('state with every answer what it cost', async () => {
    const { extensions } = await portal.answer('{ deals(first: 3) { nodes { id customer { name } } } }');
    expect(extensions.cost).toEqual({ requested: 1 + 3 * 2, limit: 5000 });
  });

  it('price a connection by the requested size, not by its actual size', async () => {
    const query = 'query ($n: Int!) { customers(first: $n) { nodes { deals(first: $n) { nodes { id } } } } }';
    expect((await portal.answer(query, undefined, { n: 50 })).errors).toBeUndefined();
    const { status, errors } = await portal.answer(query, undefined, { n: 200 });
    expect(status).toBe(400);
    expect(errors![0].message).toBe(
      'This query asks for up to 40401 objects; at most 5000 are answered at once. Ask for fewer rows (first) or less of each.',
    );
    expect(errors![0].extensions).toMatchObject({ code: 'QUERY_TOO_COSTLY', cost: 40401, limit: 5000 });
  });

  it('count every alias, every fragment and the default page size', async () => {
    const aliases = Array.from({ length: 30 }, (_, i) => `a${i}: deals(first: 200) { nodes { id } }`).join(' ');
    expect((await portal.answer(`{ ${aliases} }`)).errors![0].extensions.code).toBe('QUERY_TOO_COSTLY');
    const fragments =
      'fragment F on Customer { deals { nodes { ...G } } } fragment G on Deal { customer { projects { nodes { id } } } } { customers { nodes { ...F } } }';
    expect((await portal.answer(fragments)).errors![0].extensions).toMatchObject({
      code: 'QUERY_TOO_COSTLY',
      cost: 1 + 50 * (1 + 1 + 50 * (1 + 1 + 1 + 50)),
    });
    const edges = '{ customers(first: 100) { edges { node { deals(first: 100) { edges { cursor } } } } } }';
    expect((await portal.answer(edges)).errors![0].extensions.code).toBe('QUERY_TOO_COSTLY');
    expect(
      (await portal.answer('{ deals(first: -1000000) { nodes { id } } more: deals(first: 200) { nodes { id } } }')).errors![0].extensions.code,
    ).toBe('INVALID');
  });

  it('refuse a query that is too deep, and state its depth', async () => {
    const deep =
      '{ deals(first: 1) { nodes { customer { deals(first: 1) { nodes { customer { deals(first: 1) { nodes { customer { id } } } } } } } } } }';
    expect((await portal.answer(deep)).errors![0]).toMatchObject({
      message: 'This query is 10 levels deep; at most 9 are answered.',
      extensions: { code: 'QUERY_TOO_DEEP' },
    });
  });

  it('refuse recursive introspection, and a query of too many tokens', async () => {
    const introspection = '{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }';
    expect((await portal.answer(introspection)).errors![0].message).toContain('Maximum introspection depth exceeded');
    expect((await portal.answer(`{ ${'viewer { roles } '.repeat(2_000)} }`)).errors![0].message).toContain('5000 tokens');
  });
});
