import { request as httpRequest } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, testDatabase, testIssuer, testServer, type TestDatabase, type TestIssuer, type TestServer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels, Workshop } from '../parcels.fixture.js';
import type { ProblemBody } from '../problems/problem-body.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;
let server: TestServer;
let bearer: { authorization: string };

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  server = await testServer((request, response) => app.getHttpAdapter().getInstance().routing(request, response));
  const { clientId, clientSecret } = issuer.credentialsOf('project-initiation-service');
  const env = {
    LOG_LEVEL: 'silent',
    PARCELS_CLIENT_ID: clientId,
    PARCELS_CLIENT_SECRET: clientSecret,
    REQUEST_TIMEOUT_MS: '4000',
    WRITE_TIMEOUT_MS: '3000',
  };
  app = await createApp(parcels, { env: { ...process.env, ...env, GATEWAY_URL: server.url } });
  bearer = await issuer.bearer({ client: 'operations' });
});
afterAll(async () => {
  await server.close();
  await app?.close();
  await issuer.close();
  await database.close();
});

const running = async (): Promise<number> => {
  const rows = await database.dataSource.query<unknown[]>(
    `select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query like '%pg_sleep%' and pid <> pg_backend_pid()`,
  );
  return rows.length;
};

/** Sends a request, and hangs up once the database works on it. */
async function hangUp(method: string, path: string, headers: Record<string, string> = {}): Promise<void> {
  const call = httpRequest(server.url + path, { method, headers: { ...bearer, ...headers } });
  call.on('error', () => undefined);
  call.end();
  await eventually(async () => (await running()) === 1, { withinMs: 20_000 });
  call.destroy();
}

describe('a request whose caller is gone', () => {
  it.each([
    ['a read', 'GET', '/v1/parcels/slow'],
    ['a POST that writes nothing', 'POST', '/v1/parcels/slow-checks'],
    ['a read that asks another app', 'GET', '/v1/parcels/relayed?path=/v1/parcels/slow'],
  ])('ends together with its statement: %s', async (_, method, path) => {
    await hangUp(method, path);
    const since = Date.now();
    await eventually(async () => (await running()) === 0, { withinMs: 3_500 });
    expect(Date.now() - since).toBeLessThan(3_500);
  });

  it('is counted like any other', async () => {
    const counted = async () => {
      const page = await app.inject({ url: '/metrics', headers: bearer });
      const lines = page.body.match(/throughline_http_request_seconds_count\{[^}]*status="499"[^}]*\} 1$/gm) ?? [];
      return lines.map(line => /route="([^"]*)"/.exec(line)?.[1]).sort();
    };
    // the last one was also called through another app
    const all = ['/v1/parcels/relayed', '/v1/parcels/slow', '/v1/parcels/slow', '/v1/parcels/slow-checks'];
    await eventually(async () => (await counted()).length === all.length, { withinMs: 5_000 });
    expect(await counted()).toEqual(all);
  });

  it('goes on when it writes, and its answer is kept', async () => {
    const { done } = app.get(Workshop);
    await hangUp('POST', '/v1/parcels/slow-writes?seconds=1', { 'idempotency-key': 'gone' });
    await eventually(() => app.get(Workshop).done === done + 1, { withinMs: 10_000 });
    const again = async () =>
      app.inject({ method: 'POST', url: '/v1/parcels/slow-writes?seconds=1', headers: { ...bearer, 'idempotency-key': 'gone' } });
    await eventually(async () => (await again()).headers['idempotency-replayed'] === 'true', { withinMs: 10_000 });
    expect([(await again()).json<object>(), app.get(Workshop).done]).toEqual([{ done: done + 1 }, done + 1]);
  });
});

describe('a request that takes too long', () => {
  it('is answered that its time is up, and its statement ends', async () => {
    const answer = await app.inject({ url: '/v1/parcels/slow', headers: bearer });
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([504, 'deadline-passed']);
    await eventually(async () => (await running()) === 0, { withinMs: 3_000 });
  });

  it('ends when its caller said it would stop waiting', async () => {
    const deadline = new Date(Date.now() + 500).toISOString();
    const answer = await app.inject({ url: '/v1/parcels/slow', headers: { ...bearer, 'throughline-deadline': deadline } });
    expect([answer.statusCode, answer.json<ProblemBody>().detail]).toEqual([504, expect.stringMatching(/^This took longer than [1-5]?\d{1,2} ms/)]);
  });

  it('has its own time limit when it writes', async () => {
    const { done } = app.get(Workshop);
    const answer = await app.inject({ method: 'POST', url: '/v1/parcels/slow-writes?seconds=60', headers: bearer });
    expect([answer.statusCode, answer.json<ProblemBody>().code, app.get(Workshop).done]).toEqual([504, 'deadline-passed', done]);
  });

  it('leaves its connections usable for the next request', async () => {
    for (let i = 0; i < 15; i++) await app.inject({ url: '/v1/parcels/on?day=2026-02-28', headers: bearer });
    expect((await app.inject({ url: '/v1/parcels/on?day=2026-02-28', headers: bearer })).statusCode).toBe(200);
  });
});
