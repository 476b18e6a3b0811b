import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EventLog } from '#events';
import { inTransaction, signal } from '#persistence';
import { eventually } from '#testing';
import { TOPICS } from '../jobs/topics.js';
import { someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling({ env: { TIME_TO_BILLING_LEASE_MS: '600000' } });
});
afterAll(() => billing?.close());

/** Approved at one moment, so that one batch takes them all. */
async function approveTogether(entries: ReturnType<typeof someTime>[]): Promise<void> {
  const events = entries.map(state => ({
    id: randomUUID(),
    source: '/spec',
    type: 'time-entry.changed.v1' as const,
    key: state.id,
    time: new Date().toISOString(),
    data: { state, changed: [] },
    legalEntities: ['LF-UK'],
    correlationId: randomUUID(),
  }));
  await billing.dataSource.transaction(em => new EventLog().append(em, events));
}

/** Ends the lease of a batch and signals the job that takes over batches. */
const expire = (batch: string) =>
  inTransaction(billing.dataSource, async em => {
    await em.query(`update billing.batch set lease_until = clock_timestamp() where id = $1 and state = 'open'`, [batch]);
    await signal(em, TOPICS.takeOver);
  });

describe('half of a batch that was rejected', () => {
  it('is not sent again when another process recorded its outcomes while the first half was in flight', async () => {
    const entries = ['one', 'two', 'three', 'four'].map(name => someTime(name));
    billing.around.unreadable.add(`tl-${entries[0].id}-v1`);
    const arrived: { id: string; lines: number }[] = [];
    let goOn = () => {};
    const held = new Promise<void>(resolve => (goOn = resolve));
    billing.around.arrives = async (id, { transactions }) => {
      arrived.push({ id, lines: transactions.length });
      if (arrived.length === 1) await held;
    };
    await approveTogether(entries);
    await eventually(() => arrived.length === 1);
    const others = await billing.dataSource.query<{ id: string }[]>(`select id from billing.batch where state = 'open' and id <> $1`, [
      arrived[0].id,
    ]);
    for (const { id } of others) await expire(id);
    await eventually(() => arrived.length > 1);
    goOn();
    await eventually(async () => (await billing.dataSource.query<object[]>(`select 1 from billing.batch where state = 'open'`)).length === 0);
    for (const { id } of entries.slice(1)) await billing.reaches(id, 'posted');
    await billing.reaches(entries[0].id, 'blocked');
    expect(arrived.filter(({ lines }) => lines === 0)).toEqual([]);
    expect(new Set(arrived.map(({ id }) => id)).size).toBe(arrived.length);
  });
});
