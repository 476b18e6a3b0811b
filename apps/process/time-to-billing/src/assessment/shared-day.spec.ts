import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TimeEntry } from '#canonical';
import { eventually } from '#testing';
import { PROJECT, someTime, testBilling, type TestBilling } from '../time-to-billing.fixture.js';

let billing: TestBilling;
beforeAll(async () => {
  billing = await testBilling({
    env: { TIME_TO_BILLING_DAY_RATE: 'whole-days', TIME_TO_BILLING_LONGER_DAY: 'capped', TIME_TO_BILLING_LINE_ROUNDING: 'day' },
  });
  const rate = { level: 'contract', subject: PROJECT, currency: 'GBP', from: '2026-01-01' };
  await billing.rest('PUT', '/rates/day', { body: { ...rate, role: 'ARCHITECT', unit: 'day', minutesPerDay: 450, amount: '999' } });
  await billing.rest('PUT', '/rates/hour', { body: { ...rate, role: 'ANALYST', unit: 'hour', amount: '100' } });
});
afterAll(() => billing.close());

async function posted(entry: TimeEntry, version = 1): Promise<string> {
  await billing.approve(entry);
  await eventually(async () => (await billing.reaches(entry.id, 'posted')).version === version);
  return (await now(entry))[0];
}

const now = async (...entries: TimeEntry[]): Promise<string[]> =>
  Promise.all(entries.map(async ({ id }) => `v${(await billing.line(id)).version} ${(await billing.line(id)).money.amount}`));

const sent = ({ id }: TimeEntry, version = 1) => billing.around.held.get(`tl-${id}-v${version}`)!;

describe('lines of one day that the policy has priced together', () => {
  it('come to whole days of the contract, however many they are, and those that were posted stay as they are', async () => {
    const [first, second, third] = [240, 210, 60].map((workedMinutes, n) => someTime(`day-${n}`, { workedMinutes }));
    expect([await posted(first), await posted(second), await posted(third)]).toEqual(['v1 999.00', 'v1 0.00', 'v1 0.00']);
    expect(sent(first)).toMatchObject({ minutes: 240, ratePerHour: { amount: '249.75' }, amount: { amount: '999.00' } });
    expect(await posted({ ...first, workedMinutes: 300 }, 2)).toBe('v2 999.00');
    expect(await now(first, second, third)).toEqual(['v2 999.00', 'v1 0.00', 'v1 0.00']);
  });

  it('are rounded together, the last having what is left', async () => {
    const lines = [0, 1, 2].map(n =>
      someTime(`third-${n}`, { workedMinutes: 20, role: 'ANALYST', person: { email: 'analyst@larkfield.example', name: 'Ann' } }),
    );
    await Promise.all(lines.map(line => billing.approve(line)));
    await Promise.all(lines.map(({ id }) => billing.reaches(id, 'posted')));
    expect((await now(...lines)).sort()).toEqual(['v1 33.33', 'v1 33.33', 'v1 33.34']);
    // Another day, another person and another project are none of them.
    const other = someTime('other-day', { workedMinutes: 20, role: 'ANALYST', workDate: '2026-11-03', person: lines[0].person });
    expect(await posted(other)).toBe('v1 33.33');
  });
});

describe('a rate that the ERP keeps with fewer decimals', () => {
  it('is told with what the ERP makes of the line, and the line keeps its own price', async () => {
    const rate = { level: 'contract', subject: PROJECT, currency: 'GBP', from: '2026-01-01', role: 'ANALYST', overtime: true };
    await billing.rest('PUT', '/rates/overtime', { body: { ...rate, unit: 'hour', amount: '33.3333' } });
    billing.around.rateDecimals = 2;
    const person = { email: 'analyst.two@larkfield.example', name: 'Ann' };
    const entry = someTime('cut', { workedMinutes: 900, role: 'ANALYST', overtime: true, person });
    expect(await posted(entry)).toBe('v1 500.00');
    expect(sent(entry)).toMatchObject({ ratePerHour: { amount: '33.3333' }, amount: { amount: '500.00' } });
    const told = (await billing.line(entry.id)).explanation as { code: string; text: string }[];
    expect(told.find(({ code }) => code === 'price.erp-rate-rounded')?.text).toBe(
      'The ERP keeps the rate of 33.3333 GBP an hour as 33.33, so it makes the line 499.95 GBP; we make it 500.00: a difference of -0.05.',
    );
    billing.around.rateDecimals = undefined;
  });
});
