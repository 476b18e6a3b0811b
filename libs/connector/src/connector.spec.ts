import { createServer } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { configureLog, Metrics, runInContext } from '#service';
import { problemOf, testDatabase, type TestDatabase } from '#testing';
import type { Connector } from './connector.js';
import { connectorMigrations } from './connector.migrations.js';
import { redactHeaders, redactText } from './redaction.js';
import type { CodeTable } from './refusals.js';
import { things, tinyCodes, tinyConnector } from './tiny-client.fixture.js';
import { type RunningTinyVendor, startTinyVendor } from './tiny-vendor.fixture.js';

let database: TestDatabase;
let vendor: RunningTinyVendor;
const open: Connector[] = [];

beforeAll(async () => {
  configureLog({ logLevel: 'fatal' });
  database = await testDatabase({ migrations: connectorMigrations });
});
afterAll(() => database.close());
beforeEach(async () => void (vendor = await startTinyVendor()));
afterEach(async () => {
  for (const connector of open.splice(0)) await connector.close();
  await vendor.close();
});

function connect(o: Parameters<typeof tinyConnector>[2] = {}, url = vendor.url): Connector {
  const connector = tinyConnector(database.dataSource, url, o);
  open.push(connector);
  return connector;
}

const read = { operation: 'list-things', kind: 'read', method: 'GET', path: '/things', query: { ref: 'a' } } as const;
const write = { operation: 'create-things', kind: 'write', method: 'POST', path: '/things', body: { ref: 'a' } } as const;
const writesSeen = () =>
  Object.entries(vendor.calls())
    .filter(([name]) => name.startsWith('write'))
    .reduce((sum, [, n]) => sum + n, 0);

describe('a read', () => {
  it('is made again after a 500 and answers as if nothing had been', async () => {
    vendor.onRead({ do: 'error', status: 500 });
    await expect(connect().send(read)).resolves.toMatchObject({ status: 200 });
    expect(vendor.calls()).toEqual({ 'read things list 200': 1, 'read things list 500': 1 });
  });

  it('waits for as long as Retry-After says', async () => {
    vendor.onRead({ do: 'throttle', retryAfterSeconds: 1 });
    const before = performance.now();
    await connect().send(read);
    expect(performance.now() - before).toBeGreaterThan(990);
  });

  it('is not made again when the wait would go past the deadline', async () => {
    vendor.onRead({ do: 'throttle', retryAfterSeconds: 20 });
    const before = performance.now();
    const problem = await problemOf(connect().send({ ...read, deadlineMs: 2_000 }));
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(problem).toMatchObject({ kind: 'rate-limited', retryable: true, retryAfterMs: 20_000 });
  });

  it('is given up after five attempts', async () => {
    vendor.onRead({ do: 'error', status: 503 }, { nth: undefined });
    const problem = await problemOf(connect().send(read));
    expect(problem.kind).toBe('vendor-unavailable');
    expect(vendor.calls()).toEqual({ 'read things list 503': 5 });
  });

  it('is not made again when it was refused', async () => {
    const problem = await problemOf(connect().send({ ...read, path: '/refuses' }));
    expect(problem).toMatchObject({ kind: 'refused-by-vendor', retryable: false });
    expect(vendor.calls()).toEqual({ 'read refuses list 422': 1 });
  });

  it('ends at the deadline that the caller gave along', async () => {
    vendor.onRead({ do: 'latency', ms: 5_000 });
    const before = performance.now();
    const deadlineAt = new Date(Date.now() + 300).toISOString();
    const problem = await problemOf(runInContext({ deadlineAt }, () => connect().send(read)));
    expect(problem.kind).toBe('vendor-unavailable');
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('hands over the query, the correlation id and accepted statuses', async () => {
    const answer = await runInContext({ correlationId: 'c-7' }, () =>
      connect().send({ operation: 'echo', kind: 'read', method: 'GET', path: '/echo', query: { a: 1, b: undefined, c: 'x y' } }),
    );
    expect(answer.json()).toMatchObject({
      query: [
        ['a', '1'],
        ['c', 'x y'],
      ],
      headers: { 'x-correlation-id': 'c-7' },
    });
    await expect(connect().send({ operation: 'x', kind: 'read', method: 'GET', path: '/refuses', accept: [422] })).resolves.toMatchObject({
      status: 422,
    });
  });

  it('follows a link of the vendor but carries the token to no other host', async () => {
    const { path: _, query: __, ...rest } = read;
    await expect(connect().send({ ...rest, path: `${vendor.url}/things?ref=a` })).resolves.toMatchObject({ status: 200 });
    const problem = await problemOf(connect().send({ ...rest, path: 'http://127.0.0.1:1/things' }));
    expect([problem.kind, problem.code, problem.retryable]).toEqual(['vendor-unavailable', 'malformed-answer', false]);
  });
});

describe('a write', () => {
  it('is sent once and its answer told when it succeeds', async () => {
    const answer = await connect().send(write);
    expect(answer).toMatchObject({ status: 201 });
    expect(writesSeen()).toBe(1);
  });

  it('has an unknown outcome when the answer is lost after the commit, and is not sent again', async () => {
    vendor.onWrite({ do: 'lose-answer' });
    const problem = await problemOf(connect().send(write));
    expect(problem).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown', retryable: true });
    expect(vendor.all('a')).toHaveLength(1);
    expect(writesSeen()).toBe(1);
  });

  it('has an unknown outcome when the vendor says 500', async () => {
    vendor.onWrite({ do: 'error', status: 500 });
    expect(await problemOf(connect().send(write))).toMatchObject({ kind: 'vendor-unavailable', code: 'outcome-unknown' });
    expect(writesSeen()).toBe(1);
  });

  it('has an unknown outcome when no answer came in time', async () => {
    vendor.onWrite({ do: 'latency', ms: 5_000 });
    expect(await problemOf(connect().send({ ...write, deadlineMs: 200 }))).toMatchObject({ code: 'outcome-unknown' });
  });

  it('was not made when nobody listens there', async () => {
    const server = createServer();
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise(resolve => server.close(resolve));
    expect(await problemOf(connect({}, `http://127.0.0.1:${port}`).send(write))).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made' });
    expect(await problemOf(connect({}, 'http://no-such-host.invalid').send(write))).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made' });
  });

  it('was not made when the vendor says 429, and is not sent again by us', async () => {
    vendor.onWrite({ do: 'throttle', retryAfterSeconds: 3 });
    expect(await problemOf(connect().send(write))).toMatchObject({ kind: 'rate-limited', code: 'not-made', retryAfterMs: 3_000 });
    expect(writesSeen()).toBe(1);
  });

  it('was refused when the vendor says 422', async () => {
    expect(await problemOf(connect().send({ ...write, path: '/refuses' }))).toMatchObject({ kind: 'refused-by-vendor', retryable: false });
  });

  it('is unknown on a 500 unless the vendor folder knows that nothing was made', async () => {
    vendor.onWrite({ do: 'error', status: 500 });
    const codes: CodeTable = { ...tinyCodes, rows: [{ status: 500, is: 'passing', source: 'inferred' }] };
    expect(await problemOf(connect({ codes }).send(write))).toMatchObject({ kind: 'conflict', code: 'passing', retryable: true });
  });
});

it('tells an answer that its vendor folder cannot read by its status', async () => {
  vendor.onWrite({ do: 'maintenance' });
  expect(await problemOf(connect().send(write))).toMatchObject({
    kind: 'vendor-unavailable',
    code: 'outcome-unknown',
    vendor: { code: '503' },
  });
});

describe('the breaker', () => {
  const quick = { breaker: { resetMs: 300, volume: 3 } };

  it('stops calling a vendor that is out, says that nothing was made, and lets one probe through after a while', async () => {
    const connector = connect(quick);
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write' }, action: { do: 'error', status: 503 }, times: 3 });
    for (let i = 0; i < 3; i++) await problemOf(connector.send(write));
    const problem = await problemOf(connector.send(write));
    expect(problem).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made', vendor: { code: 'breaker-open' } });
    expect(problem.retryAfterMs).toBeGreaterThan(0);
    expect(writesSeen()).toBe(3);
    await expect
      .poll(
        () =>
          connector.send(read).then(
            answer => answer.status,
            () => 0,
          ),
        { timeout: 2_000, interval: 50 },
      )
      .toBe(200);
    await expect(connector.send(write)).resolves.toMatchObject({ status: 201 });
  });

  it('does not count refusals and 429s', async () => {
    const connector = connect(quick);
    for (let i = 0; i < 6; i++) await problemOf(connector.send({ ...write, path: '/refuses' }));
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'write' }, action: { do: 'throttle' }, times: 6 });
    for (let i = 0; i < 6; i++) await problemOf(connector.send(write));
    await expect(connector.send(write)).resolves.toMatchObject({ status: 201 });
  });

  it('does not count callers in a hurry', async () => {
    const connector = connect(quick);
    vendor.faults.plan({ match: { vendor: 'kantata', kind: 'read' }, action: { do: 'latency', ms: 400 }, times: 6 });
    await Promise.all(Array.from({ length: 5 }, () => problemOf(connector.send({ ...read, deadlineMs: 30 }))));
    await expect(connector.send(write)).resolves.toMatchObject({ status: 201 });
  });
});

describe('secrets', () => {
  it('are taken out of problems even where the vendor echoes them', async () => {
    const problem = await problemOf(connect().send({ ...write, path: '/refuses' }));
    expect(problem.detail).toContain('[redacted]');
    expect(JSON.stringify([problem.detail, problem.vendor])).not.toContain('token-1');
  });

  it('are known by header, by field and by shape', () => {
    expect(redactHeaders({ Authorization: 'Bearer abc', 'X-Api-Key': 'k', accept: 'text/plain' })).toEqual({
      Authorization: '[redacted]',
      'X-Api-Key': '[redacted]',
      accept: 'text/plain',
    });
    const hidden = [
      '<wsse:Password Type="x#PasswordText">open sesame</wsse:Password>',
      '{"access_token":"open sesame","expires_in":1}',
      'grant_type=client_credentials&client_secret=open+sesame&x=1',
      'Authorization: Bearer opensesame',
      'saw eyJhbGciOiJQUzI1NiJ9.eyJzdWIiOiJvcGVuIn0.opensesame there',
    ].map(text => redactText(text));
    for (const text of hidden) expect(text).not.toMatch(/open.?sesame/);
    expect(hidden[2]).toContain('x=1');
  });
});

it('counts calls by vendor, operation and outcome', async () => {
  const metrics = new Metrics();
  const connector = connect({ metrics });
  await connector.send(read);
  vendor.onWrite({ do: 'lose-answer' });
  await problemOf(connector.send(write));
  await problemOf(connector.send({ ...write, path: '/refuses' }));
  const text = await metrics.registry.metrics();
  expect(text).toContain('throughline_vendor_calls_total{vendor="tiny",operation="list-things",outcome="ok"} 1');
  expect(text).toContain('throughline_vendor_calls_total{vendor="tiny",operation="create-things",outcome="unknown"} 1');
  expect(text).toContain('throughline_vendor_calls_total{vendor="tiny",operation="create-things",outcome="refused"} 1');
  expect(things(connector).kinds).toHaveLength(3);
});
