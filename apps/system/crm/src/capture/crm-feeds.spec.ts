import { afterEach, describe, expect, it } from 'vitest';
import type { Page } from '#apis';
import type { Customer, DatedRateCard, Deal } from '#canonical';
import type { FeedStatus } from '#apis/feeds';
import { eventually } from '#testing';
import { RunningCrm } from '../crm.fixture.js';

const LAG_MS = 2_000;

describe('a change that Salesforce shows late', () => {
  let crm: RunningCrm;
  afterEach(() => crm.close());

  const start = async (overlapMs: number): Promise<Deal> => {
    crm = await RunningCrm.start({ visibilityLagMs: LAG_MS, env: { CRM_OVERLAP_MS: String(overlapMs) } });
    return eventually(async () => (await crm.get<Page<Deal>>('/v1/deals')).body.items[0]);
  };
  const win = async (deal: Deal) => crm.people.sobject('Opportunity').update({ Id: deal.refs[0].nativeId, StageName: 'Signed' });
  const types = async (deal: Deal) => (await crm.events(deal.id)).map(event => event.type);
  /** Until the feed has read past the moment at which the change can be seen. */
  const readPast = (instant: number) =>
    eventually(async () => {
      const { items } = (await crm.get<{ items: FeedStatus[] }>('/v1/feeds')).body;
      return Date.parse(items.find(feed => feed.name === 'deals')!.readTo!) > instant;
    });

  it('is found by the overlap, once', async () => {
    const deal = await start(10_000);
    await win(deal);
    await readPast(Date.now() + LAG_MS + 1_000);
    expect(await types(deal)).toEqual(['deal.changed.v1', 'deal.won.v1']);
  });

  it('is missed without an overlap, and then found by the sweep', async () => {
    const deal = await start(0);
    await win(deal);
    await readPast(Date.now() + LAG_MS + 1_000);
    expect(await types(deal)).toEqual(['deal.changed.v1']);
    await crm.sweep();
    expect(await types(deal)).toEqual(['deal.changed.v1', 'deal.won.v1']);
  });
});

describe('a rate card that was read before its legal entity was mapped', () => {
  let crm: RunningCrm;
  afterEach(() => crm.close());

  it('is published again with its legal entity once that is mapped, and not a third time', async () => {
    crm = await RunningCrm.start({ env: { CRM_RATE_CARD_POLL_MS: '100' } });
    const cards = await eventually(async () => {
      const { items } = (await crm.get<Page<DatedRateCard>>('/v1/rate-cards?limit=200')).body;
      return items.length > 0 && items;
    });
    const { id } = cards.find(({ code }) => code === 'RC-UK')!;
    const owners = async () => (await crm.events(id)).map(({ legalEntities }) => legalEntities);
    expect(await owners()).toEqual([[]]);
    await crm.map('Larkfield Ltd', 'LF-UK');
    await eventually(async () => (await owners()).length > 1);
    await readAgain(crm);
    expect(await owners()).toEqual([[], ['LF-UK']]);
    await crm.map('Larkfield Ltd', 'LF-GB');
    await eventually(async () => (await owners()).length > 2);
    await readAgain(crm);
    expect(await owners()).toEqual([[], ['LF-UK'], ['LF-GB']]);
    const kept = await crm.database.dataSource.query('select legal_entities from capture.shadow where id = $1', [id]);
    expect(kept).toEqual([{ legal_entities: ['LF-GB'] }]);
  });
});

describe('a deal that was read before its legal entity was mapped', () => {
  let crm: RunningCrm;
  afterEach(() => crm.close());

  it('is published again with its customer once that is mapped, whether or not the CRM lists it again, and not a third time', async () => {
    crm = await RunningCrm.start({ env: { CRM_POLL_MS: '3600000' } });
    await crm.poll();
    const { items } = (await crm.get<Page<Deal>>('/v1/deals?limit=200')).body;
    const deal = items.find(({ legalEntity }) => legalEntity === 'Larkfield Ltd')!;
    const sisters = items.filter(({ customer }) => customer.id === deal.customer.id).map(({ legalEntity }) => legalEntity);
    expect(new Set(sisters)).toEqual(new Set(['Larkfield Ltd']));
    const owners = async ({ id }: { id: string }) => (await crm.events(id)).map(({ legalEntities }) => legalEntities);
    const both = async () => [await owners(deal), await owners(deal.customer)];
    expect(await both()).toEqual([[[]], [[]]]);
    await crm.map('Larkfield Ltd', 'LF-UK');
    await eventually(async () => (await both()).every(told => told.length > 1));
    await crm.map('Larkfield Ltd', 'LF-GB');
    await eventually(async () => (await both()).every(told => told.length > 2));
    await crm.sweep();
    expect(await both()).toEqual(Array(2).fill([[], ['LF-UK'], ['LF-GB']]));
    expect((await crm.events(deal.id)).at(-1)).toMatchObject({ type: 'deal.changed.v1', data: { changed: [] } });
    const kept = await crm.database.dataSource.query('select legal_entities from capture.shadow where id = any($1)', [[deal.id, deal.customer.id]]);
    expect(kept).toEqual(Array(2).fill({ legal_entities: ['LF-GB'] }));
  });
});

/** Until rate cards were read twice more, so that once began after this. */
async function readAgain(crm: RunningCrm): Promise<void> {
  for (const _ of [1, 2]) {
    const now = Date.now();
    await eventually(async () => {
      const { items } = (await crm.get<{ items: FeedStatus[] }>('/v1/feeds')).body;
      return Date.parse(items.find(feed => feed.name === 'rate-cards')!.readTo!) > now;
    });
  }
}

describe('a name of an account that no database takes', () => {
  let crm: RunningCrm;
  afterEach(() => crm.close());

  it.each([
    ['a NUL', 'North\0wind', 'Northwind'],
    ['half a character', 'Northwind \ud83d', 'Northwind \ufffd'],
    ['letters apart from their marks', 'Nordwa\u0308rme', 'Nordw\u00e4rme'],
  ])('stops no feed and is published as far as it can be kept: with %s', async (_, Name, name) => {
    crm = await RunningCrm.start({ env: { CRM_POLL_MS: '3600000' } });
    await crm.poll();
    const [deal] = (await crm.get<Page<Deal>>('/v1/deals')).body.items;
    const { id, refs } = deal.customer;
    await crm.people.sobject('Account').update({ Id: refs[0].nativeId, Name });
    await crm.poll();
    expect((await crm.get<Customer>(`/v1/customers/${id}`)).body.name).toBe(name);
    expect((await crm.events(id)).at(-1)!.data).toMatchObject({ state: { name } });
    expect(await crm.database.dataSource.query('select native_id from events.set_aside')).toEqual([]);
  });
});

describe('a clock of Salesforce that differs from ours', () => {
  let crm: RunningCrm;
  const start = async () => {
    crm = await RunningCrm.start({ env: { CRM_POLL_MS: '3600000' } });
    await crm.poll();
  };
  afterEach(() => crm.close());

  const clock = (aheadMs: number, o: { shownIn?: 'answers' | 'records'; times?: number; rate?: number } = {}) => {
    const { shownIn = 'answers', ...when } = o;
    return crm.sandboxes.control.planFault({ match: { vendor: 'salesforce' }, action: { do: 'clock', aheadMs, shownIn }, ...when });
  };
  const newDeals = (names: string[]) =>
    Promise.all(names.map(Name => crm.people.sobject('Opportunity').create({ Name, StageName: 'Proposal', CloseDate: '2027-01-31' })));
  const seen = async (names: string[]) => {
    const { items } = (await crm.get<Page<Deal>>('/v1/deals?limit=200')).body;
    return items.map(({ name }) => name).filter(name => names.includes(name));
  };
  const named = (prefix: string) => Array.from({ length: 5 }, (_, i) => `${prefix} ${i + 1}`);

  it('loses no change when the Date of its answers is 180 s ahead for a while', async () => {
    await start();
    await clock(180_000);
    await crm.poll();
    await crm.sandboxes.control.clearFaults();
    const names = named('While it was ahead');
    await newDeals(names);
    await crm.poll();
    expect((await seen(names)).sort()).toEqual(names);
  });

  it.each([
    ['behind', -180_000, {}],
    ['ahead now and then', 180_000, { rate: 0.5 }],
    ['behind now and then', -180_000, { rate: 0.5 }],
    ['a century ahead', 3_000_000_000_000, {}],
  ])('loses no change while its Date is %s', async (what, aheadMs, when) => {
    await start();
    await clock(aheadMs, when);
    const names = named(`Clock ${what}`);
    for (const name of names) {
      await newDeals([name]);
      await crm.poll();
    }
    expect((await seen(names)).sort()).toEqual(names);
  });

  it('reads a record that is stamped in the future once as a change, and again when it changes after', async () => {
    await start();
    const [name] = named('Stamped ahead');
    await clock(3_600_000, { shownIn: 'records', times: 1 });
    const [{ id }] = await newDeals([name]);
    await crm.poll();
    expect(await seen([name])).toEqual([name]);
    const deal = (await crm.get<Page<Deal>>('/v1/deals?limit=200')).body.items.find(one => one.name === name)!;
    await crm.poll();
    await crm.poll();
    expect(await crm.events(deal.id)).toHaveLength(1);
    await crm.people.sobject('Opportunity').update({ Id: id!, StageName: 'Signed' });
    await crm.poll();
    expect((await crm.events(deal.id)).map(({ type }) => type)).toEqual(['deal.changed.v1', 'deal.won.v1']);
  });
});
