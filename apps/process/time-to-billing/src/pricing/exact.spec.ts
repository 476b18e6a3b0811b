import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '#apis';
import type { ExpenseEntry, Money } from '#canonical';
import { consumeCap, explainRelease, explainSplit, releaseOverage } from '../caps/not-to-exceed.rules.js';
import { assessExpense, assessLines, assessTime } from '../assessment/assess.rules.js';
import { aPolicy, aRate, aTimeEntry, anExchangeRate, anExpense, PROJECT, theFacts, theProject } from '../facts/line-facts.fixture.js';
import type { Assessment, ExpenseTerm, LineFacts, PricedLine } from '../facts/line-facts.js';
import { product, quotient, ratio, type Ratio, rounded, whole } from './integers.fixture.js';

// All expected values are computed with fractions of whole numbers, without the product's code.
const DECIMALS: Record<string, number> = { JPY: 0, XOF: 0, GBP: 2, EUR: 2, JOD: 3, KWD: 3, CLF: 4 };
const RUNS = { numRuns: 1_000 };

const currency = fc.constantFrom(...Object.keys(DECIMALS));
/** A decimal text with up to so many decimals. */
const decimal = (most: bigint, decimals: number) =>
  fc
    .record({ digits: fc.bigInt({ min: 1n, max: most }), decimals: fc.integer({ min: 0, max: decimals }) })
    .map(({ digits, decimals: n }) => rounded({ n: digits, d: 10n ** BigInt(n) }, n));
const moneyIn = (code: string, most = 10n ** 8n): fc.Arbitrary<Money> =>
  fc.bigInt({ min: 1n, max: most }).map(n => ({ amount: rounded({ n, d: 10n ** BigInt(DECIMALS[code]) }, DECIMALS[code]), currency: code }));
const anyMoney = currency.chain(code => moneyIn(code));
const factor = decimal(10n ** 7n, 6);

const TERM = { id: 'term', level: 'project', subject: PROJECT, category: null, from: '2026-01-01' } as const;

const negative = (amount: Money): Money => ({ ...amount, amount: `-${amount.amount}` });

function pricedOf(assessment: Assessment): PricedLine {
  if ('faults' in assessment) throw new Error(JSON.stringify(assessment.faults));
  return assessment.priced;
}

/** More digits before the point than any amount has: it has no price. */
const isTooLong = (amount: string): boolean => amount.replace('-', '').split('.')[0].length > 15;

const faultsOf = (assessment: Assessment): string[] => ('faults' in assessment ? assessment.faults.map(({ reason }) => reason.code) : []);

/** A project in a currency, with exchange rates into it from all others. */
const worldOf = (contract: string, exchange: string, over: Partial<LineFacts> = {}): LineFacts =>
  theFacts({
    project: theProject({ currency: contract }),
    exchangeRates: Object.keys(DECIMALS).map(code => anExchangeRate(code, contract, exchange)),
    mapping: () => 'CATEGORY',
    ...over,
  });

const into = (amount: Money, contract: string, exchange: string): Ratio =>
  amount.currency === contract ? ratio(amount.amount) : product(ratio(amount.amount), ratio(exchange));

/** The last amount of the price itself in an explanation. */
const toldLast = (explanation: Message[], codes: RegExp): string | undefined => explanation.findLast(({ code }) => codes.test(code))?.params.amount;

const time = fc.record({
  contract: currency,
  foreign: currency,
  amount: decimal(10n ** 9n, 4),
  exchange: factor,
  unit: fc.constantFrom('hour' as const, 'day' as const),
  ownDay: fc.option(fc.integer({ min: 1, max: 960 }), { nil: undefined }),
  firmDay: fc.integer({ min: 1, max: 960 }),
  minutes: fc.integer({ min: 1, max: 960 }),
  dayRate: fc.constantFrom('pro-rata' as const, 'half-days' as const, 'whole-days' as const),
  longerDay: fc.constantFrom('pro-rata' as const, 'capped' as const),
  foreignRate: fc.constantFrom('hour' as const, 'line' as const),
});
type Time = typeof time extends fc.Arbitrary<infer T> ? T : never;

function assess(one: Time): Assessment {
  const { contract, exchange, unit, ownDay, firmDay, minutes, dayRate, longerDay, foreignRate } = one;
  const rate = aRate({ unit, amount: one.amount, currency: one.foreign, ...(ownDay === undefined ? {} : { minutesPerDay: ownDay }) });
  const policy = aPolicy({ minutesPerDay: firmDay, dayRate, longerDay, foreignRate });
  return assessTime(aTimeEntry({ workedMinutes: minutes }), worldOf(contract, exchange, { rates: [rate], policy }));
}

/** The line or the hour that makes it has too many digits. */
function isTooLongTime(one: Time): boolean {
  const amount = expectedTime(one);
  return isTooLong(amount) || isTooLong(rounded(product(ratio(amount), { n: 60n, d: BigInt(one.minutes) }), DECIMALS[one.contract]));
}

function expectedTime({ contract, foreign, amount, exchange, unit, ownDay, firmDay, minutes, dayRate, longerDay, foreignRate }: Time): string {
  const exact = into({ amount, currency: foreign }, contract, exchange);
  const rate = foreign !== contract && foreignRate === 'hour' ? ratio(rounded(exact, DECIMALS[contract])) : exact;
  if (unit === 'hour') return rounded(product(rate, { n: BigInt(minutes), d: 60n }), DECIMALS[contract]);
  const day = ownDay ?? firmDay;
  const counted = longerDay === 'capped' && minutes > day ? day : minutes;
  const parts = { 'pro-rata': day, 'half-days': 2, 'whole-days': 1 }[dayRate];
  const begun = dayRate === 'pro-rata' ? counted : Math.ceil((counted * parts) / day);
  return rounded(product(rate, { n: BigInt(begun), d: BigInt(parts) }), DECIMALS[contract]);
}

describe('prices are those of exact fractions', () => {
  it('of time: by the hour and by the day, in every currency, by each policy; the ERP makes the same of rate and minutes', () => {
    fc.assert(
      fc.property(time, one => {
        const assessment = assess(one);
        expect(faultsOf(assessment)).toEqual(isTooLongTime(one) ? ['rate.too-large'] : []);
        if ('faults' in assessment) return;
        const { transaction, explanation } = assessment.priced;
        expect(transaction.amount).toEqual({ amount: expectedTime(one), currency: one.contract });
        const { ratePerHour } = transaction;
        expect(rounded(product(ratio(ratePerHour!.amount), { n: BigInt(one.minutes), d: 60n }), DECIMALS[one.contract])).toBe(
          transaction.amount.amount,
        );
        expect(toldLast(explanation, /^price\.(time|days-)/)).toBe(transaction.amount.amount);
      }),
      RUNS,
    );
  });

  const spending = fc.record({
    contract: currency,
    spent: anyMoney,
    refund: fc.boolean(),
    exchange: factor,
    percent: fc.bigInt({ min: 0n, max: 100_000n }).map(n => rounded({ n, d: 100n }, 2)),
    unitRate: anyMoney,
    unitCost: anyMoney,
    treatment: fc.constantFrom('at-cost' as const, 'mark-up' as const, 'per-unit' as const),
  });

  it('of expenses and refunds: at cost, with a mark-up and by the unit that the firm pays for, each in a currency of its own', () => {
    fc.assert(
      fc.property(spending, ({ contract, spent, refund, exchange, percent, unitRate, unitCost, treatment }) => {
        const entry = anExpense({ amount: refund ? negative(spent) : spent });
        const only = { 'at-cost': {}, 'mark-up': { percent }, 'per-unit': { unit: 'cost' as const, unitRate, unitCost } }[treatment];
        const term: ExpenseTerm = { ...TERM, treatment, ...only };
        const assessment = assessExpense(entry, worldOf(contract, exchange, { expenseTerms: [term] }));
        const cost = into(entry.amount, contract, exchange);
        // In one currency nothing is converted to count units.
        const same = spent.currency === unitCost.currency;
        const paid = same ? ratio(entry.amount.amount) : cost;
        const each = same ? ratio(unitCost.amount) : into(unitCost, contract, exchange);
        const expected = {
          'at-cost': () => cost,
          'mark-up': () => product(cost, quotient({ n: ratio(percent).n + 100n * ratio(percent).d, d: ratio(percent).d }, whole(100))),
          'per-unit': () => quotient(product(paid, into(unitRate, contract, exchange)), each),
        }[treatment]();
        const amount = rounded(expected, DECIMALS[contract]);
        expect(faultsOf(assessment)).toEqual(isTooLong(amount) ? ['expense.too-large'] : []);
        if ('priced' in assessment) expect(assessment.priced.transaction.amount).toEqual({ amount, currency: contract });
      }),
      RUNS,
    );
  });

  const receipts = fc.record({
    contract: currency,
    exchange: factor,
    unitRate: anyMoney,
    unit: fc.constantFrom('item' as const, 'day' as const),
    lines: fc.array(fc.record({ spent: anyMoney, refund: fc.boolean() }), { minLength: 1, maxLength: 6 }),
  });

  it('of units that are a line or a day: what is taken back is what was billed, and never more', () => {
    fc.assert(
      fc.property(receipts, ({ contract, exchange, unitRate, unit, lines }) => {
        const entries = lines.map(({ spent, refund }, n): ExpenseEntry =>
          anExpense({ id: `exp_0000000000000000000${n}`, amount: refund ? negative(spent) : spent }),
        );
        const term: ExpenseTerm = { ...TERM, treatment: 'per-unit', unit, unitRate };
        const facts = worldOf(contract, exchange, { expenseTerms: [term] });
        const assessed = assessLines(
          entries.map(entry => ({ id: entry.id, kind: 'expense' as const, entry })),
          () => facts,
        );
        const billed = [...assessed.values()].map(one => pricedOf(one).transaction.amount.amount);
        const refunds = lines.filter(({ refund }) => refund).length;
        const units = lines.length - refunds;
        const times = unit === 'item' ? Math.max(0, units - refunds) : units > refunds ? 1 : 0;
        const each = ratio(rounded(into(unitRate, contract, exchange), DECIMALS[contract]));
        const sum = billed.map(ratio).reduce((a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d }), whole(0));
        expect(rounded(sum, DECIMALS[contract])).toBe(rounded(product(each, whole(times)), DECIMALS[contract]));
      }),
      RUNS,
    );
  });

  it('of lines under a cap: parts of minutes and money sum to the line, each is what the ERP makes of it, and what is told sums too', () => {
    const capped = fc.record({
      line: time,
      percentOfLine: fc.integer({ min: 0, max: 120 }),
      more: fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 4 }),
    });
    fc.assert(
      fc.property(capped, ({ line, percentOfLine, more }) => {
        const { contract } = line;
        const decimals = DECIMALS[contract];
        if (isTooLongTime(line)) return;
        const { amount, ratePerHour } = pricedOf(assess(line)).transaction;
        const share = (percent: number): Money => ({
          amount: rounded(product(ratio(amount.amount), { n: BigInt(percent), d: 100n }), decimals),
          currency: contract,
        });
        const zero = { amount: rounded(whole(0), decimals), currency: contract };
        const ask = { lineId: 'a', workDate: '2026-11-18', minutes: line.minutes, ratePerHour: ratePerHour!, amount };
        const first = consumeCap({ limit: share(percentOfLine), consumed: zero }, [ask]);
        const parts: { minutes: number; amount: string }[] = [];
        let { over } = first.splits[0];
        let billed = zero.amount;
        const give = (within: { minutes: number | null; amount: Money } | null) => {
          if (!within) return;
          parts.push({ minutes: within.minutes!, amount: within.amount.amount });
          billed = sum([billed, within.amount.amount], decimals);
        };
        give(first.splits[0].within);
        if (over)
          expect(explainSplit(share(percentOfLine), { ...first.splits[0], over }).params).toMatchObject({ amount: billed, over: over.amount.amount });
        let percent = percentOfLine;
        // The last raise is enough for everything.
        for (const raise of [...more, 1_000]) {
          if (!over) break;
          percent += raise;
          const before = { amount: billed, currency: contract };
          const [next] = releaseOverage({ limit: share(percent), consumed: before }, [{ ...ask, minutes: over.minutes, amount: over.amount }]).splits;
          give(next.within);
          if (next.within) {
            const told = explainRelease(share(percent), { within: next.within, over: next.over }, before).params;
            expect(told).toMatchObject({ amount: billed, released: next.within.amount.amount });
            expect(sum([told.amount, told.over], decimals)).toBe(amount.amount);
          }
          over = next.over;
        }
        expect(over).toBeNull();
        expect(parts.reduce((all, part) => all + part.minutes, 0)).toBe(line.minutes);
        expect(billed).toBe(amount.amount);
        for (const part of parts)
          expect(rounded(product(ratio(ratePerHour!.amount), { n: BigInt(part.minutes), d: 60n }), decimals)).toBe(part.amount);
      }),
      RUNS,
    );
  });
});

const sum = (amounts: string[], decimals: number): string =>
  rounded(
    amounts.map(ratio).reduce((a, b) => ({ n: a.n * b.d + b.n * a.d, d: a.d * b.d }), whole(0)),
    decimals,
  );
