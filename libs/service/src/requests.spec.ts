import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, testDatabase, testIssuer, testServer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from './create-app.js';
import { Readiness } from './health/readiness.js';
import { parcels } from './parcels.fixture.js';
import type { ProblemBody } from './problems/problem-body.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;
let bearer: { authorization: string };
let folder: string;
const env = (more: Record<string, string> = {}) => ({
  ...process.env,
  LOG_LEVEL: 'info',
  LOG_FILE: join(folder, 'log'),
  PARCELS_CLIENT_SECRET: 'none',
  ...more,
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-log-'));
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  app = await createApp(parcels, { env: env() });
  bearer = await issuer.bearer({ client: 'operations' });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
  await rm(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers: { ...bearer, ...headers } });
const post = (payload: unknown, headers: Record<string, string> = {}) =>
  app.inject({ method: 'POST', url: '/v1/parcels', payload: payload as object, headers: { ...bearer, ...headers } });

describe('a parameter in the path', () => {
  it('reaches its operation with up to 200 characters, and no operation with more', async () => {
    const detailOf = async (id: string) => (await get(`/v1/parcels/${id}`)).json<ProblemBody>().detail;
    const longest = 'p'.repeat(200);
    expect(await detailOf(longest)).toBe(`There is no parcel ${longest}.`);
    expect(await detailOf(`${longest}p`)).not.toContain('There is no parcel');
  });
});

describe('a request that is not valid', () => {
  it('gets every fault at once, with the path of the field and the rule', async () => {
    const answer = await post({
      id: 'a b',
      label: 'x'.repeat(21),
      weight: 0,
      price: { amount: 12.5, currency: 'euro' },
      size: 'huge',
      colour: 'red',
    });
    const body = answer.json<ProblemBody>();
    expect(answer.statusCode).toBe(400);
    expect(body).toMatchObject({ type: 'urn:throughline:problem:invalid', code: 'validation', retryable: false });
    expect(body.fields?.map(({ field, rule }) => `${field} ${rule}`).sort()).toEqual([
      'colour unknown-field',
      'id matches',
      'label is-length',
      'price.amount matches',
      'price.currency matches',
      'size is-in',
      'weight min',
    ]);
    expect(body.fields?.find(({ field }) => field === 'price.currency')?.message).toBe('price.currency must be an ISO 4217 currency code');
  });

  it('gets one fault for each missing field', async () => {
    const fields = (await post({ id: 'p1', weight: 1, price: { currency: 'EUR' } })).json<ProblemBody>().fields;
    expect(fields).toEqual([
      { field: 'label', rule: 'required', message: 'label is required' },
      { field: 'price.amount', rule: 'required', message: 'price.amount is required' },
    ]);
  });

  it('is refused when any text in it can not be stored', async () => {
    const parcel = { id: 'p1', label: 'one', weight: 1 };
    const answers = [
      await get('/v1/parcels/p%001'),
      await get('/v1/parcels?tags=a&tags=b%00'),
      await get('/v1/parcels?cursor=%00'),
      await post({ ...parcel, label: 'o\0e' }),
      await post({ ...parcel, label: 'one\ud800' }),
      await post({ ...parcel, price: { amount: '1.00', currency: 'E\0R' } }, { 'idempotency-key': 'nul' }),
      await post({ ...parcel, price: { 'a\0': 1 } }),
    ];
    expect(answers.map(answer => [answer.statusCode, ...(answer.json<ProblemBody>().fields ?? []).map(({ field }) => field)])).toEqual([
      [400, 'id'],
      [400, 'tags[1]'],
      [400, 'cursor'],
      [400, 'label'],
      [400, 'label'],
      [400, 'price.currency'],
      [400, 'price'],
    ]);
    expect(answers[0].json<ProblemBody>().detail).toBe('id must not have a NUL character or half a surrogate pair.');
  });

  it('is answered that its body is missing, is not JSON, or is of another type', async () => {
    const json = { 'content-type': 'application/json' };
    const codes = [
      await post(undefined),
      await post('{"a"', json),
      await post('', json),
      await post('<a/>', { 'content-type': 'text/xml' }),
      await post('id=p1&label=one&weight=1', { 'content-type': 'application/x-www-form-urlencoded' }),
      await post('{"id":"p1","label":"one","weight":1}', { 'content-type': 'text/plain' }),
    ].map(answer => [answer.statusCode, answer.json<ProblemBody>().code]);
    expect(codes).toEqual([
      [400, 'body-missing'],
      [400, 'malformed-json'],
      [400, 'malformed-json'],
      [415, 'unsupported-media-type'],
      [415, 'unsupported-media-type'],
      [415, 'unsupported-media-type'],
    ]);
  });

  it('has query texts read as their type, and unknown parameters refused', async () => {
    const page = (await get('/v1/parcels?heavy=true&limit=2')).json<{ items: { label: string }[]; nextCursor: string | null }>();
    expect([page.items.length, page.items[0]?.label, typeof page.nextCursor]).toEqual([2, 'heavy', 'string']);
    expect((await get('/v1/parcels?tags=a&heavy=false')).json<{ items: { label: string }[] }>().items[0]?.label).toBe('tags a');
    const fields = (await get('/v1/parcels?limit=many&heavy=perhaps&colour=red')).json<ProblemBody>().fields?.map(({ field }) => field);
    expect(new Set(fields)).toEqual(new Set(['limit', 'heavy', 'colour']));
  });
});

describe('a failure', () => {
  it('is the caller’s when the database refuses one of its values, which is named; the log reports the gap in validation', async () => {
    const answer = await get('/v1/parcels/on?day=2026-02-31', { 'x-correlation-id': 'value-1' });
    expect([answer.statusCode, answer.json<ProblemBody>().code, answer.json<ProblemBody>().fields?.[0].field]).toEqual([400, 'value-refused', 'day']);
    expect(
      (await readFile(join(folder, 'log'), 'utf8')).split('\n').some(line => line.includes('value-1') && line.includes('validation has a gap')),
    ).toBe(true);
  });

  it('is always a problem in its own media type', async () => {
    for (const url of ['/nothing', '/v1/parcels/%E0%A4%A', '/v1/parcels/p7', '/v1/parcels/broken', '/v1/parcels/unreachable']) {
      const answer = await get(url);
      expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8');
      expect(answer.json<ProblemBody>()).toMatchObject({ status: answer.statusCode, correlationId: answer.headers['x-correlation-id'] });
    }
  });

  it('names the whole path of an unserved URL', async () => {
    const details = await Promise.all(['/v1/nothing?a=b', '/', '/v1/parcels/p1/more'].map(async url => (await get(url)).json<ProblemBody>().detail));
    expect(details).toEqual([
      'There is nothing at GET /system/parcels/v1/nothing.',
      'There is nothing at GET /system/parcels.',
      'There is nothing at GET /system/parcels/v1/parcels/p1/more.',
    ]);
  });

  it('shows a defect only in the log', async () => {
    const answer = await get('/v1/parcels/broken');
    expect([answer.statusCode, answer.body.includes('hunter2'), answer.body.includes('stack')]).toEqual([500, false, false]);
  });

  it('says when to try again, and which back end failed', async () => {
    const answer = await get('/v1/parcels/unreachable');
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2']);
    expect(answer.json<ProblemBody>()).toMatchObject({ retryable: true, retryAfterMs: 1500, vendor: { system: 'kantata', code: '503' } });
  });

  it('says when to try again where the database went away, and a write is not kept as failed', async () => {
    const write = (seconds: number) =>
      app.inject({ method: 'POST', url: `/v1/parcels/slow-writes?seconds=${seconds}`, headers: { ...bearer, 'idempotency-key': `away-${seconds}` } });
    const sessions = `from pg_stat_activity where datname = current_database() and query like '%pg_sleep%' and pid <> pg_backend_pid()`;
    const cut = write(60);
    await eventually(async () => (await database.dataSource.query<unknown[]>(`select 1 ${sessions}`)).length > 0);
    await database.dataSource.query(`select pg_terminate_backend(pid) ${sessions}`);
    expect([(await cut).statusCode, (await cut).headers['retry-after']]).toEqual([503, '2']);
    expect((await cut).json<ProblemBody>()).toMatchObject({ retryable: true, code: 'database-away' });
    const kept = await database.dataSource.query<unknown[]>(`select 1 from service.idempotency where key = 'away-60' and status is not null`);
    expect(kept).toEqual([]);
    expect((await write(0)).statusCode).toBe(201);
  });
});

describe('the context of a request', () => {
  interface Seen {
    correlationId: string;
    traceparent: string;
    app: string;
    client: string;
    depot: string;
  }

  it('takes over correlation id and trace of its caller', async () => {
    const answer = await get('/v1/parcels/context', {
      'x-correlation-id': 'deal-42',
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    });
    const seen = answer.json<Seen>();
    expect(answer.headers['x-correlation-id']).toBe('deal-42');
    expect(seen).toMatchObject({ correlationId: 'deal-42', app: 'parcels', client: 'operations', depot: 'north' });
    expect(seen.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
  });

  it('starts its own when the caller sends none or nonsense', async () => {
    const [one, two] = [
      await get('/v1/parcels/context'),
      await get('/v1/parcels/context', { 'x-correlation-id': 'a b\tc', traceparent: '00-0-0-0' }),
    ];
    expect(one.json<Seen>().correlationId).not.toBe(two.json<Seen>().correlationId);
    expect(two.json<Seen>().traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('is separate for requests that run at once', async () => {
    const ids = Array.from({ length: 40 }, (_, i) => `affair-${i}`);
    const seen = await Promise.all(ids.map(async id => (await get('/v1/parcels/context', { 'x-correlation-id': id })).json<Seen>().correlationId));
    expect(seen).toEqual(ids);
  });

  it('refuses work whose caller has stopped waiting', async () => {
    const answer = await get('/v1/parcels/context', { 'throughline-deadline': '2020-01-01T00:00:00Z' });
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([504, 'deadline-passed']);
  });
});

describe('the log', () => {
  const lines = async (id: string) =>
    (await readFile(join(folder, 'log'), 'utf8'))
      .split('\n')
      .filter(line => line.includes(id))
      .map(line => JSON.parse(line) as Record<string, unknown>);

  it('has one readable line per request', async () => {
    await get('/v1/parcels/p7?secret=1', { 'x-correlation-id': 'line-1' });
    const [line, ...others] = await lines('line-1');
    expect(others).toEqual([]);
    expect(line).toMatchObject({
      level: 'info',
      app: 'parcels',
      client: 'operations',
      correlationId: 'line-1',
      method: 'GET',
      path: '/system/parcels/v1/parcels/p7',
      status: 404,
    });
    expect(line?.message).toMatch(/^GET \/system\/parcels\/v1\/parcels\/p7 404 in \d+ ms: not-found, There is no parcel p7\.$/);
  });

  it('has the cause of a defect, without secrets', async () => {
    await get('/v1/parcels/broken', { 'x-correlation-id': 'line-2' });
    const text = JSON.stringify(await lines('line-2'));
    expect(text).toContain('was wrong');
    expect(text).toContain('parcels.fixture');
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain(bearer.authorization.slice(7, 40));
  });

  it('reports no defect when a caller hangs up in the middle of its body; the metric counts it', async () => {
    const { server, url, close } = await testServer((request, response) => app.getHttpAdapter().getInstance().routing(request, response));
    for (const [id, path] of [
      ['hung-up-1', '/v1/parcels'],
      ['hung-up-2', '/v1/parcels/p1'],
    ]) {
      const headers = { ...bearer, 'content-type': 'application/json', 'content-length': '100', 'x-correlation-id': id };
      const call = httpRequest(url + path, { method: path.endsWith('p1') ? 'PUT' : 'POST', headers });
      call.on('error', () => undefined);
      call.write('{"id":');
      await once(server, 'request');
      await new Promise(resolve => setTimeout(resolve, 200));
      call.destroy();
      await eventually(async () => (await lines(id)).length > 0, { withinMs: 10_000 });
      const [line, ...others] = await lines(id);
      expect(others).toEqual([]);
      expect(line).toMatchObject({ level: 'info', status: 499, problem: { code: 'caller-gone' } });
      expect(JSON.stringify(line)).not.toMatch(/defect|stack|\berr\b/);
    }
    await close();
    const counted = (await get('/metrics')).body.match(/throughline_http_request_seconds_count\{[^}]*status="499"[^}]*\} 1$/gm);
    expect(counted).toHaveLength(2);
  });

  it('is silent about probes that succeed', async () => {
    await app.inject({ url: '/healthz', headers: { 'x-correlation-id': 'line-3' } });
    expect(await lines('line-3')).toEqual([]);
  });
});

describe('health', () => {
  it('is alive and ready with its database', async () => {
    expect((await app.inject('/healthz')).json()).toEqual({ status: 'ok' });
    expect((await app.inject('/readyz')).json()).toMatchObject({ status: 'ok', details: { database: { status: 'up' } } });
  });

  it('runs one check at a time for any number of callers', async () => {
    let checks = 0;
    app.get(Readiness).register('counted', async () => {
      checks += 1;
      await new Promise(resolve => setTimeout(resolve, 100));
    });
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.inject('/readyz')));
    app.get(Readiness).register('counted', () => Promise.resolve());
    expect([new Set(answers.map(({ statusCode }) => statusCode)), checks < 5]).toEqual([new Set([200]), true]);
  });

  it('is alive but not ready when a part is not well, and names it', async () => {
    app.get(Readiness).register('post office', () => Promise.reject(new Error('closed')));
    const answer = await app.inject('/readyz');
    expect([answer.statusCode, answer.json<ProblemBody>().detail]).toEqual([503, 'Not ready: post office: closed.']);
    expect((await app.inject('/healthz')).statusCode).toBe(200);
    app.get(Readiness).register('post office', () => Promise.resolve());
    expect((await app.inject('/readyz')).statusCode).toBe(200);
  });
});

describe('versions', () => {
  it('serves an operation under its version only', async () => {
    expect([(await get('/parcels')).statusCode, (await get('/v1/parcels')).statusCode, (await get('/v2/parcels')).statusCode]).toEqual([
      404, 200, 404,
    ]);
  });
});

describe('throttling', () => {
  it('gives each client a budget, says what is left of it, and answers 429 beyond it', async () => {
    // what its clients used before, in all apps of this database
    await database.dataSource.query('truncate governance.budget');
    const narrow = await createApp(parcels, { env: env({ RATE_LIMIT_PER_MINUTE: '3' }) });
    const ask = (headers: Record<string, string>) => narrow.inject({ url: '/v1/parcels', headers });
    const answers = [await ask(bearer), await ask(bearer), await ask(bearer), await ask(bearer)];
    const another = await ask(await issuer.bearer({ client: 'partner' }));
    const services = await Promise.all(Array.from({ length: 5 }, async () => ask(await issuer.bearer({ client: 'project-initiation-service' }))));
    const service = services.at(-1)!;
    const stranger = await ask({});
    await narrow.close();
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['ratelimit-remaining']])).toEqual([
      [200, '2'],
      [200, '1'],
      [200, '0'],
      [429, '0'],
    ]);
    expect(answers[0]?.headers).toMatchObject({ 'ratelimit-limit': '3', 'ratelimit-policy': '"rate";q=3;w=60, "burst";q=3;w=1' });
    expect(answers[3]?.json<ProblemBody>()).toMatchObject({ type: 'urn:throughline:problem:rate-limited', retryable: true });
    expect(Number(answers[3]?.headers['retry-after'])).toBeGreaterThan(0);
    expect([another.statusCode, service.statusCode, service.headers['ratelimit-limit'], stranger.statusCode]).toEqual([200, 200, undefined, 401]);
  });
});
