import { mkdtemp, readFile, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';
import type { ProblemBody } from '../problems/problem-body.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;
let bearer: { authorization: string };
let folder: string;
const file = () => join(folder, 'log');

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughline-bounds-'));
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  const env = { ...process.env, LOG_LEVEL: 'info', LOG_FILE: file(), PARCELS_CLIENT_SECRET: 'none', ANSWER_LIMIT_BYTES: '200000' };
  app = await createApp(parcels, { env });
  bearer = await issuer.bearer({ client: 'operations' });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
  await rm(folder, { recursive: true });
});
beforeEach(() => truncate(file()).catch(() => undefined));

const post = (payload: unknown, url = '/v1/parcels', headers: Record<string, string> = {}) =>
  app.inject({
    method: 'POST',
    url,
    payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
    headers: { 'content-type': 'application/json', ...bearer, ...headers },
  });
const longestLine = async () => Math.max(...(await readFile(file(), 'utf8')).split('\n').map(line => line.length));

/** CPU of one request: the least of three. */
async function cost(request: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < 3; i++) {
    const before = process.cpuUsage();
    await request();
    const { user, system } = process.cpuUsage(before);
    times.push((user + system) / 1000);
  }
  return Math.min(...times);
}

const repeated = (name: string, count: number): string => `{${Array.from({ length: count }, (_, i) => `"${name}${i}":1`).join(',')}}`;
const deep = (levels: number): string => `{"id":${'['.repeat(levels)}${']'.repeat(levels)}}`;

/** Requests that once stopped the platform, with their sizes. */
const ATTACKS: [string, () => string][] = [
  [
    'one field name of 200 kB over 60,000 bad texts',
    () => `{"${'x'.repeat(200_000)}":[${Array.from({ length: 60_000 }, () => '"\\u0000"').join(',')}]}`,
  ],
  ['one field name of 20 kB over 2,000 bad texts', () => `{"${'x'.repeat(20_000)}":[${Array.from({ length: 2_000 }, () => '"\\u0000"').join(',')}]}`],
  ['a name of replacement patterns', () => `{"${'$&'.repeat(10_000)}":1}`],
  ['a short name of replacement patterns', () => `{"${'$&'.repeat(50)}":1}`],
  ['90,000 unknown fields', () => repeated('a', 90_000)],
  ['400 unknown fields', () => repeated('a', 400)],
  ['lists of objects of unknown fields', () => `{"tags":[${Array.from({ length: 40 }, () => repeated('a', 400)).join(',')}]}`],
  ['400,000 levels', () => deep(400_000)],
  ['100 levels', () => deep(100)],
  ['a name within a bad text', () => `{"price":{"a\\u0000${'y'.repeat(100_000)}":1}}`],
  ['a million small values', () => `{"tags":[${'1,'.repeat(500_000)}1]}`],
  ['a long text', () => JSON.stringify({ id: 'p1', label: 'x'.repeat(900_000), weight: 1 })],
  ['a number of many digits', () => `{"weight":${'9'.repeat(100_000)}}`],
];

describe('a body that causes more work than its size justifies', () => {
  it.each(ATTACKS)('is refused with a small answer and a small log line: %s', async (_, make) => {
    const body = make();
    const answer = await post(body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json<ProblemBody>().detail.length).toBeLessThan(4_000);
    expect(answer.json<ProblemBody>().fields?.length ?? 0).toBeLessThanOrEqual(50);
    for (const { field, message } of answer.json<ProblemBody>().fields ?? []) {
      expect(field.length).toBeLessThanOrEqual(200);
      expect(message.length).toBeLessThanOrEqual(400);
    }
    expect(answer.body.length).toBeLessThan(64_000);
    expect(await longestLine()).toBeLessThan(33_000);
  });

  it('is answered with the number of its faults although not all are listed', async () => {
    const answer = await post(repeated('a', 400));
    const { detail, fields } = answer.json<ProblemBody>();
    expect(fields).toHaveLength(50);
    expect(detail).toMatch(/^403 things are not valid: .*; and 398 more\.$/);
  });

  it('costs at most in proportion to its size: unknown fields, bad texts, levels', async () => {
    const shapes: [string, (size: number) => string, number][] = [
      ['unknown fields', size => repeated('a', size), 60],
      ['bad texts', size => `{"tags":[${Array.from({ length: size }, () => '"\\u0000"').join(',')}]}`, 2_000],
      ['members', size => `{"tags":[${Array.from({ length: size }, () => '{"a":1}').join(',')}]}`, 2_000],
      ['levels', size => deep(size), 20_000],
    ];
    for (const [name, make, size] of shapes) {
      const [small, large] = [make(size), make(size * 8)];
      await post(small);
      const [one, eight] = [await cost(() => post(small)), await cost(() => post(large))];
      console.log(`${name}: ${one.toFixed(1)} ms of CPU for ${size}, ${eight.toFixed(1)} ms for ${size * 8}`);
      expect(eight).toBeLessThan(24 * Math.max(one, 2));
    }
  });
});

describe('an answer', () => {
  it('that would be too large is a Problem, never truncated', async () => {
    const answer = await app.inject({ url: '/v1/parcels/heap?size=300000', headers: bearer });
    expect([answer.statusCode, answer.json<ProblemBody>().code]).toEqual([422, 'answer-too-large']);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect((await app.inject({ url: '/v1/parcels/heap?size=100000', headers: bearer })).statusCode).toBe(200);
  });

  it('is kept under its key as it was sent', async () => {
    const first = await post({ id: 'p1', label: 'heap', weight: 1 }, '/v1/parcels', { 'idempotency-key': 'heap' });
    const again = await post({ id: 'p1', label: 'heap', weight: 1 }, '/v1/parcels', { 'idempotency-key': 'heap' });
    expect([first.statusCode, again.statusCode, again.body]).toEqual([422, 422, first.body]);
  });
});
