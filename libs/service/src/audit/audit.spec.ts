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
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
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
  it('records who changed what, why, from what to what, without secrets', async () => {
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

  it('names the person a service acted for', async () => {
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

  it('has none for what writes nothing, and none for what was refused', async () => {
    await write('audit-4', 'POST', '/v1/parcels/checks');
    await write('audit-5', 'PUT', '/v1/parcels/p1', { 'if-match': '"9"' });
    expect([await rows('audit-4'), await rows('audit-5')]).toEqual([[], []]);
  });

  it('can be added to and nothing else', async () => {
    await write('audit-6', 'PUT', '/v1/parcels/p1');
    const count = async () => (await rows('audit-6')).length;
    for (const sql of ['update service.audit set why = null', 'delete from service.audit', 'truncate service.audit']) {
      await expect(database.dataSource.query(sql)).rejects.toThrow(/append-only/);
    }
    expect(await count()).toBe(1);
  });
});
