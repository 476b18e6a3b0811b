import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { money, type ExpenseEntry } from '#canonical';
import { cureOf } from '#work';
import { NEEDS } from '../needs.js';
import { assessExpense } from './assess.rules.js';
import type { LineFacts } from '../facts/line-facts.js';
import { anExchangeRate, anExpense, PROJECT, theFacts, theWorker } from '../facts/line-facts.fixture.js';
import { aTerm, faultsOf, projectWith, unfilled } from './assessed.fixture.js';

describe('a faulty expense', () => {
  const corrected = 'line:exp_00000000000000000001:corrected';
  const examples: [string, ExpenseEntry, LineFacts, string, string, string][] = [
    [
      'project.expense-not-allowed',
      anExpense(),
      projectWith({ expensesAllowed: false }),
      'Northwind grid analytics takes no expenses in the ERP.',
      'pmo',
      `project:${PROJECT}:expenses-allowed`,
    ],
    [
      'mapping.expense-category-missing',
      anExpense({ category: 'Team: lunch' }),
      theFacts(),
      'The expense category "Team: lunch" has no mapping.',
      'finance',
      'mapping:expense-category:Team: lunch',
    ],
    [
      'expense.receipt-missing',
      anExpense({ receiptAttached: false }),
      theFacts(),
      '84.20 GBP for Travel on 2026-11-18 needs a receipt from Ada Abbott: it is above 25.00 GBP.',
      'pmo',
      corrected,
    ],
    [
      'expense.over-policy',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ maxAmount: money('80', 'GBP') })] }),
      '84.20 GBP for Travel on 2026-11-18 is more than the 80.00 GBP that policy allows Ada Abbott.',
      'pmo',
      corrected,
    ],
    [
      'exchange-rate.missing',
      anExpense({ amount: money('20', 'CHF') }),
      theFacts({ expenseTerms: [aTerm({ maxAmount: money('80', 'GBP') })] }),
      'There is no exchange rate from CHF to GBP on 2026-11-18.',
      'finance',
      'exchange-rate:CHF:GBP:2026-11',
    ],
    [
      'expense.term-incomplete',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up' })] }),
      'The terms say that Travel is billed by mark-up, but not at what.',
      'finance',
      `expense-term:${PROJECT}:Travel`,
    ],
    [
      'expense.term-invalid',
      anExpense(),
      theFacts({ expenseTerms: [aTerm({ treatment: 'mark-up', percent: '-150' })] }),
      'Nothing for Travel can be billed by the terms term-1: percent must not be negative.',
      'finance',
      `expense-term:${PROJECT}:Travel`,
    ],
    [
      'expense.none',
      anExpense({ amount: money('0', 'GBP') }),
      theFacts(),
      'The expense of Ada Abbott on 2026-11-18 has no amount.',
      'pmo',
      corrected,
    ],
    [
      'worker.terminated',
      anExpense(),
      theFacts({ worker: { matches: 1, worker: theWorker({ status: 'terminated' }) } }),
      'Ada Abbott was no longer employed on 2026-11-18.',
      'hr-operations',
      'worker:wrk_00000000000000000001:employed',
    ],
  ];

  it.each(examples)('%s', (code, entry, facts, sentence, desk, need) => {
    const faults = faultsOf(assessExpense(entry, facts));
    expect(faults.map(fault => [fault.reason.code, text(fault.reason), fault.desk, fault.need])).toEqual([[code, sentence, desk, need]]);
    expect(text(cureOf(faults[0], NEEDS))).not.toMatch(unfilled);
    expect(text(cureOf(faults[0], NEEDS))).not.toContain('cure.');
  });

  const receipts: [string, ExpenseEntry, LineFacts, boolean][] = [
    ['below the house limit', anExpense({ amount: money('25', 'GBP'), receiptAttached: false }), theFacts(), false],
    ['just above it', anExpense({ amount: money('25.01', 'GBP'), receiptAttached: false }), theFacts(), true],
    [
      'under a limit of the terms',
      anExpense({ receiptAttached: false }),
      theFacts({ expenseTerms: [aTerm({ receiptOver: money('100', 'GBP') })] }),
      false,
    ],
    [
      'in a currency of the house',
      anExpense({ amount: money('30', 'EUR'), receiptAttached: false }),
      theFacts({ exchangeRates: [anExchangeRate('EUR', 'GBP', '0.86')] }),
      false,
    ],
    [
      'in another currency, by its exchange rate',
      anExpense({ amount: money('40', 'USD'), receiptAttached: false }),
      theFacts({ exchangeRates: [anExchangeRate('USD', 'GBP', '0.75')] }),
      true,
    ],
  ];

  it.each(receipts)('a receipt is asked for as the limits say: %s', (_, entry, facts, asked) => {
    expect(faultsOf(assessExpense(entry, facts)).some(({ reason }) => reason.code === 'expense.receipt-missing')).toBe(asked);
  });

  it('is worth what was spent while it has no price', () => {
    const estimate = (entry: ExpenseEntry) => assessExpense(entry, theFacts({ periods: [] }));
    expect(estimate(anExpense())).toMatchObject({ estimate: money('84.20', 'GBP') });
    expect(estimate(anExpense({ amount: money('20', 'CHF') }))).toMatchObject({ estimate: money('20', 'CHF') });
    expect(estimate(anExpense({ billable: false }))).toMatchObject({ estimate: money('0', 'GBP') });
  });
});
