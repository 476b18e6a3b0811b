import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { generateKeyPair, type JWTHeaderParameters } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { eventually, testDatabase, type TestDatabase } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';
import type { ProblemBody } from '../problems/problem-body.js';
import { SigningIssuer } from '../signing-issuer.fixture.js';

let database: TestDatabase;
let issuer: SigningIssuer;
let app: NestFastifyApplication | undefined;

const start = async (): Promise<NestFastifyApplication> => {
  const env = { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', ISSUER_URL: issuer.url, RATE_LIMIT_PER_MINUTE_ADDRESS: '100000' };
  return (app = await createApp(parcels, { env }));
};
const ask = (headers: Record<string, string>, url = '/v1/parcels') => app!.inject({ url, headers });

beforeAll(async () => {
  database = await testDatabase({ serves: [parcels] });
  issuer = new SigningIssuer();
  await issuer.start();
});
afterEach(async () => {
  await app?.close();
  issuer.away = false;
});
afterAll(async () => {
  await issuer.close();
  await database.close();
});

describe('the keys of the identity provider', () => {
  it('are not exhausted by strangers: after any number of unknown key ids good tokens still work', async () => {
    await start();
    const { privateKey } = await generateKeyPair('ES256');
    const before = issuer.asked;
    const strangers = await Promise.all(
      Array.from({ length: 200 }, async (_, i) => ask(await issuer.bearer({}, { kid: `stranger ${i}` }, privateKey))),
    );
    expect(new Set(strangers.map(({ statusCode }) => statusCode))).toEqual(new Set([401]));
    expect((await ask(await issuer.bearer())).statusCode).toBe(200);
    expect(issuer.asked - before).toBeLessThanOrEqual(2);
  });

  it('make calls 503 and the app unready until they were read once', async () => {
    issuer.away = true;
    await start();
    const early = await ask(await issuer.bearer());
    const unready = await ask({}, '/readyz');
    expect([early.statusCode, early.json<ProblemBody>().code, early.headers['retry-after']]).toEqual([503, 'issuer-unreachable', '1']);
    expect([unready.statusCode, unready.json<ProblemBody>().detail]).toEqual([503, 'Not ready: issuer: its keys were not read yet.']);
    issuer.away = false;
    await eventually(async () => (await ask({}, '/readyz')).statusCode === 200);
    expect((await ask(await issuer.bearer())).statusCode).toBe(200);
  });

  it('are kept while it is away, which shows as degraded and as a metric, without its address', async () => {
    await start();
    const bearer = await issuer.bearer({ scope: 'crm.read metrics.read' });
    await eventually(async () => (await ask({}, '/readyz')).statusCode === 200);
    issuer.away = true;
    const { privateKey } = await generateKeyPair('ES256');
    const { Authority } = await import('#auth');
    app!.get(Authority).keys.start();
    await ask(await issuer.bearer({}, { kid: 'unknown' }, privateKey));
    await eventually(() => !app!.get(Authority).keys.reachable);
    const ready = await ask({}, '/readyz');
    expect((await ask(bearer)).statusCode).toBe(200);
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({ details: { issuer: { status: 'up', degraded: expect.stringContaining('it is away') as string } } });
    expect(ready.body).not.toMatch(/127\.0\.0\.1|localhost|http:/);
    expect((await ask(bearer, '/metrics')).body).toContain('throughline_issuer_reachable 0');
  });
});

describe('a token', () => {
  const cases: [string, object, Partial<JWTHeaderParameters>][] = [
    ['that names something critical', {}, { crit: ['urn:x'], 'urn:x': 1 }],
    ['without a subject', { sub: undefined }, {}],
    ['whose subject is empty', { sub: '' }, {}],
    ['whose subject is a number', { sub: 7 }, {}],
    ['whose subject is long', { sub: 's'.repeat(2_000) }, {}],
    ['whose scope is a list', { scope: ['crm.read'] }, {}],
    ['whose scope is a number', { scope: 1 }, {}],
    ['whose name is an object', { name: { toString: 1 } }, {}],
    ['whose client is a list', { client_id: ['console'] }, {}],
    ['whose kind is neither', { kind: 'god' }, {}],
    ['whose issuer is a list', { iss: ['x'] }, {}],
    ['that never expires', { exp: undefined }, {}],
    ['whose end is a text', { exp: '9999999999' }, {}],
    ['whose beginning is a text', { nbf: 'now' }, {}],
    ['that begins later', { nbf: 9_999_999_999 }, {}],
    ['for a list of other services', { aud: ['urn:x', 'urn:y'] }, {}],
    ['for an object', { aud: { 'urn:throughline': 1 } }, {}],
    ['of another type', {}, { typ: 'logout+jwt' }],
    ['whose type is a number', {}, { typ: 1 as never }],
    ['whose key id is a number', {}, { kid: 1 as never }],
  ];
  it.each(cases)('%s is refused with 401', async (_, claims, header) => {
    await start();
    const answer = await ask(await issuer.bearer(claims, header));
    expect([answer.statusCode, answer.json<ProblemBody>().type]).toEqual([401, 'urn:throughline:problem:unauthenticated']);
  });

  it('for several audiences including ours is accepted', async () => {
    await start();
    expect((await ask(await issuer.bearer({ aud: ['urn:x', 'urn:throughline'] }))).statusCode).toBe(200);
  });

  it('without a signature, with a shared secret, or malformed is refused with 401', async () => {
    await start();
    const good = (await issuer.bearer()).authorization.slice(7).split('.');
    const part = (value: unknown): string => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
    const tokens = [
      `${part({ alg: 'none', kid: 'k1' })}.${good[1]}.`,
      `${part({ alg: 'NONE' })}.${good[1]}.${good[2]}`,
      `${part({ alg: 'HS256', kid: 'k1' })}.${good[1]}.${good[2]}`,
      `${part('['.repeat(3_000))}.${good[1]}.${good[2]}`,
      `${part('null')}.${good[1]}.${good[2]}`,
      `${part('"text"')}.${good[1]}.${good[2]}`,
      `${good[0]}.${part('['.repeat(3_000))}.${good[2]}`,
      `${good[0]}.${part('null')}.${good[2]}`,
      `${good[0]}..`,
      '..',
      '.',
      'x',
      `${'a'.repeat(9_000)}.b.c`,
    ];
    const statuses = await Promise.all(tokens.map(async token => (await ask({ authorization: `Bearer ${token}` })).statusCode));
    expect(new Set(statuses)).toEqual(new Set([401]));
  });
});
