import { describe, expect, it } from 'vitest';
import { money, type ExpenseEntry } from '#canonical';
import { assessExpense } from './assess.rules.js';
import type { LineFacts } from '../facts/line-facts.js';
import { anExchangeRate, anExpense, aPolicy, PROJECT, theFacts, theProject, theWorker } from '../facts/line-facts.fixture.js';
import { aTerm, lines, pricedOf, projectWith } from './assessed.fixture.js';

describe('an expense', () => {
  it('at cost in the currency of the contract is an expense of the ERP', () => {
    const priced = pricedOf(assessExpense(anExpense(), theFacts()));
    expect(priced.transaction).toEqual({
      kind: 'expense',
      projectId: PROJECT,
      employeeNumber: 'EMP-117',
      legalEntity: 'LF-UK',
      costCentre: 'CC-210',
      taxCode: 'GB-S20',
      workDate: '2026-11-18',
      postingDate: '2026-11-18',
      billable: true,
      category: 'TRAVEL',
      spent: money('84.20', 'GBP'),
      asSpent: true,
      amount: money('84.20', 'GBP'),
      memo: 'Train to Bristol',
    });
    expect(lines(priced)).toEqual([
      '84.20 GBP are billed at cost (terms house).',
      'Nobody knows whether the firm gets tax in it back, so it is billed with what tax there is.',
      'The ERP taxes it by GB-S20.',
    ]);
  });

  it('with mark-up in another currency is a charge of ours, and its explanation has the exchange rate', () => {
    const facts = theFacts({
      expenseTerms: [aTerm({ treatment: 'mark-up', percent: '7.5' })],
      exchangeRates: [anExchangeRate('EUR', 'GBP', '0.8612'), anExchangeRate('EUR', 'GBP', '0.87', '2026-11-19')],
    });
    const priced = pricedOf(assessExpense(anExpense({ amount: money('131.40', 'EUR') }), facts));
    expect(priced.transaction).toMatchObject({ kind: 'charge', amount: money('121.65', 'GBP'), spent: money('131.40', 'EUR'), billable: true });
    expect(lines(priced)).toEqual([
      '131.40 EUR are billed with 7.5 % mark-up (terms term-1, contract, from 2026-01-01).',
      'Nobody knows whether the firm gets tax in it back, so it is billed with what tax there is.',
      'One EUR is 0.8612 GBP, the rate since 2026-11-01.',
      '121.648806 is rounded half up to 121.65 GBP.',
      'The ERP taxes it by GB-S20.',
    ]);
  });

  const records: [string, LineFacts, Partial<ExpenseEntry>, ...[kind: string, billable: boolean, costApart: boolean | undefined]][] = [
    ['at cost', theFacts(), {}, 'expense', true, undefined],
    ['at cost under a cap', projectWith({ notToExceed: money('1000', 'GBP') }), {}, 'charge', true, true],
    ['with a mark-up', theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up', percent: '10' })] }), {}, 'charge', true, true],
    ['at cost less tax', theFacts(), { tax: { amount: '14.03', recoverable: true } }, 'charge', true, true],
    ['not billable', theFacts(), { billable: false }, 'expense', false, undefined],
    ['of a fixed price', projectWith({ billingMethod: 'fixed-price' }), {}, 'expense', false, undefined],
  ];

  it.each(records)(
    '%s is recorded at its cost once, apart from what is billed unless that is the same',
    (_, facts, over, kind, billable, costApart) => {
      const priced = pricedOf(assessExpense(anExpense(over), facts));
      expect([priced.transaction.kind, priced.transaction.billable, priced.costApart]).toEqual([kind, billable, costApart]);
      const elsewhere = pricedOf(assessExpense(anExpense(over), { ...facts, policy: aPolicy({ expenseCost: 'elsewhere' }) }));
      expect([elsewhere.transaction.kind, elsewhere.transaction.billable, elsewhere.costApart]).toEqual(['charge', billable, undefined]);
    },
  );

  it('of a lent worker is passed on between the entities as it was spent', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
      expenseTerms: [aTerm({ treatment: 'mark-up', percent: '10' })],
    });
    expect(pricedOf(assessExpense(anExpense(), facts)).intercompany).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningUnbilledSale: money('92.62', 'GBP'),
      owningCost: money('84.20', 'GBP'),
      lendingSale: money('84.20', 'GBP'),
      lendingCost: money('84.20', 'GBP'),
    });
  });

  it('of a lent worker in a currency that the day has no rate from is passed on in that currency', () => {
    const facts = theFacts({
      worker: { matches: 1, worker: theWorker({ legalEntity: 'LF-DE' }) },
      expenseTerms: [aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP') })],
    });
    expect(pricedOf(assessExpense(anExpense({ amount: money('40', 'EUR') }), facts)).intercompany).toMatchObject({
      owningUnbilledSale: money('45', 'GBP'),
      owningCost: money('40', 'EUR'),
      lendingSale: money('40', 'EUR'),
    });
    const taxed = anExpense({ amount: money('40', 'EUR'), tax: { amount: '6.39', recoverable: true } });
    expect(pricedOf(assessExpense(taxed, facts)).intercompany).toMatchObject({
      owningCost: money('33.61', 'EUR'),
      lendingSale: money('33.61', 'EUR'),
    });
  });

  it.each([
    ['84.20', '84.21'],
    ['84.20', '-14.03'],
    ['-84.20', '14.03'],
    ['-84.20', '-84.21'],
  ])('of %s can not hold a tax of %s, whoever gets it back', (amount, tax) => {
    for (const recoverable of [true, false, undefined]) {
      const assessment = assessExpense(anExpense({ amount: money(amount, 'GBP'), tax: { amount: tax, recoverable } }), theFacts());
      expect('faults' in assessment && assessment.faults).toMatchObject([
        { reason: { code: 'expense.tax-not-within', field: 'tax.amount' }, category: 'validation', desk: 'pmo' },
      ]);
      expect(assessment).toMatchObject({ estimate: money(amount, 'GBP') });
    }
  });

  it.each([
    ['84.20', '84.20'],
    ['84.20', '0'],
    ['-84.20', '-14.03'],
    ['-84.20', '0'],
  ])('of %s may hold a tax of %s', (amount, tax) => {
    const entry = anExpense({ amount: money(amount, 'GBP'), tax: { amount: tax, recoverable: false } });
    expect(pricedOf(assessExpense(entry, theFacts())).transaction.amount).toEqual(money(amount, 'GBP'));
  });

  it('on a fixed price is billed only where the contract speaks of expenses', () => {
    const fixed = theProject({ billingMethod: 'fixed-price' });
    expect(pricedOf(assessExpense(anExpense(), theFacts({ project: fixed }))).transaction).toMatchObject({
      kind: 'expense',
      billable: false,
      amount: money('0', 'GBP'),
      spent: money('84.20', 'GBP'),
    });
    const agreed = theFacts({ project: fixed, expenseTerms: [aTerm({})] });
    expect(pricedOf(assessExpense(anExpense(), agreed)).transaction).toMatchObject({ billable: true, amount: money('84.20', 'GBP') });
    const house = theFacts({ project: fixed, expenseTerms: [aTerm({ level: 'legal-entity', subject: 'LF-UK' })] });
    expect(pricedOf(assessExpense(anExpense(), house)).transaction.billable).toBe(false);
  });
});
