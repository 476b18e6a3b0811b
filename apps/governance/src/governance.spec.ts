import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CallersPage, CatalogueDetail, CatalogueEntry, EventTypeView } from '#apis/governance';
import { Problem } from '#canonical';
import { Consumers } from '#auth';
import {
  eventually,
  standIn,
  testApp,
  testDatabase,
  testGateway,
  testIssuer,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
  type TestServer,
} from '#testing';
import { Plans } from '#throttling';
import { anAccount, aUse } from './apis/account.fixture.js';
import * as calls from './calls.js';
import { governanceApp } from './governance.app.js';

/** Two consumers call the one operation of each app. */
const USED = [
  aUse('partner', { calls: 7, lastAt: '2026-11-20T10:00:00.000Z' }),
  aUse('partner', { field: 'query.fresh', calls: 2, lastAt: '2026-11-19T10:00:00.000Z' }),
  aUse('portal-service', { release: '0.2.0', calls: 90, lastAt: '2026-11-21T10:00:00.000Z' }),
];

let database: TestDatabase;
let issuer: TestIssuer;
let others: TestServer;
let governance: TestApp;
let away = false;
/** There are more uses than an app answers, unless it is asked for those of a version. */
let cut = false;
let asked = 0;

beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  others = await testGateway(
    ...Object.values(calls).map(api =>
      standIn(api, {
        getAccount: ({ query = {} }) => {
          asked += 1;
          if (away && api.app === 'crm') throw new Problem('vendor-unavailable', 'Away.');
          return anAccount(api.app, api.layer, query, { used: USED, usedCut: cut && query.version === undefined });
        },
      }),
    ),
  );
  governance = await testApp(governanceApp, { env: { GATEWAY_URL: others.url } });
});
afterAll(async () => {
  await governance?.close();
  await others?.close();
  await issuer.close();
  await database.close();
});

async function ask<T>(path: string, o: { method?: string; body?: object; as?: string } = {}): Promise<{ status: number; body: T }> {
  const answer = await fetch(`${governance.url}/v1/${path}`, {
    method: o.method ?? 'GET',
    headers: {
      ...(await issuer.bearer(o.as === undefined ? { person: 'governance' } : { client: o.as })),
      ...(o.body ? { 'content-type': 'application/json' } : {}),
    },
    ...(o.body ? { body: JSON.stringify(o.body) } : {}),
  });
  const text = await answer.text();
  return { status: answer.status, body: (text === '' ? {} : JSON.parse(text)) as T };
}

describe('the catalogue', () => {
  it('shows every version of every API, with state, owner and callers, its own among them', async () => {
    const { body } = await ask<{ items: CatalogueEntry[] }>('apis');
    expect(body.items.map(({ id }) => id)).toEqual(
      [...Object.values(calls).map(({ app }) => `${app}@1`), 'governance@1'].sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(body.items.find(({ id }) => id === 'crm@1')).toMatchObject({
      state: 'deprecated',
      sunset: '2027-06-01',
      owner: 'integration',
      operationCount: 1,
      consumerCount: 2,
      lastUsedAt: '2026-11-21T10:00:00.000Z',
      reachable: true,
    });
  });

  it('shows how much each operation is used', async () => {
    const { body } = await ask<CatalogueDetail>('apis/psa@1');
    expect(body.document).toBe('/system/psa/openapi/v1.json');
    expect(body.findings).toEqual([{ route: 'GET /v1/strays', missing: 'document', text: 'it is in no document' }]);
    expect(body.operations).toEqual([
      {
        id: 'getThing',
        method: 'GET',
        path: 'things/:id',
        summary: 'A thing',
        scope: 'crm.read',
        calls: 97,
        consumerCount: 2,
        lastUsedAt: '2026-11-21T10:00:00.000Z',
      },
    ]);
    expect((await ask<CatalogueDetail>('apis/governance@1')).body.findings).toEqual([]);
    expect((await ask<CatalogueDetail>('apis/governance@1')).body.document).toBe('/governance/openapi/v1.json');
  });

  it('says who breaks if a field goes, and whom to write to', async () => {
    await ask('plans/gold', { method: 'PUT', body: { rate: 60_000, windowSeconds: 60, burst: 6_000, reason: 'for a spec' } });
    const consumer = { name: 'Partner Ltd', contact: 'it@partner.example.com', plan: 'gold', state: 'active', reason: 'for a spec' };
    expect((await ask('consumers/partner', { method: 'PUT', body: consumer })).status).toBe(200);
    const of = async (query: string) => (await ask<CallersPage>(`apis/crm@1/callers${query}`)).body;
    expect((await of('?operation=getThing&field=query.fresh')).items).toEqual([
      {
        consumer: 'partner',
        name: 'Partner Ltd',
        contact: 'it@partner.example.com',
        operation: 'getThing',
        field: 'query.fresh',
        calls: 2,
        lastAt: '2026-11-19T10:00:00.000Z',
      },
    ]);
    const first = await of('?limit=1');
    expect(first.items.map(({ consumer: id, release }) => [id, release])).toEqual([['portal-service', '0.2.0']]);
    const second = await of(`?limit=1&cursor=${first.nextCursor}`);
    expect([second.items.map(({ consumer: id }) => id), second.nextCursor]).toEqual([['partner'], null]);
    await ask('consumers/partner?reason=over', { method: 'DELETE' });
  });

  it('says that it does not have all callers, and has them when it is asked for some', async () => {
    cut = true;
    const { body } = await ask<{ items: CatalogueEntry[] }>('apis?since=2026-10-03');
    expect(body.items.find(({ id }) => id === 'crm@1')).toMatchObject({ usedCut: true });
    const whole = await ask<CallersPage>('apis/crm@1/callers?since=2026-10-03&operation=getThing');
    expect([whole.body.usedCut, whole.body.items.length]).toEqual([false, 2]);
    cut = false;
  });

  it('says so where it can’t know who uses a field now', async () => {
    away = true;
    const { status, body } = await ask<{ code: string }>('apis/crm@1/callers?field=query.other&since=2026-10-04');
    away = false;
    expect([status, body.code]).toEqual([503, 'app-away']);
  });

  it('shows an app that is away as it was last, and asks each app once for many readers', async () => {
    const before = asked;
    await Promise.all(Array.from({ length: 5 }, () => ask('apis?since=2026-10-01')));
    expect(asked - before).toBe(Object.keys(calls).length);
    away = true;
    const { body } = await ask<{ items: CatalogueEntry[] }>('apis?since=2026-10-02');
    away = false;
    expect(body.items.filter(({ reachable }) => !reachable).map(({ id }) => id)).toEqual(['crm@1']);
  });

  it('shows what was released, and the types of events with who publishes them', async () => {
    const released = await ask<{ items: { id: string; changes: object[] }[] }>('apis/time-to-billing@1/releases');
    expect(released.body.items.at(-1)).toMatchObject({ id: '1.0', changes: [] });
    expect((await ask('apis/none@1/releases')).status).toBe(404);
    const first = await ask<{ items: EventTypeView[]; nextCursor: string }>('event-types?limit=5');
    const rest = await ask<{ items: EventTypeView[] }>(`event-types?limit=200&cursor=${first.body.nextCursor}`);
    const types = [...first.body.items, ...rest.body.items];
    expect(types).toHaveLength(new Set(types.map(({ id }) => id)).size);
    expect(types.find(({ id }) => id === 'deal.changed.v1')).toMatchObject({
      publishers: ['crm'],
      readers: ['project-initiation', 'time-to-billing', 'portal'],
      data: expect.stringMatching(/Deal/) as string,
    });
    const ofEvents = await ask<{ items: { id: string; releasedOn: string }[] }>('event-releases');
    expect(ofEvents.body.items.at(-1)).toMatchObject({ id: '1.0', releasedOn: expect.stringMatching(/^20/) as string, changes: [] });
    const ofPortal = await ask<{ items: { id: string; releasedOn: string }[] }>('apis/portal@1/releases');
    expect(ofPortal.body.items.at(-1)).toMatchObject({ id: '1.0', releasedOn: expect.stringMatching(/^20/) as string });
  });

  it('is for nobody without its scope, and knows no other API', async () => {
    expect((await ask('apis', { as: 'partner' })).status).toBe(403);
    for (const id of ['crm@2', 'crm', 'nothing@1', '..%2f..']) expect([id, (await ask(`apis/${id}`)).status]).toEqual([id, 404]);
  });
});

describe('consumers and plans', () => {
  const plan = { rate: 60_000, windowSeconds: 60, burst: 6_000, reason: 'for a spec' };

  it('are changed by whoever may, kept in the audit, and known to the apps at once', async () => {
    expect((await ask('plans/silver', { method: 'PUT', body: { ...plan, concurrency: 4 } })).body).toEqual({
      id: 'silver',
      rate: 60_000,
      windowSeconds: 60,
      burst: 6_000,
      concurrency: 4,
      consumerCount: 0,
    });
    const consumer = { name: 'Sales tool', contact: 'sales@example.com', plan: 'silver', state: 'active', reason: 'for a spec' };
    expect((await ask('consumers/sales', { method: 'PUT', body: consumer })).body).toMatchObject({ id: 'sales', plan: 'silver' });
    expect(governance.app.get(Consumers).find('sales')).toMatchObject({ plan: 'silver' });
    await eventually(() => Promise.resolve(governance.app.get(Plans).of('sales').concurrency === 4));
    expect(
      await database.dataSource.query(
        `select what, subject, why from service.audit where app = 'governance' and subject in ('silver', 'sales') order by id`,
      ),
    ).toEqual([
      { what: 'plan-set', subject: 'silver', why: 'for a spec' },
      { what: 'consumer-set', subject: 'sales', why: 'for a spec' },
    ]);
    expect((await ask('plans/silver?reason=over', { method: 'DELETE' })).body).toMatchObject({ status: 409, code: 'plan-in-use' });
    expect((await ask('consumers/sales?reason=over', { method: 'DELETE' })).status).toBe(204);
    expect((await ask('plans/silver?reason=over', { method: 'DELETE' })).status).toBe(204);
    expect((await ask('plans/silver?reason=over', { method: 'DELETE' })).status).toBe(404);
  });

  it('are refused with the field and the rule when they are wrong', async () => {
    const consumer = { name: 'x', contact: 'nobody', plan: 'none', state: 'gone', reason: 'for a spec' };
    expect(
      (await ask<{ fields: { field: string }[] }>('consumers/sales', { method: 'PUT', body: consumer })).body.fields.map(({ field }) => field).sort(),
    ).toEqual(['contact', 'state']);
    const unknown = { ...consumer, contact: 'a@example.com', state: 'active' };
    expect((await ask('consumers/sales', { method: 'PUT', body: unknown })).body).toMatchObject({
      status: 400,
      fields: [{ field: 'plan', rule: 'known' }],
    });
    expect((await ask('plans/x', { method: 'PUT', body: { ...plan, rate: 0 } })).status).toBe(400);
    expect((await ask('plans/x', { method: 'PUT', body: plan, as: 'partner' })).status).toBe(403);
  });

  it.each([
    ['a burst that makes the rate unreachable', 'x', { burst: 1_999 }, 'burst'],
    ['a quota above what is counted', 'x', { dailyQuota: 2_000_000_001 }, 'dailyQuota'],
    ['a name in capitals', 'Gold', {}, 'id'],
    ['a name that is too long', 'x'.repeat(61), {}, 'id'],
  ])('refuse %s, by the field', async (_, id, more, field) => {
    const { status, body } = await ask<{ fields: { field: string }[] }>(`plans/${id}`, { method: 'PUT', body: { ...plan, ...more } });
    expect([status, body.fields?.map(one => one.field)]).toEqual([400, [field]]);
  });

  it('are never apart: a plan that is removed while a consumer takes it has no consumer', async () => {
    const consumer = { name: 'Racer', contact: 'racer@example.com', plan: 'race', state: 'active', reason: 'for a spec' };
    for (let round = 0; round < 5; round++) {
      expect((await ask('plans/race', { method: 'PUT', body: plan })).status).toBe(200);
      const taking = ask('consumers/racer', { method: 'PUT', body: consumer });
      const [put, removed] = await Promise.all([taking, ask('plans/race?reason=over', { method: 'DELETE' })]);
      expect(['200 409', '400 204']).toContain(`${put.status} ${removed.status}`);
      await ask('consumers/racer?reason=over', { method: 'DELETE' });
      await ask('plans/race?reason=over', { method: 'DELETE' });
    }
  });

  it('lock nobody out of unlocking: who suspends is not suspended', async () => {
    const body = { name: 'We', contact: 'we@example.com', plan: 'own', state: 'suspended', reason: 'for a spec' };
    await ask('plans/own', { method: 'PUT', body: plan });
    expect((await ask('consumers/person-governance', { method: 'PUT', body })).body).toMatchObject({ status: 409, code: 'own-client' });
    expect((await ask('plans/own?reason=over', { method: 'DELETE' })).status).toBe(204);
  });
});

describe('a page', () => {
  it('begins at no place before the first', async () => {
    const cursor = Buffer.from('[-5]').toString('base64url');
    expect((await ask(`event-types?cursor=${cursor}`)).body).toMatchObject({ status: 400, fields: [{ field: 'cursor' }] });
  });
});

describe('an end', () => {
  const end = { retiredAt: '2027-06-01T00:00:00Z', reason: 'for a spec' };
  const brownOuts = (minutes: number[]) => ({
    brownOuts: minutes.map((many, day) => ({ from: `2027-01-0${1 + day}T00:00:00Z`, minutes: many })),
    reason: 'for a spec',
  });

  it('is practised for some hours a day, so that no brown-out is a retirement nobody approved', async () => {
    expect((await ask('retirements/psa@1/brown-outs', { method: 'PUT', body: brownOuts([240, 240]) })).status).toBe(200);
    const fields = [{ field: 'brownOuts', rule: 'hours-a-day' }];
    for (const minutes of [[241], [240, 240, 1_440]])
      expect((await ask('retirements/psa@1/brown-outs', { method: 'PUT', body: brownOuts(minutes) })).body).toMatchObject({ status: 400, fields });
    expect((await ask('retirements/psa@1?reason=over', { method: 'DELETE' })).status).toBe(204);
  });

  it('is never that of the API by which it is taken back', async () => {
    for (const id of ['governance@1', 'governance@1:withdrawRetirement']) {
      expect((await ask(`retirements/${id}`, { method: 'PUT', body: end })).body).toMatchObject({ status: 409, code: 'own-end' });
      expect((await ask(`retirements/${id}/brown-outs`, { method: 'PUT', body: brownOuts([5]) })).body).toMatchObject({ code: 'own-end' });
    }
  });
});

describe('the catalogue after an outage of Postgres', () => {
  it('answers as soon as that is back', async () => {
    await database.dataSource.query('alter table governance.usage rename to away');
    expect((await ask('apis?since=2026-10-05')).status).toBe(500);
    await database.dataSource.query('alter table governance.away rename to usage');
    expect((await ask('apis?since=2026-10-05')).status).toBe(200);
  });
});
