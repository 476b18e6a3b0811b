import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { money } from '#canonical';
import { MappingTable } from '#mappings';
import { inTransaction, withFullView, type Transaction } from '#persistence';
import { eventually } from '#testing';
import { PROJECT, testBilling, type TestBilling } from '../time-to-billing.fixture.js';
import { policyOf } from '../assessment/policy.rules.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { ReferenceStore, type LineKey } from './reference.store.js';

const WAITS = `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%billing.cap%'`;

let billing: TestBilling;
let store: ReferenceStore;
beforeAll(async () => {
  billing = await testBilling({ project: { notToExceed: money('100', 'GBP') } });
  store = billing.app.app.get(ReferenceStore, { strict: false });
});
afterAll(() => billing.close());

/**
 * The limit that is read while another transaction removes it, which begins before the n-th
 * statement and commits once it is waited for.
 */
async function limitWhileTakenAway(before: number): Promise<unknown> {
  const { dataSource } = billing;
  let taken: Promise<void> | undefined;
  const takeAway = () =>
    new Promise<void>((changed, failed) => {
      taken = inTransaction(dataSource, async em => {
        await em.query(`update billing.project set financial = financial - 'notToExceed' where id = $1`, [PROJECT]);
        await em.query('update billing.cap set freed = true where project_id = $1', [PROJECT]);
        changed();
        await eventually(async () => (await dataSource.query(WAITS)).length > 0);
      });
      taken.catch(failed);
    });
  const limit = await inTransaction(dataSource, async em => {
    let statements = 0;
    const interrupted = {
      query: async (sql: string, values: unknown[]) => {
        if (++statements === before) await takeAway();
        return em.query(sql, values);
      },
    };
    return (await store.lockCaps(interrupted as Transaction, [PROJECT])).get(PROJECT)!.limit;
  });
  await taken;
  return limit;
}

describe('the facts of lines', () => {
  it('have the rates of their project translated once, however many they are', async () => {
    const translated = vi.spyOn(MappingTable.prototype, 'get');
    const asking = Array.from({ length: 20 }, (_, n): LineKey => {
      const email = `worker-${n}@larkfield.example`;
      return { id: `line-${n}`, projectId: PROJECT, email, workDate: '2026-11-04', kind: 'time', ownMinutes: 60 };
    });
    const policy = policyOf(billing.app.app.get(TimeToBillingConfig, { strict: false }));
    const factsOf = (lines: LineKey[]) => withFullView('the app checks lines of everybody', () => store.factsOf(lines, new Map(), policy));
    await eventually(async () => [...(await factsOf(asking)).values()].every(({ rates }) => rates.length > 0));
    const words = async (lines: LineKey[]) => {
      translated.mockClear();
      await factsOf(lines);
      return translated.mock.calls.length;
    };
    expect(await words(asking)).toBe(await words(asking.slice(0, 1)));
    translated.mockRestore();
  });
});

describe('the cap of a project', () => {
  it.each([1, 2])('is read as it is after the lock was taken, even when it is removed before statement %i', async before => {
    await billing.dataSource.query('insert into billing.cap(project_id) values ($1) on conflict do nothing', [PROJECT]);
    await billing.dataSource.query(`update billing.project set financial = financial || $2 where id = $1`, [
      PROJECT,
      { notToExceed: money('100', 'GBP') },
    ]);
    expect(await limitWhileTakenAway(before)).toBeNull();
  });
});
