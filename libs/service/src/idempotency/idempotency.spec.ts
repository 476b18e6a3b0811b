import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { actorHeader, type Principal } from '#auth';
import { eventually, testDatabase, testIssuer, type TestDatabase, type TestIssuer } from '#testing';
import { createApp } from '../create-app.js';
import { parcels, Workshop } from '../parcels.fixture.js';
import type { ProblemBody } from '../problems/problem-body.js';
import { SigningIssuer } from '../signing-issuer.fixture.js';
import { IdempotencyStore } from './idempotency.store.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: NestFastifyApplication;
let replica: NestFastifyApplication;
let bearer: { authorization: string };

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase({ serves: [parcels] }), testIssuer()]);
  const env = { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none' };
  app = await createApp(parcels, { env });
  replica = await createApp(parcels, { env });
  bearer = await issuer.bearer({ client: 'operations' });
});
afterAll(async () => {
  await app?.close();
  await replica?.close();
  await issuer.close();
  await database.close();
});
afterEach(() => {
  app.get(Workshop).gate = Promise.resolve();
});

const person: Principal = {
  kind: 'person',
  id: '',
  name: 'Somebody',
  clientId: 'console',
  scopes: [],
  roles: ['pmo'],
  legalEntities: ['LF-US'],
  seesUnassigned: false,
  fieldRights: [],
};
const aParcel = (label = 'one') => ({ id: 'p1', label, weight: 1 });
const send = (key: string, payload: object = aParcel(), o: { at?: NestFastifyApplication; headers?: Record<string, string> } = {}) =>
  (o.at ?? app).inject({ method: 'POST', url: '/v1/parcels', payload, headers: { ...bearer, 'idempotency-key': key, ...o.headers } });
const code = (answer: { json<T>(): T }) => answer.json<ProblemBody>().code;

/** Blocks the work until the returned function is called. */
function heldUp(): () => void {
  let open = (): void => undefined;
  app.get(Workshop).gate = new Promise(resolve => (open = resolve));
  return open;
}

const claimed = (key: string) =>
  eventually(async () => (await database.dataSource.query<unknown[]>('select 1 from service.idempotency where key = $1', [key])).length === 1);
/** Simulates that the process that works on it has died. */
const dies = (key: string) =>
  database.dataSource.query(`update service.idempotency set leased_until = now() - interval '1 second' where key = $1`, [key]);

describe('an Idempotency-Key', () => {
  it('makes a repeated request answer as the first one did and do nothing, on any replica', async () => {
    const before = app.get(Workshop).done;
    const first = await send('k1');
    const again = await send('k1');
    const elsewhere = await send('k1', aParcel(), { at: replica });
    expect([first.statusCode, again.statusCode, elsewhere.statusCode]).toEqual([201, 201, 201]);
    expect([again.body, elsewhere.body]).toEqual([first.body, first.body]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    expect(again.headers['content-type']).toBe(first.headers['content-type']);
    expect([app.get(Workshop).done - before, replica.get(Workshop).done]).toEqual([1, 0]);
  });

  it('is refused with another body', async () => {
    await send('k2');
    const other = await send('k2', aParcel('two'));
    expect([other.statusCode, code(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it.each([
    ['another query', '/v1/parcels/p1?size=large', {}],
    ['another condition', '/v1/parcels/p1', { 'if-match': '"2"' }],
  ])('is refused with %s', async (what, url, headers) => {
    const put = (to: string, more: object) =>
      app.inject({
        method: 'PUT',
        url: to,
        payload: aParcel(),
        headers: { ...bearer, 'idempotency-key': `put with ${what}`.replaceAll(' ', '-'), ...more },
      });
    await put('/v1/parcels/p1', { 'if-match': '"1"' });
    const other = await put(url, { 'if-match': '"1"', ...headers });
    expect([other.statusCode, code(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it('is a conflict while the first request runs, also on another replica', async () => {
    const finish = heldUp();
    const first = send('k3');
    await claimed('k3');
    const meanwhile = await send('k3', aParcel(), { at: replica });
    finish();
    expect([meanwhile.statusCode, code(meanwhile), meanwhile.json<ProblemBody>().retryable]).toEqual([409, 'idempotency-in-flight', true]);
    expect((await first).statusCode).toBe(201);
    expect((await send('k3', aParcel(), { at: replica })).body).toBe((await first).body);
  });

  it('is free again when the process that worked on it died, and that one’s late answer is not stored', async () => {
    const finish = heldUp();
    const first = send('k4');
    await claimed('k4');
    await dies('k4');
    const second = await send('k4', aParcel(), { at: replica });
    finish();
    await first;
    expect(second.statusCode).toBe(201);
    expect((await send('k4')).body).toBe(second.body);
  });

  it('is not free for another body when the process that worked on it died', async () => {
    const finish = heldUp();
    const first = send('k15');
    await claimed('k15');
    await dies('k15');
    const other = await send('k15', aParcel('two'), { at: replica });
    finish();
    await first;
    expect([other.statusCode, code(other)]).toEqual([422, 'idempotency-key-reused']);
  });

  it('stays taken while the process that works on it lives, however long it takes', async () => {
    const finish = heldUp();
    const first = send('k5');
    await claimed('k5');
    await database.dataSource.query(`update service.idempotency set leased_until = now() + interval '1 second' where key = 'k5'`);
    await app.get(IdempotencyStore).renew();
    const [row] = await database.dataSource.query<[{ left: number }]>(
      `select extract(epoch from leased_until - now())::int as left from service.idempotency where key = 'k5'`,
    );
    finish();
    await first;
    expect(row.left).toBeGreaterThan(5);
  });

  it('keeps a refusal, but not an answer that may differ at the next attempt', async () => {
    const before = app.get(Workshop).done;
    const refused = [await send('k6', aParcel('taken')), await send('k6', aParcel('taken'))];
    expect(refused.map(answer => [answer.statusCode, code(answer)])).toEqual([
      [409, 'taken'],
      [409, 'taken'],
    ]);
    expect(app.get(Workshop).done - before).toBe(1);
    await send('k7', aParcel('away'));
    await send('k7', aParcel('away'));
    expect(app.get(Workshop).done - before).toBe(3);
    expect((await send('k8', { label: 1 })).statusCode).toBe(400);
    const bodiless = await app.inject({ method: 'POST', url: '/v1/parcels', headers: { ...bearer, 'idempotency-key': 'k8' } });
    expect(code(bodiless)).toBe('body-missing');
    expect((await send('k8')).statusCode).toBe(201);
  });

  it('belongs to its client and the person it acts for', async () => {
    const theirs = await issuer.bearer({ client: 'project-initiation-service' });
    const actor = { 'throughline-actor': actorHeader({ ...person, id: 'person-pmo-us' }) };
    const bodies = [
      (await send('k9', aParcel('mine'))).json<{ label: string }>(),
      (await send('k9', aParcel('theirs'), { headers: theirs })).json<{ label: string }>(),
      (await send('k9', aParcel('for her'), { headers: { ...theirs, ...actor } })).json<{ label: string }>(),
    ];
    expect(bodies.map(({ label }) => label)).toEqual(['mine', 'theirs', 'for her']);
  });

  it('belongs to the pair of person and client, where many people use one client and one person uses many', async () => {
    const theirs = new SigningIssuer();
    await theirs.start();
    const shared = await createApp(parcels, { env: { ...process.env, LOG_LEVEL: 'silent', PARCELS_CLIENT_SECRET: 'none', ISSUER_URL: theirs.url } });
    const labels: string[] = [];
    for (const [sub, client_id] of [
      ['ruth', 'console'],
      ['imogen', 'console'],
      ['ruth', 'phone'],
    ]) {
      const headers = await theirs.bearer({ kind: 'person', sub, client_id, scope: 'crm.write' });
      labels.push((await send('k13', aParcel(`${sub} by ${client_id}`), { at: shared, headers })).json<{ label: string }>().label);
    }
    await shared.close();
    await theirs.close();
    expect(labels).toEqual(['ruth by console', 'imogen by console', 'ruth by phone']);
  });

  it('grants no access: the scope is checked first', async () => {
    await send('k12');
    expect((await send('k12', aParcel(), { headers: await issuer.bearer({ client: 'operations', scopes: ['crm.read'] }) })).statusCode).toBe(403);
  });

  it('is ignored by operations that change nothing', async () => {
    const read = () => app.inject({ url: '/v1/parcels', headers: { ...bearer, 'idempotency-key': 'k14' } });
    const answers = [await read(), await read()];
    expect(answers.map(({ statusCode, headers }) => [statusCode, headers['idempotency-replayed']])).toEqual([
      [200, undefined],
      [200, undefined],
    ]);
  });

  it('is checked for its form', async () => {
    expect((await send('x'.repeat(201))).statusCode).toBe(400);
  });

  it('is forgotten when it expires', async () => {
    await send('k10');
    await database.dataSource.query(`update service.idempotency set claimed_at = now() - interval '25 hours' where key = 'k10'`);
    expect(await app.get(IdempotencyStore).cleanUp()).toBe(1);
    expect((await send('k10', aParcel('fresh'))).statusCode).toBe(201);
  });

  it('reduces a race of many requests to one piece of work', async () => {
    const before = app.get(Workshop).done + replica.get(Workshop).done;
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => send('k11', aParcel(), { at: i % 2 ? app : replica })));
    expect(app.get(Workshop).done + replica.get(Workshop).done - before).toBe(1);
    expect(new Set(answers.map(({ statusCode }) => statusCode))).toEqual(new Set(answers.some(a => a.statusCode === 409) ? [201, 409] : [201]));
  });

  it('belongs to the app and the method: the same path elsewhere is another operation', async () => {
    const letters = await createApp({ ...parcels, name: 'letters' }, { env: { ...process.env, LOG_LEVEL: 'silent', LETTERS_CLIENT_SECRET: 'none' } });
    const before = letters.get(Workshop).done;
    const first = await send('k20');
    const there = await send('k20', aParcel(), { at: letters });
    const again = await send('k20', aParcel(), { at: letters });
    const done = letters.get(Workshop).done - before;
    const put = await app.inject({ method: 'PUT', url: '/v1/parcels/p1', payload: aParcel(), headers: { ...bearer, 'idempotency-key': 'k20' } });
    await letters.close();
    expect([first, there, again].map(({ headers }) => headers['idempotency-replayed'])).toEqual([undefined, undefined, 'true']);
    expect([done, put.statusCode, put.headers['idempotency-replayed']]).toEqual([1, 200, undefined]);
  });

  describe('sent again with fewer rights', () => {
    const theirs = async (change: Partial<Principal> = {}) => {
      const actor = { ...person, id: 'person-pmo', roles: ['pmo', 'finance'], legalEntities: ['LF-US', 'LF-UK'], seesUnassigned: true };
      const whole = { ...actor, fieldRights: ['worker.cost-rate'], ...change };
      return { ...(await issuer.bearer({ client: 'time-to-billing-service' })), 'throughline-actor': actorHeader(whole) };
    };
    const refused = (answer: { statusCode: number; json<T>(): T }) => [answer.statusCode, code(answer)];

    it.each([
      ['a role', { roles: ['pmo'] }],
      ['a legal entity', { legalEntities: ['LF-US'] }],
      ['what is unassigned', { seesUnassigned: false }],
      ['a sensitive field', { fieldRights: [] }],
    ])('is refused and does nothing when the caller has lost %s', async (lost, change) => {
      const key = `k21-${lost.replaceAll(' ', '-')}`;
      const before = app.get(Workshop).done;
      expect((await send(key, aParcel(), { headers: await theirs() })).statusCode).toBe(201);
      expect(refused(await send(key, aParcel(), { headers: await theirs(change) }))).toEqual([403, 'idempotency-rights']);
      expect((await send(key, aParcel(), { headers: await theirs() })).headers['idempotency-replayed']).toBe('true');
      expect(app.get(Workshop).done - before).toBe(1);
    });

    it('is refused when the process that took over answered with more rights, though the one that died had no more', async () => {
      const fewer = { headers: await theirs({ roles: ['pmo'] }) };
      const finish = heldUp();
      const first = send('k25', aParcel(), fewer);
      await claimed('k25');
      await dies('k25');
      expect((await send('k25', aParcel(), { at: replica, headers: await theirs() })).statusCode).toBe(201);
      finish();
      await first;
      expect(refused(await send('k25', aParcel(), fewer))).toEqual([403, 'idempotency-rights']);
    });

    it('is refused when the token carries fewer scopes, and answered when it carries more', async () => {
      const scoped = (...scopes: string[]) => issuer.bearer({ client: 'operations', scopes });
      await send('k22', aParcel(), { headers: await scoped('crm.write', 'crm.read') });
      expect(refused(await send('k22', aParcel(), { headers: await scoped('crm.write') }))).toEqual([403, 'idempotency-rights']);
      expect((await send('k22')).headers['idempotency-replayed']).toBe('true');
    });
  });

  describe('from before the app and the rights were stored', () => {
    const before = async (key: string, change: string) => {
      await send(key);
      await database.dataSource.query(`update service.idempotency set route = 'POST /v1/parcels', rights = null, ${change} where key = $1`, [key]);
    };

    it('is honoured until it expires', async () => {
      await before('k23', 'fingerprint = fingerprint');
      const done = app.get(Workshop).done;
      expect((await send('k23')).headers['idempotency-replayed']).toBe('true');
      expect(code(await send('k23', aParcel('two')))).toBe('idempotency-key-reused');
      expect(app.get(Workshop).done).toBe(done);
      await database.dataSource.query(`update service.idempotency set claimed_at = now() - interval '25 hours' where key = 'k23'`);
      await app.get(IdempotencyStore).cleanUp();
      expect((await send('k23', aParcel('two'))).statusCode).toBe(201);
    });

    it('is a conflict while its first request runs, and free when that process died', async () => {
      await before('k24', `status = null, leased_until = now() + interval '1 minute'`);
      expect(code(await send('k24'))).toBe('idempotency-in-flight');
      await dies('k24');
      expect([(await send('k24')).statusCode, (await send('k24')).headers['idempotency-replayed']]).toEqual([201, 'true']);
    });
  });
});
