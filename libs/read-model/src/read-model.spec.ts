import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CanonicalEvent } from '#apis';
import { mintId, type StaffingRequest } from '#canonical';
import { EventLog } from '#events';
import { prepareDatabase } from '#persistence';
import {
  aStaffingRequest,
  eventually,
  testApp,
  type TestApp,
  testDatabase,
  type TestDatabase,
  testIssuer,
  type TestIssuer,
  type TokenRequest,
  urlAs,
} from '#testing';
import { bureau, migrations, roles, rows } from './bureau.fixture.js';

let database: TestDatabase;
let issuer: TestIssuer;
let app: TestApp;
beforeAll(async () => {
  [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  await prepareDatabase({ roles, rows, migrations, ownerUrl: urlAs(roles.owner, database.url) });
  app = await testApp(bureau);
});
afterAll(async () => {
  await app?.close();
  await issuer?.close();
  await database?.close();
});

interface Answer {
  items: { id: string; startsOn: string; minutes: number }[];
  next: string | null;
  count: { value: number; exact: boolean };
  roles: { value: string; count: number }[];
  freshness: { system: string; feed: string; state: string; setAside: number; readTo: string | null }[];
  statements: number;
}

async function ask(query: Record<string, string> = {}, who: TokenRequest = { client: 'operations' }): Promise<{ status: number; body: Answer }> {
  const answer = await fetch(`${app.url}/v1/openings?${new URLSearchParams(query).toString()}`, { headers: await issuer.bearer(who) });
  return { status: answer.status, body: (await answer.json()) as Answer };
}

function raised(name: string, over: Partial<StaffingRequest>): CanonicalEvent {
  const state = { ...aStaffingRequest({ id: mintId('staffing-request', name), ...over }), candidates: [] };
  return {
    id: randomUUID(),
    source: '/spec',
    type: 'staffing-request.raised.v1',
    key: state.id,
    time: new Date().toISOString(),
    data: { state, refs: [] },
    legalEntities: [],
    correlationId: 'spec',
  };
}

async function publish(...events: CanonicalEvent[]): Promise<void> {
  await database.dataSource.transaction(em => new EventLog().append(em, events));
  await eventually(async () => {
    const [{ behind }] = await database.dataSource.query<[{ behind: boolean }]>(
      `select exists (select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos)) behind from events.subscription s where s.name = 'bureau.openings'`,
    );
    return !behind;
  });
}

const id = (name: string): string => mintId('staffing-request', name);
const ids = ({ body }: { body: Answer }): string[] => body.items.map(item => item.id);

describe('an app of its own on a read model of its own', () => {
  beforeAll(() =>
    publish(
      raised('late', { role: 'Architekt Süd', startDate: '2026-12-10', minutes: 60, legalEntity: 'LF-DE' }),
      raised('early', { role: 'Analyst', startDate: '2026-12-01', minutes: 600, legalEntity: 'LF-UK' }),
      raised('between', { role: 'Analyst', startDate: '2026-12-05', minutes: 6_000, legalEntity: 'LF-UK' }),
      raised('nobodys', { role: 'Tester', startDate: '2026-12-20', minutes: 1, legalEntity: '' }),
    ),
  );

  it('answers pages in an order, each from where the last one ended, with counts and facets of one moment', async () => {
    const first = await ask();
    expect(first.body).toMatchObject({
      items: [
        { id: id('early'), startsOn: '2026-12-01', minutes: 600 },
        { id: id('between'), startsOn: '2026-12-05', minutes: 6_000 },
      ],
      count: { value: 4, exact: true },
      roles: [
        { value: 'Analyst', count: 2 },
        { value: 'Architekt Süd', count: 1 },
        { value: 'Tester', count: 1 },
      ],
    });
    const second = await ask({ after: first.body.next! });
    expect([ids(second), second.body.next]).toEqual([[id('late'), id('nobodys')], null]);
    expect(ids(await ask({ by: 'minutes' }))).toEqual([id('nobodys'), id('late')]);
  });

  it('refuses a cursor of another order or of unknown origin, and names the argument', async () => {
    const { next } = (await ask()).body;
    const refused = { status: 400, body: { fields: [{ field: 'after', rule: 'cursor' }] } };
    expect(await ask({ after: next!, by: 'minutes' })).toMatchObject(refused);
    expect(await ask({ after: 'x' })).toMatchObject(refused);
  });

  it('filters as its source defines, and folds what people type', async () => {
    expect(ids(await ask({ text: 'architekt sud' }))).toEqual([id('late')]);
    // A facet ignores its own filter, so people see their other choices.
    const { body } = await ask({ role: 'Analyst' });
    expect([body.count.value, body.roles.map(({ value }) => value)]).toEqual([2, ['Analyst', 'Architekt Süd', 'Tester']]);
  });

  it('shows each viewer the rows of their legal entities, in pages, counts and facets', async () => {
    const { body } = await ask({}, { person: 'finance-uk' });
    expect([ids({ body }), body.count.value, body.roles]).toEqual([[id('early'), id('between')], 2, [{ value: 'Analyst', count: 2 }]]);
    expect(ids(await ask({}, { person: 'sales-de' }))).toEqual([id('late')]);
  });

  it('keeps the newest state, however often and in whatever batch it arrives', async () => {
    await publish(
      raised('early', { role: 'Analyst', startDate: '2026-12-01', minutes: 1 }),
      raised('early', { role: 'Analyst', startDate: '2026-12-01', minutes: 700 }),
    );
    const rows = await database.dataSource.query<{ minutes: number }[]>('select minutes from bureau.opening where id = $1', [id('early')]);
    expect(rows).toEqual([{ minutes: 700 }]);
  });

  it('sets aside single events that it can not take, goes on with the rest, and reports them with its freshness', async () => {
    await publish(raised('odd', { role: 'Tester', startDate: 'someday' }), raised('after', { role: 'Welder', startDate: '2027-01-04' }));
    const { body } = await ask({ text: 'welder' });
    expect(ids({ body })).toEqual([id('after')]);
    const own = { system: 'throughline', feed: 'bureau.openings', state: 'live', setAside: 1, readTo: expect.any(String) };
    expect(body.freshness).toContainEqual(expect.objectContaining(own));
    const metrics = await (await fetch(`${app.url}/metrics`, { headers: await issuer.bearer({ client: 'operations' }) })).text();
    expect(metrics).toContain('throughline_bureau_events_rejected_total{type="staffing-request.raised.v1"} 1');
    await publish(raised('odd', { role: 'Tester', startDate: '2027-02-01' }));
    await eventually(async () => (await ask()).body.freshness.find(({ feed }) => feed === 'bureau.openings')?.setAside === 0);
  });
});

describe('without row security', () => {
  it('everybody sees everything, so row security is what keeps rows out', async () => {
    await database.dataSource.query('alter table bureau.opening disable row level security');
    expect((await ask({}, { person: 'sales-de' })).body.count.value).toBeGreaterThan(1);
    await database.dataSource.query('alter table bureau.opening enable row level security');
  });
});
