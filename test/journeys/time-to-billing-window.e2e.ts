import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { openExceptions, queueOf } from '../house/billing-reading.js';
import { workdays, type Delivery, type TimeWish } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldBillings, sumOf } from '../house/ledger-billing.js';

/**
 * Two hours are told in one minute: the window is 120 times shorter than a real one. Nothing else of the clock is changed: while it lasts
 * Throughline asks as often as it always does, so that the ERP is asked 120 times less often than it would be.
 */
const WINDOW_MS = 7_200_000 / 120;
const APPROVALS = 10_000;
/** Ten lines of 48 minutes are a day. */
const LINES_A_DAY = 10;
const MINUTES = 48;

let house: House;
let delivery: Delivery;
beforeAll(async () => {
  house = await House.open({ latencyMs: { netsuite: 40 } });
  delivery = await house.delivery();
});
afterAll(() => house?.close());

/** The whole firm on a project that anybody may book on, which is billed by one card in one currency. */
function wishes(): TimeWish[] {
  const people = house.firm.consultants.filter(({ hiredOn, terminatedOn }) => hiredOn < '2026-08-01' && terminatedOn === null);
  const days = workdays('2026-09-01', Math.ceil(APPROVALS / people.length / LINES_A_DAY));
  const all = days.flatMap(date =>
    people.flatMap(({ employeeNumber: person }) =>
      Array.from({ length: LINES_A_DAY }, () => ({ project: 'P-9001', person, date, minutes: MINUTES })),
    ),
  );
  return all.slice(0, APPROVALS);
}

function worth(all: TimeWish[]): string {
  const roles = new Map(house.firm.consultants.map(({ employeeNumber, role }) => [employeeNumber, role]));
  const [{ rates }] = house.firm.rateCards.find(({ code }) => code === 'RC-UK')!.versions;
  const rateOf = new Map(
    rates.map(({ role, ratePerHour }) => [role, new Decimal(ratePerHour).times(MINUTES).div(60).toDecimalPlaces(2, Decimal.ROUND_HALF_UP)]),
  );
  return all.reduce((sum, { person }) => sum.plus(rateOf.get(roles.get(person)!)!), new Decimal(0)).toFixed(2);
}

const refusedForConcurrency = async () =>
  Object.entries((await house.control.calls()).netsuite)
    .filter(([call]) => call.endsWith(' 429'))
    .reduce((sum, [, n]) => sum + n, 0);

describe('a maintenance window of the ERP during 10,000 approvals', () => {
  it('is a queue with its size, its money and its age, refuses nobody, and is released within what the account allows', async () => {
    const all = wishes();
    expect(all).toHaveLength(APPROVALS);
    const expected = worth(all);
    const sheets = await delivery.submit(await delivery.book(all));

    const maintenance = await house.control.planFault({ match: { vendor: 'netsuite' }, action: { do: 'maintenance' } });
    const windowEnds = Date.now() + WINDOW_MS;
    await delivery.approve(sheets);
    const queue = await eventually(
      async () => {
        const told = await queueOf(house);
        expect(told).toMatchObject({ state: 'held', waiting: { lines: APPROVALS, money: [{ amount: expected, currency: 'GBP' }] } });
        return told;
      },
      { withinMs: 180_000, everyMs: 500 },
    );
    expect(queue.reason).toMatch(/\S/);
    expect(Date.parse(queue.waiting.oldest!)).toBeLessThanOrEqual(Date.now());
    await eventually(() => Date.now() >= windowEnds, { withinMs: WINDOW_MS + 1_000, everyMs: 250 });
    expect(await openExceptions(house)).toEqual([]);
    expect(await heldBillings(house)).toEqual([]);

    await house.control.clearFaults(maintenance.id);
    const endedAt = Date.now();
    await eventually(
      async () => {
        expect(await queueOf(house)).toMatchObject({ state: 'flowing', waiting: { lines: 0 } });
        return true;
      },
      { withinMs: 240_000, everyMs: 500 },
    );
    console.log(`${APPROVALS} lines released in ${((Date.now() - endedAt) / 1000).toFixed(1)} s`);

    const held = await heldBillings(house);
    expect([held.length, new Set(held.map(({ lineId }) => lineId)).size, sumOf(held)]).toEqual([APPROVALS, APPROVALS, expected]);
    const rows = (await house.ledger('netsuite')).filter(({ type }) => type === 'timeBill');
    expect(rows).toHaveLength(APPROVALS);
    expect(await openExceptions(house)).toEqual([]);
    expect(await refusedForConcurrency()).toBe(0);
  }, 600_000);
});
