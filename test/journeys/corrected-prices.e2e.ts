import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money, type Money } from '#canonical';
import { eventually } from '#testing';
import { decide, lineOf, linesIn, openExceptions, type LineSeen, type OpenException } from '../house/billing-reading.js';
import { workdays, type Delivery } from '../house/delivery.js';
import { House } from '../house/house.js';
import { heldOf, sumOf } from '../house/ledger-billing.js';

const API = '/process/time-to-billing/v1';
const PROJECT = 'P-9004';
const INVOICED_TO = '2026-10-16';
const MINUTES = 450;

let house: House;
let delivery: Delivery;
beforeAll(async () => {
  house = await House.open({ choices: { netsuite: { negativeTime: true } }, environment: { NETSUITE_REVERSING_LINES: 'true' } });
  delivery = await house.delivery();
});
afterAll(() => house?.close());

interface Corrected {
  lineId: string;
  version: number;
  was: Money;
  now: Money;
  difference: Money;
  what: string;
  state: string;
}

interface Question extends OpenException {
  step: string;
  keys: { line: string };
  money: Money[];
}

const euros = (amount: Decimal.Value): string => new Decimal(amount).toFixed(2, Decimal.ROUND_HALF_UP);
/** Once time to billing knows the project. */
const put = (path: string, body: object) =>
  eventually(
    async () => {
      expect(await house.rest('PUT', `${API}${path}`, { as: { person: 'finance' }, body })).toMatchObject({ status: 200 });
      return true;
    },
    { withinMs: 30_000 },
  );
const ids = (lines: { lineId: string }[]) => lines.map(({ lineId }) => lineId);

/** What the line's own explanation makes of it: time by its rate, or what was spent by its mark-up and exchange rate, rounded once. */
function explained({ explanation }: LineSeen): string {
  const told = (code: string, pattern: RegExp): string[] | undefined => {
    const text = explanation.findLast(one => one.code === code)?.text;
    return text === undefined ? undefined : (pattern.exec(text) ?? []).slice(1);
  };
  const time = told('price.time', /^([\d.]+) minutes at ([\d.]+) EUR an hour/);
  if (time) return euros(new Decimal(time[0]).times(time[1]).div(60));
  const [spent, percent = '0'] =
    told('price.expense-mark-up', /^([\d.]+) \w+ are billed with ([\d.]+) %/) ?? told('price.expense-at-cost', /^([\d.]+) /)!;
  const [rate] = told('price.exchange-rate', /^One GBP is ([\d.]+) EUR/) ?? ['1'];
  return euros(new Decimal(spent).times(rate).times(new Decimal(percent).plus(100)).div(100));
}

describe('a rate, an expense term and an exchange rate that are corrected after lines were posted by them', () => {
  it('re-rate what is on no invoice, ask finance about the rest, and leave in the ERP what the rules say, once', async () => {
    const { id: project } = house.firm.projects.find(({ number }) => number === PROJECT)!;
    const { role } = house.firm.consultants.find(({ employeeNumber }) => employeeNumber === '1015')!;
    const stateRate = (amount: string) =>
      put('/rates/journey-corrected', { level: 'contract', subject: project, role, unit: 'hour', amount, currency: 'EUR', from: '2026-10-01' });
    const stateTerm = (percent: string) =>
      put('/expense-terms/journey-corrected', {
        level: 'project',
        subject: project,
        category: 'Software',
        treatment: 'mark-up',
        percent,
        from: '2026-10-01',
      });
    await stateRate('157.25');
    await stateTerm('12.5');

    // Of each pair the first is invoiced.
    const [mondays, later] = [workdays('2026-10-05', 2), workdays('2026-10-19', 2)];
    const time = await delivery.approved([...mondays, ...later].map(date => ({ project: PROJECT, person: '1015', date, minutes: MINUTES })));
    const spending = await delivery.approvedSpending([
      { project: PROJECT, person: '1021', date: '2026-10-07', category: 'Software', amount: '199.99' },
      { project: PROJECT, person: '1021', date: '2026-10-21', category: 'Software', amount: '59.10' },
      { project: PROJECT, person: '1021', date: '2026-10-08', category: 'Hotel', amount: '187.40', currency: 'GBP' },
      { project: PROJECT, person: '1021', date: '2026-10-22', category: 'Hotel', amount: '210.05', currency: 'GBP' },
    ]);
    const everything = [...ids(time.lines), ...ids(spending.lines)];
    const rate = await house.finance.exchangeRate('GBP', 'EUR', '2026-10-08');
    const byRules = (hour: string, percent: string, pound: string): string[] => {
      const marked = (amount: string) => euros(new Decimal(amount).times(new Decimal(percent).plus(100)).div(100));
      const hours = euros(new Decimal(hour).times(MINUTES).div(60));
      return [
        hours,
        hours,
        hours,
        hours,
        marked('199.99'),
        marked('59.10'),
        ...['187.40', '210.05'].map(spent => euros(new Decimal(spent).times(pound))),
      ];
    };
    const before = byRules('157.25', '12.5', rate.rate);
    expect((await linesIn(house, everything, 'posted')).map(line => line.money?.amount)).toEqual(before);
    await house.finance.invoice(project, INVOICED_TO);
    const [kept, reversed, first, second] = ids(time.lines);
    const [billedSoftware, software, billedHotel, hotel] = ids(spending.lines);
    const billed = [kept, reversed, billedSoftware, billedHotel];
    await linesIn(house, billed, 'billed');

    await stateRate('149.75');
    await stateTerm('15');
    await house.finance.correctExchangeRate(rate, new Decimal(rate.rate).plus('0.013').toFixed());
    expect(await house.rest('POST', '/system/erp/v1/feeds/exchange-rates/polls')).toMatchObject({ status: 200 });
    const after = byRules('149.75', '15', new Decimal(rate.rate).plus('0.013').toFixed());

    const free = [first, second, software, hotel];
    await linesIn(house, free, 'posted', { version: 2 });
    const questions = await eventually(
      async () => {
        const open = (await openExceptions(house)) as Question[];
        return open.length === billed.length && open;
      },
      { withinMs: 30_000 },
    );
    const asked = Object.fromEntries(questions.map(({ keys, desk, step, money: amounts }) => [keys.line, { desk, step, amounts }]));
    const amountOf = (amounts: string[]) => Object.fromEntries(everything.map((id, index) => [id, euros(amounts[index])]));
    const [was, now] = [amountOf(before), amountOf(after)];
    expect(asked).toEqual(
      Object.fromEntries(
        billed.map(id => [id, { desk: 'finance', step: 're-rate', amounts: [{ ...money(was[id], 'EUR'), items: 1, estimated: false }] }]),
      ),
    );

    const listed = async () => {
      const { body } = await house.rest<{ items: Corrected[] }>('GET', `${API}/price-corrections?limit=200`, { as: { person: 'finance' } });
      return Object.fromEntries(body.items.map(item => [item.lineId, [item.version, item.was, item.now, item.difference, item.state]]));
    };
    const expected = (stateOf: (id: string) => string) =>
      Object.fromEntries(
        everything.map(id => {
          const difference = euros(new Decimal(now[id]).minus(was[id]));
          return [id, [1, ...[was[id], now[id], difference].map(amount => money(amount, 'EUR')), stateOf(id)]];
        }),
      );
    expect(await listed()).toEqual(expected(id => (billed.includes(id) ? 'asked' : 're-rated')));

    for (const { id, keys } of questions) await decide(house, id, keys.line === kept ? 'skip' : 'retry', 'agreed with the customer');
    await linesIn(house, [reversed, billedSoftware, billedHotel], 'posted', { version: 2 });
    expect(await listed()).toEqual(expected(id => (id === kept ? 'kept' : 're-rated')));
    expect(await openExceptions(house)).toEqual([]);

    const spent: Record<string, string> = Object.fromEntries(spending.lines.map(({ lineId, wish }) => [lineId, wish.amount]));
    const held = await heldOf(house, ...everything);
    expect(held.map(({ externalId, type, amount }) => [externalId, type, amount].join(' ')).sort()).toEqual(
      everything
        .flatMap(id => {
          const type = id in spent ? 'charge' : 'timeBill';
          const billedBefore = billed.includes(id) ? [`tl-${id}-v1 ${type} ${was[id]}`] : [];
          if (id === kept) return billedBefore;
          const takenBack = billed.includes(id) ? [`tl-${id}-v1-r ${type} ${euros(new Decimal(0).minus(was[id]))}`] : [];
          const cost = id in spent ? [`tl-${id}-v2-c expenseReport ${spent[id]}`] : [];
          return [...billedBefore, ...takenBack, `tl-${id}-v2 ${type} ${now[id]}`, ...cost];
        })
        .sort(),
    );
    const lines = await Promise.all(everything.map(async id => (await lineOf(house, id))!));
    expect(lines.map(line => explained(line))).toEqual(lines.map(line => line.money!.amount));
    expect(sumOf(held.filter(({ type }) => type !== 'expenseReport'))).toBe(sumOf(lines.map(line => line.money!)));
  });
});
