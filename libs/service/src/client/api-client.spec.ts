import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Authority, type Principal } from '#auth';
import {
  problemOf,
  testApp,
  testDatabase,
  testIssuer,
  testServer,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
  type TestServer,
} from '#testing';
import { runInContext } from '../context/context.js';
import { parcels } from '../parcels.fixture.js';
import { ApiClient } from './api-client.js';
import { ServiceToken } from './service-token.js';

let database: TestDatabase;
let issuer: TestIssuer;
let gateway: TestApp;
let outside: TestServer | undefined;

beforeAll(async () => {
  database = await testDatabase();
  issuer = await testIssuer();
  gateway = await testApp(parcels, {
    env: { PARCELS_CLIENT_ID: 'crm-service', PARCELS_CLIENT_SECRET: issuer.credentialsOf('crm-service').clientSecret },
  });
});
afterAll(async () => {
  await gateway?.close();
  await issuer.close();
  await database.close();
});
afterEach(async () => {
  await outside?.close();
  outside = undefined;
});

const client = (o: { baseUrl?: string; clientId?: string; scope?: string } = {}) =>
  new ApiClient({
    ...issuer.credentialsOf(o.clientId ?? 'project-initiation-service'),
    scope: o.scope ?? '',
    issuerUrl: issuer.url,
    baseUrl: o.baseUrl ?? gateway.gatewayUrl,
  });

/** The URL of a misbehaving server. */
async function misbehaving(handle: RequestListener): Promise<string> {
  outside = await testServer(handle);
  return outside.url;
}

const person: Principal = {
  kind: 'person',
  id: 'person-finance-uk',
  name: 'Imogen',
  clientId: 'console',
  scopes: [],
  roles: ['finance'],
  legalEntities: ['LF-UK'],
  seesUnassigned: false,
  fieldRights: [],
};

describe('a call from app to app', () => {
  it('takes correlation id, trace and deadline along', async () => {
    const seen = await runInContext(
      {
        correlationId: 'affair-1',
        traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
        deadlineAt: new Date(Date.now() + 5_000).toISOString(),
      },
      () =>
        client().send<{ correlationId: string; traceparent: string; deadlineAt: string; client: string }>({
          method: 'GET',
          path: '/system/parcels/v1/parcels/context',
        }),
    );
    expect(seen).toMatchObject({ correlationId: 'affair-1', client: 'project-initiation-service' });
    expect(seen.traceparent).toContain('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(Date.parse(seen.deadlineAt) - Date.now()).toBeLessThan(5_000);
  });

  it('takes the person along, through every hop', async () => {
    interface Mine {
      principal: Principal;
    }
    const direct = await runInContext({ principal: person }, () => client().send<Mine>({ method: 'GET', path: '/system/parcels/v1/parcels/mine' }));
    const twoHops = await runInContext({ principal: person }, () =>
      client().send<Mine>({ method: 'GET', path: '/system/parcels/v1/parcels/relayed', query: { path: '/system/parcels/v1/parcels/mine' } }),
    );
    expect(direct.principal).toMatchObject({
      clientId: 'project-initiation-service',
      actingFor: { id: 'person-finance-uk' },
      legalEntities: ['LF-UK'],
    });
    expect(twoHops.principal).toMatchObject({
      clientId: 'crm-service',
      actingFor: { id: 'person-finance-uk' },
      roles: ['finance'],
      legalEntities: ['LF-UK'],
    });
  });

  it('takes a calling client along like a person, so that no service shows a caller more than the caller may see', async () => {
    interface Mine {
      principal: Principal;
      seesUk: boolean;
    }
    const partner: Principal = {
      ...person,
      kind: 'client',
      id: 'partner',
      name: 'partner',
      clientId: 'partner',
      roles: [],
      legalEntities: ['LF-DE'],
    };
    const { principal, seesUk } = await runInContext({ principal: partner }, () =>
      client().send<Mine>({ method: 'GET', path: '/system/parcels/v1/parcels/mine' }),
    );
    expect([principal.actingFor, principal.legalEntities, seesUk]).toEqual([{ kind: 'client', id: 'partner', name: 'partner' }, ['LF-DE'], false]);
  });

  it('is made as the service itself when it acts for nobody', async () => {
    const { principal } = await client().send<{ principal: Principal }>({ method: 'GET', path: '/system/parcels/v1/parcels/mine' });
    expect([principal.actingFor, principal.legalEntities]).toEqual([undefined, '*']);
  });

  it('throws the whole problem of the answer', async () => {
    expect(await problemOf(client().send({ method: 'GET', path: '/system/parcels/v1/parcels/unreachable' }))).toMatchObject({
      kind: 'vendor-unavailable',
      detail: 'Kantata is away.',
      retryable: true,
      retryAfterMs: 1500,
      vendor: { system: 'kantata' },
      from: 'parcels',
    });
    expect(await problemOf(client().send({ method: 'GET', path: '/system/parcels/v1/parcels/p7' }))).toMatchObject({
      kind: 'not-found',
      retryable: false,
    });
    const invalid = await problemOf(
      client({ clientId: 'operations' }).send({ method: 'POST', path: '/system/parcels/v1/parcels', body: { weight: 0 } }),
    );
    expect([invalid.kind, invalid.fields.map(({ field }) => field)]).toEqual(['invalid', expect.arrayContaining(['weight', 'label', 'id'])]);
    expect(await problemOf(client().send({ method: 'GET', path: '/nobody/there' }))).toMatchObject({ kind: 'not-found' });
  });

  it('sends the hash and the key of a write', async () => {
    const put = (ifMatch: string) =>
      client({ clientId: 'operations' }).send({
        method: 'PUT',
        path: '/system/parcels/v1/parcels/p1',
        body: { id: 'p1', label: 'a', weight: 1 },
        ifMatch,
        idempotencyKey: `key-${ifMatch}`,
      });
    expect(await put('"1"')).toMatchObject({ label: 'a' });
    expect(await problemOf(put('"2"'))).toMatchObject({ kind: 'precondition-failed', code: 'plan-drifted' });
  });

  it('distinguishes calls that surely had no effect from those that may have had one', async () => {
    const nobody = await misbehaving(() => undefined);
    await outside!.close();
    const away = await problemOf(client({ baseUrl: nobody }).send({ method: 'PUT', path: '/x', body: {} }));
    const cut = await problemOf(
      client({ baseUrl: await misbehaving((_, response) => void response.destroy()) }).send({ method: 'PUT', path: '/x', body: {} }),
    );
    await outside?.close();
    const slow = await problemOf(
      client({ baseUrl: await misbehaving(() => undefined) }).send({ method: 'PUT', path: '/x', body: {}, deadlineMs: 100 }),
    );
    const late = await problemOf(
      runInContext({ deadlineAt: new Date(Date.now() - 1).toISOString() }, () => client().send({ method: 'GET', path: '/x' })),
    );
    expect([away, cut, slow, late].map(({ kind, code, retryable }) => `${kind} ${code} ${retryable}`)).toEqual([
      'vendor-unavailable not-made true',
      'vendor-unavailable outcome-unknown true',
      'vendor-unavailable outcome-unknown true',
      'vendor-unavailable not-made true',
    ]);
  });

  it('says when to retry when the identity provider does, as in an outage', async () => {
    const busy = await misbehaving((_, response) => void response.writeHead(429, { 'retry-after': '40' }).end('{}'));
    const token = new ServiceToken({ clientId: 'us', clientSecret: 'x', scope: '', audience: 'a', tokenEndpoint: () => Promise.resolve(busy) });
    expect(await problemOf(token.value())).toMatchObject({ kind: 'vendor-unavailable', code: 'not-made', retryable: true, retryAfterMs: 40_000 });
  });

  describe('goes only to the address that was named', () => {
    let followed: string[];
    let elsewhere: TestServer;
    let location: string;
    beforeEach(async () => {
      followed = [];
      elsewhere = await testServer((request, response) => {
        followed.push(`${request.method} ${request.url}`);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"theirs","keys":[]}');
      });
      location = `${elsewhere.url}/there`;
    });
    afterEach(() => elsewhere.close());

    const REDIRECTS = [301, 302, 303, 307, 308];

    it.each(REDIRECTS)('when another app answers %i', async status => {
      const caller = client({ baseUrl: await misbehaving((_, response) => void response.writeHead(status, { location }).end()) });
      for (const call of [{ method: 'GET' }, { method: 'PUT', body: {} }])
        expect((await problemOf(caller.send({ ...call, path: '/x' }))).detail).toBe(`/x answered ${status}.`);
      expect(followed).toEqual([]);
    });

    it.each(REDIRECTS)('when the identity provider answers the request for a token with %i: no secret goes to another address', async status => {
      const issuerUrl = await misbehaving(({ url, headers }, response) => {
        const us = `http://${headers.host}`;
        const found = { issuer: us, jwks_uri: `${us}/keys`, token_endpoint: `${us}/token` };
        if (url === '/token') response.writeHead(status, { location }).end();
        else response.end(JSON.stringify(found));
      });
      const caller = new ApiClient({ clientId: 'us', clientSecret: 'hush', scope: '', issuerUrl, baseUrl: gateway.gatewayUrl });
      expect((await problemOf(caller.send({ method: 'GET', path: '/x' }))).detail).toContain(`gave us no token: status ${status}`);
      expect(followed).toEqual([]);
    });

    it.each(REDIRECTS)('when the identity provider answers discovery or its keys with %i: no keys are taken from another address', async status => {
      let moved = '/.well-known/openid-configuration';
      const issuerUrl = await misbehaving(({ url, headers }, response) => {
        const us = `http://${headers.host}`;
        if (url === moved) response.writeHead(status, { location }).end();
        else response.end(JSON.stringify({ issuer: us, jwks_uri: `${us}/keys`, token_endpoint: `${us}/token` }));
      });
      for (moved of [moved, '/keys']) {
        const problem = await problemOf(new Authority(issuerUrl).keyFor({ kid: 'k1', alg: 'ES256' }));
        expect(problem.code, moved).toBe('issuer-unreachable');
      }
      expect(followed).toEqual([]);
    });
  });

  it('requests one token and keeps it, and another when it is refused', async () => {
    const authorizations: string[] = [];
    const baseUrl = await misbehaving((request, response) => {
      authorizations.push(String(request.headers.authorization));
      response.writeHead(authorizations.length === 3 ? 401 : 200, { 'content-type': 'application/json' }).end('{}');
    });
    const caller = client({ baseUrl });
    for (let i = 0; i < 3; i++) await caller.send({ method: 'GET', path: '/x' });
    expect(authorizations).toHaveLength(4);
    expect(new Set(authorizations.slice(0, 3)).size).toBe(1);
    expect(authorizations[3]).not.toBe(authorizations[0]);
  });

  it('reports that its own credentials are wrong', async () => {
    const wrong = new ApiClient({ clientId: 'portal', clientSecret: 'nonsense', scope: '', issuerUrl: issuer.url, baseUrl: gateway.gatewayUrl });
    expect(await problemOf(wrong.send({ method: 'GET', path: '/x' }))).toMatchObject({
      kind: 'internal',
      code: 'not-made',
      detail: expect.stringContaining('gave portal no token') as string,
    });
  });
});
