import { Controller, Get, Module } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { InjectOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AccessGuard, actorHeader, AuthenticationGuard, type Principal } from '#auth';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { rootOf } from './app-root.js';
import { adapterOf, createApp, prepare } from './create-app.js';
import { parcels } from './parcels.fixture.js';
import { configure } from './service.module.js';

const env = () => ({ ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', BODY_LIMIT_BYTES: '1024' });
const GOOD_PARCEL = { id: 'p9', label: 'nine', weight: 9 };
const JSON_BODY = { 'content-type': 'application/json' };

/**
 * Requests of every sort. Each of them would get another answer if authentication didn't come
 * first.
 */
const REQUESTS: [string, InjectOptions][] = [
  ['a list', { url: '/v1/parcels' }],
  ['a record', { url: '/v1/parcels/p1' }],
  ['a write', { method: 'POST', url: '/v1/parcels', payload: GOOD_PARCEL }],
  ['a body that is not valid', { method: 'POST', url: '/v1/parcels', payload: { weight: -1 } }],
  ['a body that is not JSON', { method: 'POST', url: '/v1/parcels', payload: '{"a":', headers: JSON_BODY }],
  ['a body that is too large', { method: 'POST', url: '/v1/parcels', payload: { label: 'x'.repeat(4000) } }],
  ['a route that does not exist', { url: '/v1/nothing/here' }],
  ['a version that does not exist', { url: '/v9/parcels' }],
  ['a method nobody serves', { method: 'DELETE', url: '/v1/parcels' }],
  ['a URL that cannot be read', { url: '/v1/parcels/%E0%A4%A' }],
  ['metrics', { url: '/metrics' }],
];

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  app = await createApp(parcels, { env: env() });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
});

const get = (url: string, headers: Record<string, string> = {}) => app.inject({ url, headers });

describe('authentication', () => {
  it.each(REQUESTS)('answers %s with 401 and nothing else when there is no token', async (_, request) => {
    const answer = await app.inject(request);
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="throughline"');
    expect(answer.json()).toMatchObject({ type: 'urn:throughline:problem:unauthenticated', status: 401, code: 'token-missing', retryable: false });
  });

  it('refuses a token for another service', async () => {
    const answer = await get('/v1/parcels', await issuer.bearer({ client: 'operations', wrongAudience: true }));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'token-audience']);
  });

  it('refuses a token that has expired', async () => {
    const answer = await get('/v1/parcels', await issuer.bearer({ client: 'operations', expired: true }));
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'token-expired']);
    expect(answer.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  it('refuses a token whose claims were changed after it was signed', async () => {
    const [head, claims, signature] = (await issuer.tokenFor({ client: 'partner', scopes: ['crm.read'] })).split('.') as [string, string, string];
    const forged = { ...(JSON.parse(Buffer.from(claims, 'base64url').toString()) as object), scope: 'crm.read crm.write' };
    const token = [head, Buffer.from(JSON.stringify(forged)).toString('base64url'), signature].join('.');
    expect((await get('/v1/parcels', { authorization: `Bearer ${token}` })).statusCode).toBe(401);
  });

  it('refuses a token without a signature, and a text that is not a token', async () => {
    const [, claims] = (await issuer.tokenFor({ client: 'operations' })).split('.') as [string, string];
    const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url');
    for (const token of [`${none}.${claims}.`, 'nonsense', `${none}`]) {
      const answer = await get('/v1/parcels', { authorization: `Bearer ${token}` });
      expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([401, 'token-invalid']);
    }
  });

  it('refuses a token of another issuer although its signature is good', async () => {
    const theirs = await testIssuer();
    const bearer = await theirs.bearer({ client: 'operations' });
    await theirs.close();
    process.env.ISSUER_URL = issuer.url;
    expect((await get('/v1/parcels', bearer)).statusCode).toBe(401);
  });

  it('keeps apps of two issuers in one process apart', async () => {
    const theirs = await testIssuer();
    const other = await createApp(parcels, { env: { ...env(), ISSUER_URL: theirs.url } });
    process.env.ISSUER_URL = issuer.url;
    const [ours, foreign] = [await issuer.bearer({ client: 'operations' }), await theirs.bearer({ client: 'operations' })];
    const statuses = [
      (await get('/v1/parcels', ours)).statusCode,
      (await get('/v1/parcels', foreign)).statusCode,
      (await other.inject({ url: '/v1/parcels', headers: foreign })).statusCode,
      (await other.inject({ url: '/v1/parcels', headers: ours })).statusCode,
    ];
    await other.close();
    await theirs.close();
    expect(statuses).toEqual([200, 401, 200, 401]);
  });

  it('answers that it cannot check tokens while the issuer is unavailable, and works once it is back', async () => {
    const away = await createApp(parcels, { env: { ...env(), ISSUER_URL: 'http://127.0.0.1:9' } });
    const answer = await away.inject({ url: '/v1/parcels', headers: await issuer.bearer({ client: 'operations' }) });
    await away.close();
    expect([answer.statusCode, answer.json()]).toMatchObject([503, { code: 'issuer-unreachable', retryable: true }]);
  });

  it('lets anybody use public operations, and still refuses a bad token there', async () => {
    expect((await get('/v1/parcels/open')).json()).toEqual({ open: true });
    expect((await get('/healthz')).statusCode).toBe(200);
    expect((await get('/openapi/v1.json')).statusCode).toBe(200);
    expect((await get('/v1/parcels/open', { authorization: 'Bearer nonsense' })).statusCode).toBe(401);
  });

  it('goes on to validation, routing and size once the caller is known', async () => {
    const bearer = await issuer.bearer({ client: 'operations' });
    const statuses: number[] = [];
    for (const [, request] of REQUESTS) statuses.push((await app.inject({ ...request, headers: { ...request.headers, ...bearer } })).statusCode);
    expect(statuses).toEqual([200, 200, 201, 400, 400, 413, 404, 404, 404, 400, 200]);
  });
});

describe('scopes', () => {
  it('refuses an operation whose scope the token lacks, before it looks at the body', async () => {
    const bearer = await issuer.bearer({ client: 'operations', scopes: ['crm.read'] });
    const answer = await app.inject({ method: 'POST', url: '/v1/parcels', payload: { weight: -1 }, headers: bearer });
    expect(answer.statusCode).toBe(403);
    expect(answer.json()).toMatchObject({
      type: 'urn:throughline:problem:forbidden',
      code: 'scope-missing',
      detail: expect.stringContaining('crm.write') as string,
    });
  });

  it('shows metrics only to those who may read them', async () => {
    expect((await get('/metrics', await issuer.bearer({ person: 'finance' }))).statusCode).toBe(403);
    const answer = await get('/metrics', await issuer.bearer({ person: 'integration' }));
    expect(answer.body).toContain('throughline_http_request_seconds_count{method="GET",route="/v1/parcels",status="200",client="operations"}');
  });

  it('refuses to start an app with an operation that states neither scopes nor that it is public', async () => {
    @Controller('leaks')
    class LeaksController {
      @Get()
      leak(): string {
        return 'x';
      }
    }
    @Module({ controllers: [LeaksController] })
    class LeaksModule {}
    await expect(createApp({ ...parcels, module: LeaksModule }, { env: env() })).rejects.toThrow(
      'parcels GET /v1/leaks: scope: LeaksController.leak states neither @Scopes nor @Public',
    );
  });
});

describe('acting for a person', () => {
  const mine = async (headers: Record<string, string>) =>
    (await get('/v1/parcels/mine', headers)).json<{ principal: Principal; seesUk: boolean; seesNone: boolean; cost: boolean }>();
  const person: Principal = {
    kind: 'person',
    id: 'person-finance-uk',
    name: 'Imogen Hartley',
    clientId: 'console',
    scopes: [],
    roles: ['finance'],
    legalEntities: ['LF-UK'],
    seesUnassigned: false,
    fieldRights: [],
  };

  it('gives a service the rights of the person it names, and keeps both names', async () => {
    const bearer = await issuer.bearer({ client: 'portal-service' });
    const { principal, seesUk, seesNone, cost } = await mine({ ...bearer, 'throughline-actor': actorHeader({ ...person, name: 'Zoë Łuk' }) });
    expect(principal).toMatchObject({
      clientId: 'portal-service',
      roles: ['finance'],
      legalEntities: ['LF-UK'],
      actingFor: { kind: 'person', id: 'person-finance-uk', name: 'Zoë Łuk' },
    });
    expect([seesUk, seesNone, cost]).toEqual([true, false, false]);
  });

  it('passes on no field right that the service does not have itself', async () => {
    const header = { 'throughline-actor': actorHeader({ ...person, legalEntities: '*', fieldRights: ['worker.cost-rate'] }) };
    expect((await mine({ ...(await issuer.bearer({ client: 'portal-service' })), ...header })).cost).toBe(true);
    expect((await mine({ ...(await issuer.bearer({ client: 'crm-service' })), ...header })).cost).toBe(false);
  });

  it('refuses the header from a client without act-for', async () => {
    const bearer = await issuer.bearer({ client: 'operations' });
    const answer = await get('/v1/parcels/mine', { ...bearer, 'throughline-actor': actorHeader(person) });
    expect([answer.statusCode, answer.json<{ code: string }>().code]).toEqual([403, 'act-for-missing']);
  });

  it('refuses a header that names nobody', async () => {
    const bearer = await issuer.bearer({ client: 'portal-service' });
    const answer = await get('/v1/parcels/mine', { ...bearer, 'throughline-actor': '{"kind":"person"}' });
    expect([answer.statusCode, answer.json<{ fields: { field: string }[] }>().fields[0]?.field]).toEqual([400, 'Throughline-Actor']);
  });

  it.each(['roles', 'legalEntities', 'fieldRights'])('refuses a header with a text in %s that can not be stored', async field => {
    const bearer = await issuer.bearer({ client: 'portal-service' });
    for (const text of ['a\0', '\ud800']) {
      const header = actorHeader({ ...person, [field]: [text] });
      for (const path of ['/v1/parcels/mine', '/v1/parcels?limit=1']) {
        const answer = await get(path, { ...bearer, 'throughline-actor': header });
        expect([answer.statusCode, answer.json<{ fields?: { field: string }[] }>().fields?.[0]?.field]).toEqual([400, 'Throughline-Actor']);
      }
    }
  });

  it('shows a person of one legal entity the rows of that one only', async () => {
    const uk = await mine(await issuer.bearer({ person: 'finance-uk' }));
    const us = await mine(await issuer.bearer({ person: 'pmo-us' }));
    expect([uk.seesUk, us.seesUk, uk.seesNone]).toEqual([true, false, false]);
  });
});

/**
 * The control: what the tests above would see without guards. They prove something only if the
 * answers differ.
 */
describe('with the guards taken out of the composition root', () => {
  const nobody = { canActivate: () => true };

  async function unguarded(): Promise<NestFastifyApplication> {
    const configured = configure(parcels, { ...env(), CONFORMANCE: 'report' });
    const built = await Test.createTestingModule({ imports: [rootOf(parcels, configured)] })
      .overrideProvider(AuthenticationGuard)
      .useValue(nobody)
      .overrideProvider(AccessGuard)
      .useValue(nobody)
      .compile();
    return prepare(built.createNestApplication<NestFastifyApplication>(adapterOf(configured), { logger: false }), parcels);
  }

  it('answers strangers everything that is 401 or 403 above', async () => {
    const open = await unguarded();
    const statuses: number[] = [];
    for (const [, request] of REQUESTS) statuses.push((await open.inject(request)).statusCode);
    await open.close();
    expect(statuses).toEqual([200, 200, 201, 400, 400, 413, 404, 404, 404, 400, 200]);
  });
});
