import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { House } from '../house/house.js';
import { liveProjects } from '../house/reading.js';
import { Sales } from '../house/sales.js';

const DEALS = 12;

let house: House;
afterEach(() => house?.close());

async function winAll(): Promise<void> {
  const ids: string[] = [];
  for (const deal of Sales.moreDeals(DEALS)) ids.push(await house.sales.enter(deal));
  await house.sales.win(...ids);
  // Some flows are under way, none of the last have ended.
  await eventually(
    async () => expect(Number((await house.sql<{ n: string }>(`select count(*) n from dbos.operation_outputs`))[0].n)).toBeGreaterThan(DEALS),
    { withinMs: 60_000 },
  );
}

async function expectAllDone(): Promise<void> {
  await eventually(
    async () => {
      const [{ done }] = await house.sql<{ done: string }>(`select count(distinct key) done from flow.turn where state = 'done'`);
      expect(Number(done)).toBe(DEALS);
      return true;
    },
    { withinMs: 120_000 },
  );
  await house.quiet();
  await eventually(
    async () => {
      const live = await liveProjects(house);
      for (const projects of [live.kantata, live.netsuite]) {
        expect(projects.size).toBe(DEALS);
        expect([...projects.values()].filter(ids => ids.length !== 1)).toEqual([]);
      }
      return true;
    },
    { withinMs: 60_000 },
  );
}

describe('two workers', () => {
  it('one killed and never restarted: the other finishes its flows', async () => {
    house = await House.open({ workers: 2, latencyMs: 40 });
    await winAll();
    const [first, second] = house.workers;
    await first.kill();
    await expectAllDone();
    expect(second.alive).toBe(true);
  }, 300_000);

  it('one stopped past its lease and continued: nothing is made twice', async () => {
    house = await House.open({ workers: 2, latencyMs: 40 });
    await winAll();
    const [first] = house.workers;
    first.signal('SIGSTOP');
    // The other one took its flows over.
    await eventually(async () => (await house.sql('select 1 from flow.executor')).length === 1, { withinMs: 60_000 });
    first.signal('SIGCONT');
    await expectAllDone();
    expect(first.alive).toBe(true);
  }, 300_000);
});
