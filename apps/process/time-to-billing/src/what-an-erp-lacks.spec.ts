import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { AS_OF, someTime, testBilling, type TestBilling } from './time-to-billing.fixture.js';

describe('an ERP that publishes no accounting periods', () => {
  let billing: TestBilling;
  beforeAll(async () => {
    billing = await testBilling({ erp: { lacks: ['books'] } });
  });
  afterAll(() => billing?.close());

  it('has lines posted on their work dates, and each says that no period was looked at', async () => {
    const entry = someTime('no-books');
    await billing.approve(entry);
    const line = await billing.reaches(entry.id, 'posted');
    expect(line.explanation).toContainEqual(expect.objectContaining({ code: 'price.periods-not-told' }));
    expect([...billing.around.held.values()].map(({ postingDate }) => postingDate)).toEqual([AS_OF]);
  });

  it('has a line that is corrected posted anew on its work date', async () => {
    const entry = someTime('no-books-corrected');
    await billing.approve(entry);
    await billing.reaches(entry.id, 'posted');
    await billing.approve({ ...entry, workedMinutes: 60 });
    const [held] = await billing.around.versionsOf(entry.id, 2);
    expect([held.postingDate, held.minutes]).toEqual([AS_OF, 60]);
  });
});

it('an ERP that publishes periods but has none yet makes lines wait for one', async () => {
  const billing = await testBilling({ periods: false });
  const entry = someTime('no-period');
  await billing.approve(entry);
  const line = await billing.reaches(entry.id, 'blocked');
  expect(line.block.reasons.map(({ code }: { code: string }) => code)).toEqual(['period.unknown']);
  await billing.close();
});

it('an ERP that takes no lines has them wait, and the queue says why', async () => {
  const billing = await testBilling({ erp: { lacks: ['billing'] } });
  const entry = someTime('no-billing');
  await billing.approve(entry);
  await eventually(async () => (await billing.rest('GET', '/queue')).body.reason === 'This ERP takes no billable transactions.');
  expect(await billing.line(entry.id)).toMatchObject({ state: 'ready' });
  await billing.close();
});

it('an ERP that takes two lines at once is sent no more, and turns none away', async () => {
  const billing = await testBilling({ erp: { batchSize: 2 } });
  const entries = Array.from({ length: 5 }, (_, n) => someTime(`two-at-once-${n}`));
  for (const entry of entries) await billing.approve(entry);
  for (const entry of entries) await billing.reaches(entry.id, 'posted');
  expect(Math.max(...billing.around.sizes)).toBe(2);
  await billing.close();
});
