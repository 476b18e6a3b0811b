import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money, type ExchangeRate, type ExpenseEntry, type Money } from '#canonical';
import { anExchangeRate, anExpense } from '../facts/line-facts.fixture.js';
import { findExpenseTerm, type ExpenseTerm } from './expense-terms.rules.js';
import { priceExpense, type ExpensePrice } from './expenses.rules.js';
import { amountOfCents, divideRounded, scaled } from './integers.fixture.js';

const CONTRACT = { method: 'time-and-materials', currency: 'GBP' } as const;
const aTerm = (over: Partial<ExpenseTerm> = {}): ExpenseTerm => ({
  id: 'term',
  level: 'contract',
  subject: 'prj_1',
  category: null,
  treatment: 'at-cost',
  from: '2026-01-01',
  ...over,
});

function priceOf(amount: Money, term: ExpenseTerm, rates: ExchangeRate[] = []): ExpensePrice {
  const result = priceExpense(anExpense({ amount }), CONTRACT, term, rates);
  if ('missing' in result) throw new Error(JSON.stringify(result.missing));
  return result.price;
}

describe('the price of an expense', () => {
  const euro = [anExchangeRate('EUR', 'GBP', '0.8612')];
  const examples: [string, Money, ExpenseTerm, ExpensePrice['kind'], string][] = [
    ['at cost', money('84.20', 'GBP'), aTerm(), 'expense', '84.20'],
    ['at cost, in another currency', money('100', 'EUR'), aTerm(), 'charge', '86.12'],
    ['with mark-up', money('84.20', 'GBP'), aTerm({ treatment: 'mark-up', percent: '10' }), 'charge', '92.62'],
    ['with mark-up that ends in half a penny', money('0.10', 'GBP'), aTerm({ treatment: 'mark-up', percent: '5' }), 'charge', '0.11'],
    ['with mark-up of nothing', money('84.20', 'GBP'), aTerm({ treatment: 'mark-up', percent: '0' }), 'charge', '84.20'],
    ['a refund with mark-up', money('-0.10', 'GBP'), aTerm({ treatment: 'mark-up', percent: '5' }), 'charge', '-0.11'],
    [
      'by the mile, from what the firm pays for one',
      money('54.00', 'GBP'),
      aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money('0.60', 'GBP'), unitCost: money('0.45', 'GBP') }),
      'charge',
      '72.00',
    ],
    [
      'by the unit, multiplied before it is divided',
      money('30.01', 'GBP'),
      aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money('0.45', 'GBP'), unitCost: money('0.30', 'GBP') }),
      'charge',
      '45.02', // 30.01 * 0.45 / 0.30 = 45.015
    ],
    [
      'by the mile, paid in another currency',
      money('60', 'EUR'),
      aTerm({ treatment: 'per-unit', unit: 'cost', unitRate: money('0.60', 'GBP'), unitCost: money('0.43', 'GBP') }),
      'charge',
      '72.10', // 51.672 / 0.43 * 0.60 = 72.1004…
    ],
    [
      'a day’s allowance, whatever was spent',
      money('31.75', 'CHF'),
      aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP') }),
      'charge',
      '45.00',
    ],
    [
      'a day’s allowance in another currency',
      money('31', 'EUR'),
      aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('50', 'EUR') }),
      'charge',
      '43.06',
    ],
  ];

  it.each(examples)('%s', (_, spent, term, kind, amount) => {
    expect(priceOf(spent, term, euro)).toMatchObject({ kind, amount: { amount, currency: 'GBP' }, worth: { amount, currency: 'GBP' }, billed: true });
  });

  const taxed: [string, ExpenseEntry['tax'], ExpenseTerm, string, string, string | undefined][] = [
    ['the firm gets back', { amount: '20', recoverable: true }, aTerm(), '100.00', '100.00', 'price.expense-tax-recoverable'],
    [
      'the firm gets back, with a mark-up',
      { amount: '20', recoverable: true },
      aTerm({ treatment: 'mark-up', percent: '10' }),
      '110.00',
      '100.00',
      'price.expense-tax-recoverable',
    ],
    ['the firm does not get back', { amount: '20', recoverable: false }, aTerm(), '120.00', '120.00', 'price.expense-tax-not-recoverable'],
    ['nobody knows whether the firm gets back', { amount: '20' }, aTerm(), '120.00', '120.00', 'price.expense-tax-unknown'],
    ['nobody knows of', undefined, aTerm(), '120.00', '120.00', 'price.expense-tax-unknown'],
    [
      'the firm gets back, per unit',
      { amount: '20', recoverable: true },
      aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP') }),
      '45.00',
      '100.00',
      undefined,
    ],
  ];

  it.each(taxed)('with tax that %s', (_, tax, term, amount, cost, code) => {
    const result = priceExpense(anExpense({ amount: money('120', 'GBP'), ...(tax ? { tax } : {}) }), CONTRACT, term, []);
    const price = 'price' in result ? result.price : undefined;
    expect([price?.amount.amount, price?.cost?.amount]).toEqual([amount, cost]);
    expect(price?.explanation.map(told => told.code).find(told => told.includes('tax'))).toBe(code);
  });

  it('waits for the exchange rate of its day', () => {
    const result = priceExpense(anExpense({ amount: money('10', 'EUR') }), CONTRACT, aTerm(), [anExchangeRate('EUR', 'GBP', '0.9', '2026-11-19')]);
    expect(result).toEqual({ missing: { from: 'EUR', to: 'GBP', date: '2026-11-18' } });
  });

  const cents = fc.bigInt({ min: -(10n ** 9n), max: 10n ** 9n });
  const decimals = (places: number) => fc.bigInt({ min: 1n, max: 10n ** BigInt(places + 2) }).map(digits => ({ digits, places }));
  const text = ({ digits, places }: { digits: bigint; places: number }) => {
    const padded = digits.toString().padStart(places + 1, '0');
    return `${padded.slice(0, -places)}.${padded.slice(-places)}`;
  };

  it('is what whole numbers give: exchange, mark-up and one rounding', () => {
    fc.assert(
      fc.property(cents, decimals(6), decimals(2), (spent, exchange, percent) => {
        const rate = scaled(text(exchange));
        const mark = scaled(text(percent));
        const price = priceOf({ amount: amountOfCents(spent), currency: 'EUR' }, aTerm({ treatment: 'mark-up', percent: text(percent) }), [
          anExchangeRate('EUR', 'GBP', text(exchange)),
        ]);
        const expected = divideRounded(spent * rate.digits * (100n * mark.scale + mark.digits), rate.scale * 100n * mark.scale);
        expect(price.amount.amount).toBe(amountOfCents(expected));
      }),
      { numRuns: 500 },
    );
  });

  it('is what whole numbers give: spent times the rate of a unit, by what one costs, in up to three currencies', () => {
    const small = fc.bigInt({ min: 1n, max: 10_000n });
    const currency = fc.constantFrom('GBP', 'EUR', 'CHF');
    fc.assert(
      fc.property(cents, small, small, currency, currency, currency, decimals(4), (spent, unitRate, unitCost, paidIn, costsIn, billedIn, rate) => {
        const exchange = scaled(text(rate));
        const rates = [anExchangeRate('EUR', 'GBP', text(rate)), anExchangeRate('CHF', 'GBP', '1.25')];
        const worth: Record<string, [bigint, bigint]> = { GBP: [1n, 1n], EUR: [exchange.digits, exchange.scale], CHF: [125n, 100n] };
        const price = priceOf(
          { amount: amountOfCents(spent), currency: paidIn },
          aTerm({
            treatment: 'per-unit',
            unit: 'cost',
            unitRate: { amount: amountOfCents(unitRate), currency: billedIn },
            unitCost: { amount: amountOfCents(unitCost), currency: costsIn },
          }),
          rates,
        );
        const [[pn, pd], [cn, cd], [bn, bd]] = [worth[paidIn], worth[costsIn], worth[billedIn]];
        expect(price.amount.amount).toBe(amountOfCents(divideRounded(spent * pn * cd * unitRate * bn, pd * unitCost * cn * bd)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('the terms of an expense', () => {
  const subjects = { assignment: ['asg_1'], contract: ['prj_1', 'RC-UK'], project: ['prj_1'], customer: ['cus_1'], 'legal-entity': ['LF-UK'] };
  const terms = [
    aTerm({ id: 'house', level: 'legal-entity', subject: 'LF-UK' }),
    aTerm({ id: 'house-travel', level: 'legal-entity', subject: 'LF-UK', category: 'Travel' }),
    aTerm({ id: 'customer', level: 'customer', subject: 'cus_1', from: '2026-06-01' }),
    aTerm({ id: 'contract-travel', category: 'Travel', from: '2026-09-01' }),
    aTerm({ id: 'contract-travel-now', category: 'Travel', from: '2026-11-18' }),
    aTerm({ id: 'stranger', subject: 'prj_2' }),
  ];
  const examples: [string, string, string][] = [
    ['Travel', '2026-05-31', 'house-travel'],
    ['Meals', '2026-05-31', 'house'],
    ['Travel', '2026-06-01', 'customer'],
    ['Travel', '2026-11-17', 'contract-travel'],
    ['Travel', '2026-11-18', 'contract-travel-now'],
    ['Meals', '2026-11-18', 'customer'],
    ['Meals', '2025-12-31', ''],
  ];

  it.each(examples)('for %s on %s are "%s"', (category, date, id) => {
    expect(findExpenseTerm(terms, category, date, subjects).id).toBe(id);
    expect(findExpenseTerm(terms.toReversed(), category, date, subjects).id).toBe(id);
  });

  it('are at cost where nobody stated any', () => {
    expect(findExpenseTerm([], 'Travel', '2026-11-18', subjects).treatment).toBe('at-cost');
  });
});
