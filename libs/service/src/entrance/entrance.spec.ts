import { request as httpRequest } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, testIssuer, testServer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';
import type { ProblemBody } from '../problems/problem-body.js';
import { LONGEST_URL, MOST_HEADERS, MOST_PARAMETERS } from './request-bounds.js';

let database: TestDatabase;
let issuer: TestIssuer;
const env = (more: Record<string, string> = {}) => ({ ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', ...more });

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
});
afterAll(async () => {
  await issuer.close();
  await database.close();
});

/** The app behind a front that sets X-Forwarded-For, as behind a gateway. */
async function behindAFront(app: NestFastifyApplication): Promise<{ url: string; close(): Promise<void> }> {
  const inner = await testServer((request, response) => app.getHttpAdapter().getInstance().routing(request, response));
  const front = await testServer((request, response) => {
    const forwarded = { ...request.headers, 'x-forwarded-for': request.headers['x-test-address'] ?? '198.51.100.9' };
    const onward = httpRequest(inner.url + request.url, { method: request.method, headers: forwarded }, answer => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
  return { url: front.url, close: async () => void (await Promise.all([front.close(), inner.close()])) };
}

describe('the bounds of a request beside its body', () => {
  it('refuse long URLs, many headers and many parameters, and name the exceeded bound', async () => {
    const app = await createApp(parcels, { env: env() });
    const bearer = await issuer.bearer({ client: 'operations' });
    const many = Object.fromEntries(Array.from({ length: MOST_HEADERS + 1 }, (_, i) => [`x-h${i}`, '1']));
    const parameters = Array.from({ length: MOST_PARAMETERS + 1 }, () => 'tags=a').join('&');
    const answers = [
      await app.inject({ url: `/v1/parcels?tags=${'x'.repeat(LONGEST_URL)}`, headers: bearer }),
      await app.inject({ url: '/v1/parcels', headers: { ...bearer, ...many } }),
      await app.inject({ url: `/v1/parcels?${parameters}`, headers: bearer }),
    ];
    const page = Array.from({ length: 200 }, () => 'tags=abcdefghijklmnopqrstuvwx').join('&');
    expect((await app.inject({ url: `/v1/parcels?${page}&limit=200`, headers: bearer })).statusCode).toBe(200);
    await app.close();
    expect(answers.map(answer => [answer.statusCode, answer.json<ProblemBody>().fields?.[0].field])).toEqual([
      [414, 'url'],
      [431, 'headers'],
      [400, 'query'],
    ]);
  });
});

describe('the headers of every answer', () => {
  const seen = (headers: Record<string, unknown>) => [
    headers['x-content-type-options'],
    headers['x-frame-options'],
    headers['cache-control'],
    headers['referrer-policy'],
    headers['content-security-policy'],
  ];
  const SAFE = ['nosniff', 'DENY', 'no-store', 'no-referrer', expect.stringContaining("frame-ancestors 'none'")];

  it('tell browsers not to guess types, cache, frame or send referrers, whatever is answered', async () => {
    const app = await createApp(parcels, { env: env() });
    const bearer = await issuer.bearer({ client: 'operations' });
    const urls = ['/v1/parcels', '/v1/none', '/v1/parcels/broken', '/healthz', '/openapi/v1.json', '/v1/parcels/%E0%A4%A'];
    const answers = [...(await Promise.all(urls.map(async url => app.inject({ url, headers: bearer })))), await app.inject('/v1/parcels')];
    await app.close();
    for (const { headers } of answers) expect(seen(headers)).toEqual(SAFE);
    expect(answers.map(({ headers }) => headers['access-control-allow-origin'])).toEqual(answers.map(() => undefined));
  });

  it('let pages of the configured origins read answers, and no others', async () => {
    const origin = 'https://portal.example.com';
    const app = await createApp(parcels, { env: env({ CORS_ORIGINS: origin }) });
    const bearer = await issuer.bearer({ client: 'operations' });
    const preflight = (from: string) =>
      app.inject({ method: 'OPTIONS', url: '/v1/parcels', headers: { origin: from, 'access-control-request-method': 'POST' } });
    const [theirs, others] = [await preflight(origin), await preflight('https://elsewhere.example.com')];
    const noPreflight = await app.inject({ method: 'OPTIONS', url: '/v1/parcels', headers: { origin } });
    const read = await app.inject({ url: '/v1/parcels', headers: { ...bearer, origin } });
    const other = await app.inject({ url: '/v1/parcels', headers: { ...bearer, origin: 'null' } });
    await app.close();
    expect([theirs.statusCode, theirs.headers['access-control-allow-origin'], theirs.headers['access-control-allow-credentials']]).toEqual([
      204,
      origin,
      undefined,
    ]);
    expect(theirs.headers).toMatchObject({
      'access-control-allow-methods': expect.stringContaining('PUT') as string,
      'access-control-allow-headers': expect.stringContaining('authorization') as string,
    });
    expect(noPreflight.statusCode).toBe(401);
    expect([others.statusCode, others.headers['access-control-allow-origin']]).toEqual([401, undefined]);
    expect([read.statusCode, read.headers['access-control-allow-origin'], read.headers.vary]).toEqual([200, origin, 'Origin']);
    expect([other.statusCode, other.headers['access-control-allow-origin']]).toEqual([200, undefined]);
  });

  it('accept only origins: any other value is a wrong setting', async () => {
    for (const wrong of ['*', 'portal.example.com', 'https://portal.example.com/path', 'null'])
      await expect(createApp(parcels, { env: env({ CORS_ORIGINS: wrong }) })).rejects.toThrow(
        /CORS_ORIGINS: must be an origin|CORS_ORIGINS must be an origin/,
      );
  });
});

describe('budgets behind a front', () => {
  it('make a flood of a stranger cost only the stranger, even from the same address', async () => {
    const app = await createApp(parcels, { env: env({ RATE_LIMIT_PER_MINUTE_ADDRESS: '20' }) });
    const front = await behindAFront(app);
    const bearer = await issuer.bearer({ client: 'operations' });
    const forged = { authorization: `${bearer.authorization.slice(0, -8)}AAAAAAAA` };
    const ask = async (path: string, headers: Record<string, string> = {}) => (await fetch(front.url + path, { headers })).status;
    const strangers: number[] = [];
    const good: number[] = [];
    for (let round = 0; round < 20; round++) {
      const flood = Array.from({ length: 50 }, (_, i) => ask(i % 3 === 0 ? '/openapi/v1.json' : '/v1/parcels', i % 2 ? forged : {}));
      const [refused, served] = await Promise.all([Promise.all(flood), Promise.all([ask('/v1/parcels', bearer), ask('/v1/none', bearer)])]);
      strangers.push(...refused);
      good.push(...served);
    }
    const elsewhere = await ask('/v1/parcels', { 'x-test-address': '198.51.100.10' });
    const probes = [await ask('/healthz'), await ask('/readyz')];
    await front.close();
    await app.close();
    expect(strangers.filter(status => status === 429)).toHaveLength(980);
    expect(new Set(good)).toEqual(new Set([200, 404]));
    expect([elsewhere, ...probes]).toEqual([401, 200, 200]);
  });

  it('charge no address for tokens that we could not check because the issuer is unavailable', async () => {
    const app = await createApp(parcels, { env: env({ RATE_LIMIT_PER_MINUTE_ADDRESS: '2', ISSUER_URL: 'http://127.0.0.1:9' }) });
    const bearer = await issuer.bearer({ client: 'operations' });
    const statuses: number[] = [];
    for (let i = 0; i < 4; i++) statuses.push((await app.inject({ url: '/v1/parcels', headers: bearer })).statusCode);
    await app.close();
    expect(statuses).toEqual([503, 503, 503, 503]);
  });

  it('believe X-Forwarded-For of trusted proxies only', async () => {
    const app = await createApp(parcels, { env: env({ RATE_LIMIT_PER_MINUTE_ADDRESS: '3', TRUSTED_PROXIES: '192.0.2.0/24' }) });
    const statuses: number[] = [];
    for (let i = 0; i < 5; i++)
      statuses.push((await app.inject({ url: '/v1/parcels', headers: { 'x-forwarded-for': `198.51.100.${i}` } })).statusCode);
    await app.close();
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
  });

  it('count the calls of a client whatever their outcome: refused, unknown and for a person alike', async () => {
    await database.dataSource.query('truncate governance.budget');
    const app = await createApp(parcels, { env: env({ RATE_LIMIT_PER_MINUTE: '4' }) });
    const bearer = await issuer.bearer({ client: 'operations', scopes: ['crm.read'] });
    const ask = async (url: string, headers = bearer) => (await app.inject({ url, headers })).statusCode;
    const statuses = [
      await ask('/v1/none'),
      await ask('/metrics'),
      await ask('/v1/parcels', { ...bearer, 'throughline-actor': '{}' } as typeof bearer),
      await ask('/v1/parcels'),
      await ask('/v1/parcels'),
    ];
    const people = [await issuer.bearer({ person: 'finance-uk' }), await issuer.bearer({ person: 'pmo-us' })];
    const theirs = [await ask('/v1/none', people[0]), await ask('/v1/none', people[1])];
    await app.close();
    expect([statuses, theirs]).toEqual([
      [404, 403, 403, 200, 429],
      [404, 404],
    ]);
  });
});
