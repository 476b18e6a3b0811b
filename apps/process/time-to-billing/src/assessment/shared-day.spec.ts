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
  await lookedThrough();
});
afterAll(() => billing.close());

/** Waits until the corrections have been processed. */
const lookedThrough = () =>
  eventually(async () => {
    const [{ left }] = await billing.dataSource.query<[{ left: number }]>(
      `select (select count(*) from billing.price_change where correction is null)::int + (select count(*) from billing.correction where projects <> '{}')::int "left"`,
    );
    return left === 0;
  });

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
    // Lines of another day, person or project don't count.
    const other = someTime('other-day', { workedMinutes: 20, role: 'ANALYST', workDate: '2026-11-03', person: lines[0].person });
    expect(await posted(other)).toBe('v1 33.33');
  });
});

describe('a line that leaves its day after others of it were priced', () => {
  const lines = (name: string, workDate: string, ...minutes: number[]) =>
    minutes.map((workedMinutes, n) => someTime(`${name}-${n}`, { workedMinutes, workDate, person: { email: `${name}@larkfield.example`, name } }));
  const listed = async (...entries: TimeEntry[]) => {
    const { items } = (await billing.rest('GET', '/price-corrections?limit=200')).body;
    return entries.flatMap(({ id }) =>
      items
        .filter((one: { lineId: string }) => one.lineId === id)
        .map((one: Record<string, any>) => [one.state, one.now.amount, one.difference.amount]),
    );
  };

  it('leaves what it had to those that are left: the day is billed as it is worked, once', async () => {
    const [first, second] = lines('leaves', '2026-11-04', 240, 200);
    expect([await posted(first), await posted(second)]).toEqual(['v1 999.00', 'v1 0.00']);
    await billing.approve({ ...first, approval: 'rejected' });
    await billing.reaches(first.id, 'withdrawn');
    await eventually(async () => (await billing.reaches(second.id, 'posted')).version === 2);
    expect(await now(second)).toEqual(['v2 999.00']);
    expect(await listed(second)).toEqual([['re-rated', '999.00', '999.00']]);
    expect(billing.around.doubled).toEqual([]);
  });

  it('has those that are left priced in turn when several could have it', async () => {
    const [first, ...rest] = lines('several', '2026-11-05', 240, 100, 100);
    await posted(first);
    for (const line of rest) await posted(line);
    expect(await now(...rest)).toEqual(['v1 0.00', 'v1 0.00']);
    await billing.approve({ ...first, workDate: '2026-11-06' });
    await eventually(async () => (await now(...rest)).includes('v2 999.00'));
    expect((await now(...rest)).sort()).toEqual(['v1 0.00', 'v2 999.00']);
    expect(await listed(...rest)).toEqual([['re-rated', '999.00', '999.00']]);
  });

  it('is none when it is rounded together only: the remainder of a cent re-rates nobody', async () => {
    const thirds = lines('analyst.rest', '2026-11-09', 20, 20, 20).map(line => ({ ...line, role: 'ANALYST' }));
    for (const line of thirds) await posted(line);
    expect(await now(...thirds)).toEqual(['v1 33.33', 'v1 33.34', 'v1 33.33']);
    await billing.approve({ ...thirds[1], approval: 'rejected' });
    await billing.reaches(thirds[1].id, 'withdrawn');
    expect(await billing.dataSource.query(`select 1 from billing.price_change where id = $1`, [thirds[1].id])).toEqual([]);
  });
});

describe('a rate that is corrected under a policy of days', () => {
  it('re-rates a day as a whole, and lists what that makes', async () => {
    const rate = { level: 'contract', subject: PROJECT, currency: 'GBP', from: '2026-01-01' };
    const put = async (amount: string) =>
      expect(
        (await billing.rest('PUT', '/rates/lead', { body: { ...rate, role: 'ARCHITECT', overtime: true, unit: 'day', minutesPerDay: 450, amount } }))
          .status,
      ).toBe(200);
    await put('500');
    const day = [240, 200].map((workedMinutes, n) =>
      someTime(`lead-${n}`, { workedMinutes, overtime: true, workDate: '2026-11-10', person: { email: 'lead@larkfield.example', name: 'Lea' } }),
    );
    for (const line of day) await posted(line);
    await lookedThrough();
    expect(await now(...day)).toEqual(['v1 500.00', 'v1 0.00']);
    await put('600');
    await eventually(
      async () => (await billing.dataSource.query<object[]>(`select 1 from billing.price_difference where line_id = $1`, [day[0].id])).length > 0,
    );
    await lookedThrough();
    await Promise.all(day.map(({ id }) => billing.reaches(id, 'posted')));
    const { items } = (await billing.rest('GET', '/price-corrections?limit=200')).body;
    const of = items.filter(({ lineId }: { lineId: string }) => day.some(({ id }) => id === lineId));
    expect(of.map((one: Record<string, any>) => [one.lineId, one.now.amount, one.difference.amount])).toEqual([[day[0].id, '600.00', '100.00']]);
    expect((await now(...day)).map(one => one.slice(3))).toEqual(['600.00', '0.00']);
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
