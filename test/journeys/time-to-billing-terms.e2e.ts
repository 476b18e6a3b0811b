import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '#testing';
import { linesIn, openExceptions } from '../house/billing-reading.js';
import { workdays, type Delivery } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldOf, sumOf } from '../house/ledger-billing.js';

const FINANCE = { person: 'finance' };

let house: House;
let delivery: Delivery;
beforeAll(async () => {
  house = await House.open({ environment: { CRM_RATE_CARD_POLL_MS: '1000' } });
  delivery = await house.delivery();
});
afterAll(() => house?.close());

const ids = (lines: { lineId: string }[]) => lines.map(({ lineId }) => lineId);
const projectOf = (number: string) => house.firm.projects.find(project => project.number === number)!;
const put = async (path: string, body: object) => {
  const answer = await house.rest('PUT', `/process/time-to-billing/v1${path}`, { as: FINANCE, body });
  expect(answer).toMatchObject({ status: 200 });
};

/** Has a system app read a feed now, and not when its time comes. */
async function readAgain(app: string, feed: string): Promise<void> {
  expect(await house.rest('POST', `/system/${app}/v1/feeds/${feed}/polls`)).toMatchObject({ status: 200 });
}

describe('a capped project', () => {
  it('is billed up to its cap in the order of work, and room that a correction frees goes to the oldest overage', async () => {
    // 10,000.00: forty hours at 180.00 come first, then twenty of forty at 140.00.
    const first = await delivery.approved(workdays('2026-10-05', 5).map(date => ({ project: 'P-0002', person: '1008', date })));
    await linesIn(house, ids(first.lines), 'posted');
    const second = await delivery.approved(workdays('2026-10-12', 5).map(date => ({ project: 'P-0002', person: '1014', date })));
    const [monday, tuesday, wednesday, thursday, friday] = await linesIn(house, ids(second.lines), ['posted', 'overage']);
    expect([monday, tuesday, wednesday, thursday, friday].map(({ state, overage }) => [state, overage?.money.amount])).toEqual([
      ['posted', undefined],
      ['posted', undefined],
      ['posted', '560.00'],
      ['overage', '1120.00'],
      ['overage', '1120.00'],
    ]);
    const everything = [...ids(first.lines), ...ids(second.lines)];
    expect(sumOf(await heldOf(house, ...everything))).toBe('10000.00');
    expect(await openExceptions(house)).toEqual([]);

    // Seven hours fewer at 180.00 are nine at 140.00: the rest of Wednesday and five hours of Thursday.
    await delivery.correct(first.sheets[0], { [first.lines[0].entryId]: { minutes: 60 } });
    await eventually(
      async () => {
        const held = await heldOf(house, ...everything);
        const of = (lineId: string) => sumOf(held.filter(one => one.lineId === lineId));
        expect([first.lines[0].lineId, wednesday.id, thursday.id, friday.id].map(of)).toEqual(['180.00', '1120.00', '700.00', '0.00']);
        expect(sumOf(held)).toBe('10000.00');
        return true;
      },
      { withinMs: 60_000, everyMs: 250 },
    );
  });
});

describe('a closed period', () => {
  it('keeps the work date and posts on the first open day', async () => {
    await house.finance.closePeriod('Aug 2026');
    await readAgain('erp', 'accounting-periods');
    const { lines } = await delivery.approved([{ project: 'P-9001', person: '1002', date: '2026-08-24' }]);
    const [line] = await linesIn(house, ids(lines), 'posted');
    expect([line.workDate, line.postingDate, line.money]).toEqual(['2026-08-24', '2026-09-01', { amount: '1664.00', currency: 'GBP' }]);
    expect(await heldOf(house, line.id)).toMatchObject([{ date: '2026-08-24', amount: '1664.00' }]);
    await house.finance.openPeriod('Aug 2026');
    await readAgain('erp', 'accounting-periods');
  });
});

describe('a rate that changes in mid-week', () => {
  it('holds until the day before the next one starts', async () => {
    const days = workdays('2026-12-28', 5);
    const { lines } = await delivery.approved(days.map(date => ({ project: 'P-9004', person: '1015', date })));
    const posted = await linesIn(house, ids(lines), 'posted');
    expect(posted.map(({ money }) => money?.amount)).toEqual(['1264.00', '1264.00', '1264.00', '1264.00', '1312.00']);
    const held = await heldOf(house, ...ids(lines));
    expect(held.map(({ date, rate }) => [date, rate]).sort()).toEqual(days.map(day => [day, day < '2027-01-01' ? '158.00' : '164.00']));
    expect(sumOf(held)).toBe('6368.00');
  });
});

describe('an expense with mark-up in another currency', () => {
  it('is billed in the currency of the contract by the rate of its day, marked up and rounded once', async () => {
    const { id } = projectOf('P-9004');
    await put('/expense-terms/journey-software', {
      level: 'project',
      subject: id,
      category: 'Software',
      treatment: 'mark-up',
      percent: '12.5',
      from: '2026-01-01',
    });
    const { lines } = await delivery.approvedSpending([
      { project: 'P-9004', person: '1021', date: '2026-10-14', category: 'Software', amount: '199.99', currency: 'GBP' },
    ]);
    const [line] = await linesIn(house, ids(lines), 'posted');
    const expected = new Decimal('199.99')
      .times((await house.finance.exchangeRate('GBP', 'EUR', '2026-10-14')).rate)
      .times('1.125')
      .toFixed(2, Decimal.ROUND_HALF_UP);
    expect(line.money).toEqual({ amount: expected, currency: 'EUR' });
    // What was spent is booked as it was spent, beside what is billed.
    expect(await heldOf(house, ...ids(lines))).toMatchObject([
      { type: 'expenseReport', projectId: id, amount: '199.99' },
      { type: 'charge', projectId: id, amount: expected },
    ]);
  });

  it('at cost in the currency of the contract is what was spent', async () => {
    const { lines } = await delivery.approvedSpending([
      { project: 'P-9004', person: '1021', date: '2026-10-15', category: 'Hotel', amount: '187.40' },
    ]);
    const [line] = await linesIn(house, ids(lines), 'posted');
    expect(line.money).toEqual({ amount: '187.40', currency: 'EUR' });
    expect(await heldOf(house, ...ids(lines))).toMatchObject([{ type: 'expenseReport', amount: '187.40', employeeNumber: '1021' }]);
  });
});

describe('an intercompany week', () => {
  it('is billed by the owning entity, with the four facts of both entities at each line', async () => {
    const days = workdays('2026-11-02', 5);
    // 1001 is of Larkfield Inc; the project is of Larkfield Ltd, and nobody is assigned to it.
    const { lines } = await delivery.approved(days.map(date => ({ project: 'P-9001', person: '1001', date })));
    const posted = await linesIn(house, ids(lines), 'posted');
    const { costRates } = house.firm.consultants.find(({ employeeNumber }) => employeeNumber === '1001')!;
    for (const line of posted) {
      const cost = costRates.findLast(({ from }) => from <= line.workDate)!;
      expect(line.money).toEqual({ amount: '1664.00', currency: 'GBP' });
      expect(line.intercompany).toEqual({
        owningEntity: 'LF-UK',
        lendingEntity: 'LF-US',
        owningCost: { amount: '1331.20', currency: 'GBP' },
        owningUnbilledSale: { amount: '1664.00', currency: 'GBP' },
        lendingCost: { amount: new Decimal(cost.amount).times(8).toFixed(2), currency: 'USD' },
        lendingSale: { amount: '1331.20', currency: 'GBP' },
        deniedFields: [],
      });
    }
    expect(sumOf(await heldOf(house, ...ids(lines)))).toBe('8320.00');
  });
});

describe('somebody who is not on the team', () => {
  it('waits on the desk of the project office, and is posted once put on it', async () => {
    // Of Larkfield Ltd, on a project of Larkfield GmbH.
    const { lines } = await delivery.approved([{ project: 'P-9004', person: '1050', date: '2026-11-03' }]);
    const [blocked] = await linesIn(house, ids(lines), 'blocked');
    expect([blocked.block?.desk, blocked.block?.reasons.map(({ code }) => code)]).toEqual(['pmo', ['assignment.missing']]);
    await delivery.assign({ project: 'P-9004', person: '1050', from: '2026-11-01', to: '2026-12-31' });
    const [line] = await linesIn(house, ids(lines), 'posted');
    expect(line).toMatchObject({ money: { amount: '1872.00', currency: 'EUR' }, intercompany: { owningEntity: 'LF-DE', lendingEntity: 'LF-UK' } });
    expect(await openExceptions(house)).toEqual([]);
  });
});

describe('a rate that is missing', () => {
  it('holds a group under one need, and all of it goes on when the rate arrives', async () => {
    const { salesforce } = house.sales;
    const { records } = await salesforce.query<{ Id: string; Rate_Card__c: string; Product__c: string; Rate_Per_Hour__c: number }>(
      "SELECT Id, Rate_Card__c, Product__c, Rate_Per_Hour__c FROM Rate_Card_Rate__c WHERE Rate_Card__r.Code__c = 'RC-DE' " +
        "AND Product__r.ProductCode = 'SVC-CONSULTANT' AND Rate_Card__r.Effective_From__c = 2026-01-01",
    );
    expect(records).toHaveLength(1);
    const [{ Id, ...rate }] = records;
    await salesforce.sobject('Rate_Card_Rate__c').destroy(Id);
    await readAgain('crm', 'rate-cards');
    const { lines } = await delivery.approved(workdays('2026-11-02', 10).map(date => ({ project: 'P-9004', person: '1060', date })));
    const blocked = await linesIn(house, ids(lines), 'blocked');
    expect(new Set(blocked.flatMap(({ block }) => block!.reasons.map(({ code }) => code)))).toEqual(new Set(['rate.missing']));
    const needs = (await openExceptions(house)).flatMap(exception => exception.needs.map(({ need }) => need));
    expect(needs.filter(need => need === 'rate:LF-DE:CONSULTANT:EUR')).toHaveLength(10);
    expect(await heldOf(house, ...ids(lines))).toEqual([]);

    await salesforce.sobject('Rate_Card_Rate__c').create({ Name: 'CONSULTANT', ...rate, Rate_Per_Hour__c: 151.5 });
    await linesIn(house, ids(lines), 'posted', { withinMs: 90_000 });
    const held = await heldOf(house, ...ids(lines));
    expect([new Set(held.map(one => one.rate)), sumOf(held)]).toEqual([new Set(['151.50']), '12120.00']);
    expect(await openExceptions(house)).toEqual([]);
  });
});
