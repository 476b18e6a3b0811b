import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actorHeader, type Principal } from '#auth';
import { testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels } from '../parcels.fixture.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  app = await createApp(parcels, { env: { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none' } });
});
afterAll(async () => {
  await app?.close();
  await issuer.close();
  await database.close();
});

const rows = (correlationId: string) =>
  database.dataSource.query<Record<string, unknown>[]>(`select * from service.audit where correlation_id = $1 order by id`, [correlationId]);

async function write(id: string, method: 'POST' | 'PUT', url: string, headers: Record<string, string> = {}) {
  const bearer = await issuer.bearer({ client: 'operations' });
  const payload = { id: 'p1', label: 'one', weight: 1 };
  return app.inject({ method, url, payload, headers: { ...bearer, 'x-correlation-id': id, ...headers } });
}

describe('the audit', () => {
  it('records who changed what, why, and both states, without secrets', async () => {
    await write('audit-1', 'PUT', '/v1/parcels/p1');
    expect(await rows('audit-1')).toMatchObject([
      {
        app: 'parcels',
        client: 'operations',
        what: 'parcel-changed',
        subject: 'p1',
        why: 'asked',
        before: { label: 'old' },
        after: { label: 'one', apiKey: '[redacted]' },
        actor: { kind: 'client', id: 'operations' },
        traceparent: expect.stringMatching(/^00-/) as string,
      },
    ]);
  });

  it('names the person that a service acted for', async () => {
    const person: Principal = {
      kind: 'person',
      id: 'person-finance',
      name: 'Ruth Abelson',
      clientId: 'x',
      scopes: [],
      roles: [],
      legalEntities: '*',
      seesUnassigned: false,
      fieldRights: [],
    };
    const { Audit } = await import('./audit.js');
    const { runInContext } = await import('../context/context.js');
    const { actingAs, principalOf } = await import('#auth');
    const principal = actingAs(principalOf({ client_id: 'portal-service', scope: 'act-for', legal_entities: ['*'] }), actorHeader(person));
    await runInContext({ correlationId: 'audit-2', principal }, () =>
      app.get(Audit).record(database.dataSource.manager, { what: 'mapping-set', subject: 'm1', before: null, after: { target: 'LF-UK' } }),
    );
    expect(await rows('audit-2')).toMatchObject([
      { actor: { id: 'portal-service', actingFor: { kind: 'person', id: 'person-finance', name: 'Ruth Abelson' } } },
    ]);
  });

  it('has a row for a write whose handler recorded none', async () => {
    await write('audit-3', 'POST', '/v1/parcels');
    expect(await rows('audit-3')).toMatchObject([
      { what: 'POST /v1/parcels', subject: '/v1/parcels', after: { request: { label: 'one' }, answer: { run: 1 } } },
    ]);
  });

  it('has no row for an operation that writes nothing, nor for a refused one', async () => {
    await write('audit-4', 'POST', '/v1/parcels/checks');
    await write('audit-5', 'PUT', '/v1/parcels/p1', { 'if-match': '"9"' });
    expect([await rows('audit-4'), await rows('audit-5')]).toEqual([[], []]);
  });

  it('can only be added to', async () => {
    await write('audit-6', 'PUT', '/v1/parcels/p1');
    const count = async () => (await rows('audit-6')).length;
    for (const sql of ['update service.audit set why = null', 'delete from service.audit', 'truncate service.audit']) {
      await expect(database.dataSource.query(sql)).rejects.toThrow(/append-only/);
    }
    expect(await count()).toBe(1);
  });
});

describe('a refused operation', () => {
  const refusal = (id: string, wish: Parameters<TestIssuer['bearer']>[0], url = '/v1/parcels/p1', method: 'PUT' | 'GET' = 'PUT') =>
    issuer.bearer(wish).then(async bearer => {
      const payload = method === 'PUT' ? { payload: { id: 'p1', label: 'one', weight: 1 } } : {};
      return app.inject({ method, url, headers: { ...bearer, 'x-correlation-id': id }, ...payload });
    });

  it('is a row with the caller, the operation and the reason: a missing scope as well as a row of others', async () => {
    expect((await refusal('refused-1', { client: 'sales' })).statusCode).toBe(403);
    expect((await refusal('refused-2', { client: 'operations' }, '/v1/parcels/of-others')).statusCode).toBe(404);
    expect(await rows('refused-1')).toMatchObject([
      {
        app: 'parcels',
        client: 'sales',
        what: 'refused',
        subject: '/v1/parcels/p1',
        before: null,
        after: { operation: 'PUT /v1/parcels/:id', status: 403, kind: 'forbidden', code: 'scope-missing' },
        actor: { kind: 'client', id: 'sales' },
      },
    ]);
    expect(await rows('refused-2')).toMatchObject([{ what: 'refused', after: { status: 404, kind: 'not-found' } }]);
  });

  it('is a row when a client names a person whom it may not act for', async () => {
    const bearer = await issuer.bearer({ client: 'operations' });
    const headers = { ...bearer, 'x-correlation-id': 'refused-3', 'throughline-actor': '{}' };
    const answer = await app.inject({ method: 'PUT', url: '/v1/parcels/p1', headers, payload: { id: 'p1', label: 'one', weight: 1 } });
    expect(answer.statusCode).toBe(403);
    expect(await rows('refused-3')).toMatchObject([{ client: 'operations', what: 'refused', after: { code: 'act-for-missing' } }]);
  });

  it('is no row for strangers, for reads, and for unknown routes', async () => {
    const answer = await app.inject({ method: 'PUT', url: '/v1/parcels/p1', headers: { 'x-correlation-id': 'refused-4' }, payload: {} });
    expect(answer.statusCode).toBe(401);
    await refusal('refused-5', { client: 'operations' }, '/v1/parcels/of-others', 'GET');
    await refusal('refused-6', { client: 'operations' }, '/v1/no-such-thing');
    expect([await rows('refused-4'), await rows('refused-5'), await rows('refused-6')]).toEqual([[], [], []]);
  });

  it('is bounded: a flood by one caller makes twenty rows a minute, and one row that counts the rest', async () => {
    const { AccessAudit, ROWS_PER_MINUTE } = await import('./access-audit.js');
    await app.get(AccessAudit).onModuleDestroy(); // a new minute
    const flood = ROWS_PER_MINUTE * 3;
    for (let n = 0; n < flood; n += 1) expect((await refusal('flood', { client: 'partner' })).statusCode).toBe(403);
    const others = await refusal('flood-others', { client: 'sales' });
    expect(others.statusCode).toBe(403);
    await app.get(AccessAudit).onModuleDestroy();
    const kept = await rows('flood');
    const single = kept.filter(({ what }) => what === 'refused');
    const sums = kept.filter(({ what }) => what === 'refused-more').map(({ after }) => (after as { count: number }).count);
    // A minute may end in between: then there are two of both.
    expect(single.length).toBeLessThanOrEqual(2 * ROWS_PER_MINUTE);
    expect(single.length + sums.reduce((a, b) => a + b, 0)).toBe(flood);
    expect(await rows('flood-others')).toHaveLength(1);
  });
});

describe('reads of pay', () => {
  const read = async (id: string, wish: Parameters<TestIssuer['bearer']>[0]) =>
    app.inject({ method: 'GET', url: '/v1/parcels/pay', headers: { ...(await issuer.bearer(wish)), 'x-correlation-id': id } });

  it('are a row that names the workers whose pay was read', async () => {
    expect((await read('pay-1', { person: 'finance' })).statusCode).toBe(200);
    expect(await rows('pay-1')).toMatchObject([
      { what: 'pay-read', subject: '2 records', actor: { kind: 'person' }, after: { operation: 'GET /v1/parcels/pay', ids: ['w1', 'w2'], count: 2 } },
    ]);
  });

  it('by a program are one row a minute, and one that counts the others', async () => {
    const { AccessAudit } = await import('./access-audit.js');
    for (let n = 0; n < 5; n += 1) await read('pay-2', { client: 'operations' });
    await app.get(AccessAudit).onModuleDestroy();
    const kept = await rows('pay-2');
    const reads = kept.map(({ what, after }) => (what === 'pay-read' ? 1 : (after as { count: number }).count));
    expect(reads.reduce((a, b) => a + b, 0)).toBe(5);
    expect(kept.length).toBeLessThanOrEqual(4);
  });
});
