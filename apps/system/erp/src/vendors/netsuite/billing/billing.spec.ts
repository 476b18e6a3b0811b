import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { money, type BillableTransaction, type BillingOutcome } from '#canonical';
import { BatchWriter } from '#connector';
import { eventually } from '#testing';
import { aCharge, aLine, anExpense, post, project } from '../../../billing/billing.fixture.js';
import { writtenBatch } from '../../../billing/written-batch.js';
import { NetsuiteWorld } from '../netsuite.fixture.js';

describe('NetSuite’s own ways with lines', () => {
  let bench: NetsuiteWorld;
  afterEach(() => bench.close());

  it('is refused a line whose memo the account takes no longer, in NetSuite’s words, and cuts none', async () => {
    bench = await new NetsuiteWorld({ fieldLengths: { memo: 20 } }).open();
    const { billing } = bench.connect();
    for (const line of [aLine, anExpense, aCharge]) {
      const refused = await billing!.postOne(line({ memo: 'm'.repeat(21) }));
      expect(refused?.detail).toContain('The field memo contained more than the maximum number ( 20 ) of characters allowed.');
      expect(await billing!.postOne(line({ memo: 'm'.repeat(20) }))).toBe(null);
    }
  });
});

describe('a rate of time with more decimals than its currency', () => {
  const { currency } = project;
  const [exact, cutting] = [new NetsuiteWorld(), new NetsuiteWorld({ rateDecimals: 2 })];
  beforeAll(async () => {
    await Promise.all([exact.open(), cutting.open()]);
  });
  afterAll(async () => {
    await Promise.all([exact.close(), cutting.close()]);
  });

  const connect = (world: NetsuiteWorld, rateDecimals: number) => ({
    world,
    vendor: world.connect({ settlingMs: 500, env: { NETSUITE_RATE_DECIMALS: String(rateDecimals) } }),
  });

  async function posted({ world, vendor }: ReturnType<typeof connect>, line: BillableTransaction): Promise<BillingOutcome> {
    const id = randomUUID();
    const writer = new BatchWriter(world.database.dataSource, { system: vendor.name, account: id, settlingMs: 500, leaseMs: 1_000 });
    const state = await eventually(async () => {
      const answer = await writer.put(writtenBatch(vendor.billing!, id, post(line)), 5_000);
      return answer.state === 'done' ? answer : undefined;
    });
    return state.outcomes[0];
  }

  /** A full day of 999 a day. */
  const aDay = () => aLine({ minutes: 480, ratePerHour: { amount: '124.875', currency }, amount: money('999', currency) });

  it('comes to the line’s amount where the account keeps them', async () => {
    const outcome = await posted(connect(exact, 6), aDay());
    expect(outcome).toMatchObject({ result: 'posted', amount: money('999', currency) });
    expect(outcome).not.toHaveProperty('ratePerHour');
  });

  it.each([
    ['the setting says so', () => connect(cutting, 2)],
    ['nobody set that it does', () => connect(cutting, 6)],
  ])('is told with what it comes to where the account cuts it: %s', async (_, vendor) => {
    expect(await posted(vendor(), aDay())).toMatchObject({
      result: 'posted',
      amount: money('999.04', currency),
      ratePerHour: { amount: '124.88', currency },
    });
  });

  it('is looked for by the check: the account keeps more than is sent', async () => {
    const finding = async (world: NetsuiteWorld, decimals: number) =>
      (await connect(world, decimals).vendor.check()).find(({ what }) => what === 'decimals of rates of time');
    expect(await finding(exact, 6)).toMatchObject({ ok: true, say: expect.stringContaining('up to 3') });
    expect(await finding(exact, 2)).toMatchObject({ ok: false, say: expect.stringContaining('NETSUITE_RATE_DECIMALS') });
    expect(await finding(cutting, 2)).toMatchObject({ ok: true });
  });
});
