import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { projectIdOf } from '#canonical';
import { eventually } from '#testing';
import type { FirmDeal } from '../../apps/sandbox/src/firm/firm.js';
import { House } from '../house/house.js';
import { dealOf, liveProjects } from '../house/reading.js';
import { Sales } from '../house/sales.js';

const JOURNAL_LOCK = 424_242;

/** Nothing here commits late or is slow: a write whose worker was killed was done at once or never will be. */
const NOTHING_LATE = { KANTATA_SETTLING_MS: '1000', NETSUITE_SETTLING_MS: '1000', KANTATA_LEASE_MS: '1500', NETSUITE_LEASE_MS: '1500' };

let house: House;
let shape: FirmDeal;
let entered = 0;

beforeAll(async () => {
  house = await House.open({ environment: NOTHING_LATE });
  shape = Sales.moreDeals(40).find(deal => deal.billingMethod === 'Milestone' && deal.lines.length >= 2)!;
});
afterAll(() => house?.close());

/** Another deal just like the others, open. */
const anotherDeal = () => house.sales.enter({ ...shape, number: `K-${++entered}`, name: `Kill ${entered}` });

const settled = (dealId: string, withinMs = 60_000) =>
  eventually(
    async () => {
      const turns = await house.sql<{ state: string }>('select state from flow.turn where key = $1', [dealId]);
      expect(turns.length).toBeGreaterThan(0);
      expect(turns.every(turn => turn.state === 'done')).toBe(true);
      return true;
    },
    { withinMs },
  );

const writes = async (vendor: 'kantata' | 'netsuite') =>
  Object.entries((await house.control.calls())[vendor])
    .filter(([name]) => name.startsWith('write'))
    .reduce((sum, [, count]) => sum + count, 0);

/** One live project at each vendor for this deal, with as many tasks as were sold and no second of any. */
async function expectOneOfEach(dealId: string): Promise<void> {
  const projectId = projectIdOf(dealId);
  await eventually(
    async () => {
      const live = await liveProjects(house);
      expect([live.kantata.get(projectId)?.length, live.netsuite.get(projectId)?.length]).toEqual([1, 1]);
      return true;
    },
    { withinMs: 30_000 },
  );
  const { body } = await house.rest<{ tasks: { id: string }[]; milestones: object[] }>('GET', `/system/psa/v1/projects/${projectId}?fresh=true`);
  expect(body.tasks).toHaveLength(shape.lines.length);
  expect(body.milestones).toHaveLength(shape.milestones.length);
}

async function restartWhenDead(): Promise<void> {
  const [worker] = house.workers;
  await eventually(() => expect(worker.alive).toBe(false), { withinMs: 60_000 });
  await house.control.clearFaults();
  await worker.start();
}

describe('a worker killed at a vendor write', () => {
  it.each(['kantata', 'netsuite'] as const)(
    'ends the same before and after every write that %s sees',
    async vendor => {
      const before = await writes(vendor);
      const clean = await anotherDeal();
      await house.sales.win(clean);
      await settled(await dealOf(house, clean));
      const count = (await writes(vendor)) - before;
      expect(count).toBeGreaterThan(2);
      for (let nth = 1; nth <= count; nth++) {
        for (const when of ['before', 'after'] as const) {
          house.expectRestart();
          const opportunity = await anotherDeal();
          await house.control.planFault({ match: { vendor, kind: 'write' }, action: { do: 'kill', pid: house.workers[0].pid, when }, nth, times: 1 });
          await house.sales.win(opportunity);
          await restartWhenDead();
          const dealId = await dealOf(house, opportunity);
          await settled(dealId);
          await expectOneOfEach(dealId);
        }
      }
      console.log(`${vendor}: ${count} writes a deal, killed before and after each: ${2 * count} kills, all ended the same`);
    },
    900_000,
  );
});

describe('a worker killed between two rows of its journal', () => {
  it('ends the same, nothing twice', async () => {
    const holder = await house.connection();
    await house.sql(`create table public.blocked(function_id int)`);
    await house.sql(`create function public.block_journal() returns trigger language plpgsql security definer as $$ begin
      if exists (select 1 from public.blocked b where b.function_id = new.function_id) then perform pg_advisory_xact_lock(${JOURNAL_LOCK}); end if;
      return new; end $$`);
    await house.sql('create trigger block before insert on dbos.operation_outputs for each row execute function public.block_journal()');
    const clean = await anotherDeal();
    await house.sales.win(clean);
    const cleanDeal = await dealOf(house, clean);
    await settled(cleanDeal);
    const [{ rows }] = await eventually(async () => {
      // The turn is done a moment before the last row of its journal is written.
      const counted = await house.sql<{ rows: string }>(
        `select count(*) rows from dbos.operation_outputs o join dbos.workflow_status w using (workflow_uuid)
         where w.status = 'SUCCESS' and w.workflow_uuid like '%' || $1 || '%'`,
        [cleanDeal],
      );
      return Number(counted[0].rows) > 0 && counted;
    });
    expect(Number(rows)).toBeGreaterThan(5);
    for (let row = 0; row < Number(rows); row++) {
      await holder.query('select pg_advisory_lock($1)', [JOURNAL_LOCK]);
      await house.sql('insert into public.blocked values ($1)', [row]);
      house.expectRestart();
      const opportunity = await anotherDeal();
      await house.sales.win(opportunity);
      const [{ pid }] = await eventually(
        async () => {
          const waiting = await house.sql<{ pid: number }>(`select pid from pg_locks where locktype = 'advisory' and objid = $1 and not granted`, [
            JOURNAL_LOCK,
          ]);
          expect(waiting.length).toBeGreaterThan(0);
          return waiting;
        },
        { withinMs: 60_000 },
      );
      await house.workers[0].kill();
      // The row that was on its way dies with its session: what the step did is done, the note of it is not.
      await house.sql('select pg_terminate_backend($1)', [pid]);
      await house.sql('delete from public.blocked');
      await holder.query('select pg_advisory_unlock($1)', [JOURNAL_LOCK]);
      await house.workers[0].start();
      const dealId = await dealOf(house, opportunity);
      await settled(dealId);
      await expectOneOfEach(dealId);
    }
    await house.sql('drop trigger block on dbos.operation_outputs');
    await holder.end();
    console.log(`journal: killed before each of its ${rows} rows, all ended the same`);
  }, 900_000);
});
