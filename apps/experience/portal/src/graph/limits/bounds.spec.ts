import { getIntrospectionQuery } from 'graphql';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { log } from '#service';
import { testPortal, type TestPortal } from '../../portal.fixture.js';
import { HEAVY, type Heavy } from './heavy.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await testPortal();
});
afterAll(() => portal?.close());

const post = async (body: string): Promise<{ status: number; text: string; json: any }> => {
  const answer = await fetch(`${portal.app.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(await portal.issuer.bearer({ client: 'operations' })) },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, text, json: JSON.parse(text) };
};

const ask = ({ query, variables = '{}' }: Heavy): ReturnType<typeof post> => post(`{"query":${JSON.stringify(query)},"variables":${variables}}`);

const extensionsOf = ({ json }: { json: any }): Record<string, unknown> => json.errors[0].extensions;

const ANSWERED = ['a directive on each of many fields', 'many texts to find, each a statement'];

describe('no document keeps the portal busy', () => {
  // The app's entrance now refuses some of the original sizes by their bytes or levels, so those
  // documents are sent smaller, too.
  const SMALLER = { 'a long list given by a variable, used often': 0.1, 'a variable of great depth': 0.004, 'many words': 0.2 };
  const whole = Object.keys(HEAVY).filter(name => !ANSWERED.includes(name));

  it.each([...whole.map(name => [name, 1] as const), ...Object.entries(SMALLER)])('refuses %s, and names the bound', async (name, size) => {
    const answer = await ask(HEAVY[name](size));
    const { code } = name in SMALLER && size === 1 ? answer.json : extensionsOf(answer);
    expect({ status: answer.status, code }).toEqual({
      status: 400,
      code: expect.stringMatching(
        /^(QUERY_TOO_COSTLY|QUERY_TOO_DEEP|DOCUMENT_TOO_LARGE|INVALID|TOO_MANY_CHANGES|GRAPHQL_VALIDATION_FAILED|beyond-bounds)$/,
      ),
    });
    expect(answer.json.errors?.[0].message ?? answer.json.detail).toMatch(/\d/);
    expect(answer.json.data).toBeUndefined();
    expect(answer.text.length).toBeLessThan(10_000);
  });

  it('states the limit, the price, and where most of it comes from', async () => {
    const { json } = await ask(HEAVY['aliases of scalars in many lists'](1));
    expect(json.errors[0]).toMatchObject({
      message: expect.stringMatching(/^This query gives and asks for up to 40\d+ values; at most 200000 are taken and answered at once/),
      locations: [{ line: 1 }],
      extensions: { code: 'QUERY_TOO_COSTLY', values: expect.any(Number), limit: 200_000, at: 'l0.nodes' },
    });
  });

  it('counts arguments at every use, and introspection', async () => {
    const priceOf = async (query: string, variables = '{}'): Promise<number> => (await ask({ query, variables })).json.extensions.values.requested;
    const ids = (n: number): string => JSON.stringify({ ids: Array.from({ length: n }, (_, i) => `dea_${i}`) });
    const once = 'query ($ids: [ID!]) { deals(first: 1, filter: { ids: $ids }) { nodes { id } } }';
    const twice =
      'query ($ids: [ID!]) { a: deals(first: 1, filter: { ids: $ids }) { nodes { id } } b: deals(first: 1, filter: { ids: $ids }) { nodes { id } } }';
    const [few, many, often] = [await priceOf(once, ids(1)), await priceOf(once, ids(901)), await priceOf(twice, ids(901))];
    expect(many - few).toBe(900);
    expect(often).toBe(2 * many);
    const byDefault = 'query ($n: Int! = 200) { deals(first: $n) { nodes { id } } }';
    expect((await ask({ query: byDefault })).json.extensions.cost.requested).toBe(201);
    const editor = await priceOf(getIntrospectionQuery({ inputValueDeprecation: true, oneOf: true, schemaDescription: true }));
    console.log(`a GraphQL editor's question for the whole schema: ${editor} values`);
    expect(editor).toBeGreaterThan(10_000);
    expect(editor).toBeLessThan(100_000);
  });

  it('runs no more statements than allowed', async () => {
    const { status, json } = await ask(HEAVY['many texts to find, each a statement'](1));
    expect([status, json.errors[0].message]).toEqual([200, 'This query needs more than 200 statements; ask for fewer lists at once.']);
    expect(json.extensions.statements).toBe(200);
  });

  it('reports only the first hundred of many errors', async () => {
    const { json } = await ask({ query: `{ ${Array.from({ length: 150 }, (_, i) => `p${i}: plan(hash: "${i}") { hash }`).join(' ')} }` });
    expect(json.errors).toHaveLength(101);
    expect(json.errors[100].message).toBe('There are 50 more errors.');
  });

  it('answers queries of many cheap fields', async () => {
    expect((await ask(HEAVY['a directive on each of many fields'](1))).json.errors).toBeUndefined();
  });

  it('keeps its memory bounded', async () => {
    const rss = (): number => process.memoryUsage().rss / 2 ** 20;
    const before = rss();
    for (let round = 0; round < 10; round++)
      for (const name of ['aliases of the schema within each other', 'aliases of scalars in many lists']) await ask(HEAVY[name](1));
    console.log(`20 refused queries: ${Math.round(rss() - before)} MB more`);
    expect(rss() - before).toBeLessThan(200);
  });
});

describe('what is answered', () => {
  /** CPU of this process for one answer in milliseconds: the least of several. */
  async function cpuMs(heavy: Heavy): Promise<number> {
    const spent: number[] = [];
    for (let run = 0; run < 4; run++) {
      const began = process.cpuUsage();
      expect((await ask(heavy)).json.errors).toBeUndefined();
      const { user, system } = process.cpuUsage(began);
      spent.push((user + system) / 1_000);
    }
    return Math.min(...spent);
  }

  const list = (n: number, made: (i: number) => string): string => Array.from({ length: n }, (_, i) => made(i)).join(' ');

  // Each of these is nearly as large as its bound allows; the one with statements is half as large.
  // Four times the size may cost twelve times as much: a busy machine does not reach that, and no
  // bound hides more.
  it.each([
    [
      'values',
      [1, 2, 4],
      (n: number) => ({ query: `{ __schema { ${list(n, i => `t${i}: types { ${list(6, j => `f${j}: fields { name }`)} }`)} } }` }),
    ],
    ['statements', [24, 48, 96], (n: number) => ({ query: `{ ${list(n, i => `f${i}: find(text: "${i}") { id }`)} }` })],
    ['directives', [110, 220, 440], (n: number) => ({ query: `{ viewer { ${list(n, i => `r${i}: roles @include(if: true)`)} } }` })],
    [
      'ids in filters',
      [10, 20, 40],
      (n: number) => ({
        query: `query ($ids: [ID!]) { ${list(n, i => `d${i}: deals(first: ${i + 1}, filter: { ids: $ids }) { totalCount { value } }`)} }`,
        variables: JSON.stringify({ ids: Array.from({ length: 1_000 }, (_, i) => `dea_${i}`) }),
      }),
    ],
  ])('costs no more than its share of the bound: %s', async (what, sizes, made: (n: number) => Heavy) => {
    const curve: number[] = [];
    for (const size of sizes) curve.push(await cpuMs(made(size)));
    console.log(`${what}: ${sizes.map((size, i) => `${size} took ${curve[i].toFixed(1)} ms`).join(', ')} of CPU`);
    expect(curve[2] / curve[0]).toBeLessThan(12);
  });
});

describe('a malformed request', () => {
  it.each([
    ['a subscription', { query: 'subscription { x }' }, 'There are no subscriptions here; ask again by a query.'],
    [
      'a subscription by name',
      { query: 'subscription S { x } query Q { viewer { roles } }', operationName: 'S' },
      'There are no subscriptions here; ask again by a query.',
    ],
    ['an operation of no such name', { query: 'query A { viewer { roles } }', operationName: 'B' }, 'Unknown operation named "B".'],
    [
      'two operations and no name',
      { query: 'query A { viewer { roles } } query B { viewer { roles } }' },
      'Must provide operation name if query contains multiple operations.',
    ],
    ['several requests in one', [{ query: '{ viewer { roles } }' }, { query: '{ viewer { roles } }' }], 'Operation batching disabled.'],
    ['nothing', {}, 'POST body missing, invalid Content-Type, or JSON object has no keys.'],
    ['no text for a query', { query: 7 }, 'GraphQL queries must be strings.'],
    ['a list for variables', { query: '{ viewer { roles } }', variables: [1] }, '`variables` in a POST body must be an object if provided.'],
    [
      'an operation name that is none',
      { query: '{ viewer { roles } }', operationName: {} },
      '`operationName` in a POST body must be a string if provided.',
    ],
  ])('is refused as such: %s', async (_what, body, message) => {
    const { status, json } = await post(JSON.stringify(body));
    expect({ status, message: json.errors[0].message }).toEqual({ status: 400, message });
    expect(json.errors[0].extensions.type).toBe('urn:throughline:problem:invalid');
  });

  it.each([
    ['half a surrogate pair', '{"query":"query ($h: ID!) { plan(hash: $h) { hash } }","variables":{"h":"\\ud800"}}', 'hash', 'characters'],
    ['a text of 8001 characters', `{"query":"{ plan(hash: \\"${'x'.repeat(8_001)}\\") { hash } }"}`, 'hash', 'length'],
    [
      '1001 ids',
      `{"query":"query ($f: DealFilter) { deals(filter: $f) { nodes { id } } }","variables":{"f":{"ids":${JSON.stringify(Array(1_001).fill('x'))}}}}`,
      'filter.ids',
      'length',
    ],
    ['a text to find of 201 characters', `{"query":"{ find(text: \\"${'x'.repeat(201)}\\") { id } }"}`, 'text', 'length'],
    ['a page of 201 rows', '{"query":"{ deals(first: 201) { nodes { id } } }"}', 'first', 'range'],
    [
      '11 plans at once',
      `{"query":"{ ${Array.from({ length: 11 }, (_, i) => `p${i}: plan(hash: \\"${i}\\") { hash }`).join(' ')} }"}`,
      'hash',
      'length',
    ],
  ])('is refused with the argument and the rule: %s', async (_what, body, field, rule) => {
    const { json } = await post(body);
    expect(json.errors[0].extensions).toMatchObject({ code: 'INVALID', fields: [{ field, rule }] });
  });

  it('is answered briefly, whatever it quotes', async () => {
    const { text } = await post(
      JSON.stringify({ query: 'query ($n: Int!) { deals(first: $n) { nodes { id } } }', variables: { n: 'x'.repeat(500_000) } }),
    );
    expect(text.length).toBeLessThan(5_000);
  });
});

describe('the budget of a caller', () => {
  it('is charged by the content of a request, not per request', async () => {
    const busy = await testPortal({ env: { RATE_LIMIT_PER_MINUTE: '100' } });
    const fields = (n: number): string => `{ ${Array.from({ length: n }, (_, i) => `a${i}: viewer { roles }`).join(' ')} }`;
    const leftAfter = async (query: string): Promise<number> =>
      Number((await busy.answer(query, { person: 'finance-uk' })).headers.get('ratelimit-remaining'));
    const [one, hundred, again] = [await leftAfter(fields(1)), await leftAfter(fields(100)), await leftAfter(fields(1))];
    expect([one, one - hundred, hundred - again]).toEqual([99, 21, 1]);
    // it would fit the plan, but some of it is used
    const spent = await busy.answer(fields(400), { person: 'finance-uk' });
    expect(spent).toMatchObject({ status: 429, errors: [{ extensions: { code: 'RATE_LIMITED', status: 429 } }] });
    expect(Number(spent.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(spent.data).toBeUndefined();
    // what the plan never allows is not for later
    const large = await busy.answer('{ deals(first: 200) { nodes { id name customer { id name } project { id } exceptions { nodes { id } } } } }', {
      person: 'finance-uk',
    });
    expect(large).toMatchObject({ status: 422, errors: [{ extensions: { status: 422, retryable: false } }] });
    expect(large.headers.get('retry-after')).toBeNull();
    await busy.close();
  });
});

describe('a defect', () => {
  it('has one line in the log, however many places of the answer it affects', async () => {
    const logged = vi.spyOn(log, 'error').mockReturnValue(undefined);
    await portal.dataSource.query('alter table portal.deal rename to deal_away');
    try {
      const { json } = await ask({ query: `{ ${Array.from({ length: 30 }, (_, i) => `d${i}: deal(id: "${i}") { id }`).join(' ')} }` });
      expect(json.errors).toHaveLength(30);
      expect(json.errors[7]).toMatchObject({
        message: 'Something went wrong here. The log has it under this correlation id.',
        path: ['d7'],
        extensions: { code: 'INTERNAL', correlationId: expect.any(String) },
      });
      expect(logged.mock.calls.filter(([, text]) => String(text).startsWith('defect'))).toHaveLength(1);
    } finally {
      await portal.dataSource.query('alter table portal.deal_away rename to deal');
      logged.mockRestore();
    }
  });
});

describe('an answer', () => {
  it('is complete or absent: one that is too large is refused', async () => {
    const small = await testPortal({ env: { ANSWER_LIMIT_BYTES: '65536' } });
    const { data } = await small.answer('{ __schema { queryType { name } } }');
    expect(data).toEqual({ __schema: { queryType: { name: 'Query' } } });
    const large = await small.answer(
      '{ __schema { types { name fields { name description } inputFields { name description } } } more: __schema { types { name fields { name description } } } }',
    );
    expect(large).toMatchObject({
      status: 422,
      errors: [
        {
          message: expect.stringMatching(/^The answer is larger than 65536 bytes\./),
          extensions: { code: 'UNPROCESSABLE', problemCode: 'answer-too-large' },
        },
      ],
    });
    expect(large.data).toBeUndefined();
    await small.close();
  });
});
