import { describe, expect, it } from 'vitest';
import { money, type ExpenseEntry } from '#canonical';
import { assessExpense, assessLines } from './assess.rules.js';
import type { ExpenseTerm } from '../facts/line-facts.js';
import { anExpense, theFacts } from '../facts/line-facts.fixture.js';
/** Id, amount and day, and what else is said. */
type Spent = [id: string, amount: string, date?: string, over?: Partial<ExpenseEntry>];
const spent = (...[id, amount, date = '2026-11-18', over = {}]: Spent): ExpenseEntry =>
  anExpense({ id: `exp_${id}`, amount: money(amount, 'GBP'), expenseDate: date, ...over });
/**
 * The billed amounts of expenses that are assessed together, in the given order; undefined for a
 * faulty one.
 */
function amountsOf(expenseTerms: ExpenseTerm[]): (...expenses: Spent[]) => (string | undefined)[] {
  const facts = theFacts({ expenseTerms, projectStaffed: false });
  return (...expenses) => {
    const entries = expenses.map(one => spent(...one));
    const among = assessLines(
      entries.map(entry => ({ id: entry.id, kind: 'expense', entry })),
      () => ({ ...facts, assignments: [] }),
    );
    return entries.map(({ id }) => {
      const assessment = among.get(id)!;
      return 'priced' in assessment ? assessment.priced.transaction.amount.amount : undefined;
    });
  };
}
import { aTerm, lines, pricedOf } from './assessed.fixture.js';

describe('expenses that are billed by the item', () => {
  const item = (over: Partial<ExpenseTerm> = {}) => aTerm({ treatment: 'per-unit', unit: 'item', unitRate: money('45', 'GBP'), ...over });
  const billed = amountsOf([item()]);

  it('are each one unit, and a refund takes one back, never more than was billed', () => {
    expect(billed(['a', '31.75'], ['b', '-31.75'])).toEqual(['45.00', '-45.00']);
    expect(billed(['a', '31.75'], ['b', '20'], ['c', '-31.75'])).toEqual(['45.00', '45.00', '-45.00']);
    expect(billed(['a', '31.75'], ['b', '-31.75'], ['c', '-31.75'])).toEqual(['45.00', '-45.00', '0.00']);
    expect(billed(['a', '-31.75'])).toEqual(['0.00']);
    // The refunded line is found by its billed amount and not by the order of names.
    expect(billed(['a', '-31.75'], ['b', '31.75'])).toEqual(['-45.00', '45.00']);
    expect(billed(['a', '31.75', '2026-11-18'], ['b', '-31.75', '2026-11-17'])).toEqual(['45.00', '0.00']);
  });

  it('are taken back at what the unit was billed at, the newest first', () => {
    const two = amountsOf([item(), item({ id: 'dearer', from: '2026-11-10', unitRate: money('50', 'GBP') })]);
    const bought: Spent[] = [
      ['a', '30', '2026-11-09'],
      ['b', '30', '2026-11-10'],
    ];
    expect(two(...bought, ['c', '-30', '2026-11-12'])).toEqual(['45.00', '50.00', '-50.00']);
    expect(two(...bought, ['c', '-30', '2026-11-12'], ['d', '-30', '2026-11-13'])).toEqual(['45.00', '50.00', '-50.00', '-45.00']);
    expect(two(...bought, ['c', '-30', '2026-11-09'], ['d', '-30', '2026-11-13'])).toEqual(['45.00', '50.00', '-45.00', '-50.00']);
  });

  it('of others, other categories and what is not billable are not taken back', () => {
    expect(billed(['a', '31.75', '2026-11-18', { billable: false }], ['b', '-31.75'])).toEqual(['0.00', '0.00']);
    const ofCategory = amountsOf([item({ category: 'Travel' }), item({ id: 'miles', category: 'Mileage' })]);
    expect(ofCategory(['a', '31.75', '2026-11-18', { category: 'Mileage' }], ['b', '-31.75'])).toEqual(['45.00', '0.00']);
    const another = { person: { email: 'other@larkfield.example', name: 'O' } };
    expect(billed(['a', '31.75', '2026-11-18', another], ['b', '-31.75'])).toEqual(['45.00', '0.00']);
  });

  it('hang on what was billed before, and say so', () => {
    const facts = theFacts({ expenseTerms: [item()], otherExpenses: [{ entry: spent('a', '31.75'), billed: money('45', 'GBP') }] });
    const priced = pricedOf(assessExpense(spent('b', '-31.75'), facts));
    expect(priced.transaction).toMatchObject({ kind: 'charge', amount: money('-45', 'GBP'), billable: true });
    expect(lines(priced)[0]).toBe('45.00 GBP that were billed for a unit are taken back.');
    const nothing = pricedOf(assessExpense(spent('b', '-31.75'), { ...facts, otherExpenses: [] }));
    expect(nothing).toMatchObject({ transaction: { amount: money('0', 'GBP'), billable: false }, capped: false });
    expect(lines(nothing)[0]).toBe('Nothing is billed that it could take back.');
  });
});

describe('expenses that are billed by the day', () => {
  const day = (over: Partial<ExpenseTerm> = {}) => aTerm({ treatment: 'per-unit', unit: 'day', unitRate: money('45', 'GBP'), ...over });
  const billed = amountsOf([day()]);

  it('are billed once per person, project and day, on the first line', () => {
    expect(billed(['a', '10'], ['b', '20'], ['c', '1.75'])).toEqual(['45.00', '0.00', '0.00']);
    expect(billed(['a', '10'], ['b', '20', '2026-11-19'])).toEqual(['45.00', '45.00']);
    expect(billed(['a', '10'], ['b', '20', '2026-11-18', { person: { email: 'other@larkfield.example', name: 'O' } }])).toEqual(['45.00', '45.00']);
    expect(billed(['a', '10', '2026-11-18', { billable: false }], ['b', '20'])).toEqual(['0.00', '45.00']);
    expect(billed(['a', '10', '2026-11-18', { category: 'Unheard' }], ['b', '20'])).toEqual([undefined, '45.00']);
  });

  it('are taken back when no positive line of the day is left', () => {
    expect(billed(['a', '10'], ['b', '20'], ['c', '-10'])).toEqual(['45.00', '0.00', '0.00']);
    expect(billed(['a', '10'], ['b', '20'], ['c', '-10'], ['d', '-20'])).toEqual(['45.00', '0.00', '-45.00', '0.00']);
    expect(billed(['a', '10'], ['b', '-10'], ['c', '-10'])).toEqual(['45.00', '-45.00', '0.00']);
    expect(billed(['a', '10', '2026-11-17'], ['b', '-10'])).toEqual(['45.00', '0.00']);
  });

  it('hang on what was billed before, and say so', () => {
    const facts = theFacts({ expenseTerms: [day()], otherExpenses: [{ entry: spent('z', '31.75'), billed: money('45', 'GBP') }] });
    expect(lines(pricedOf(assessExpense(spent('a', '10'), facts)))[0]).toBe('Another line of 2026-11-18 is billed for the day.');
    const refunded = { ...facts, otherExpenses: [...facts.otherExpenses, { entry: spent('y', '3'), billed: money('0', 'GBP') }] };
    expect(lines(pricedOf(assessExpense(spent('a', '-3'), refunded)))[0]).toBe('Other lines of 2026-11-18 are left, so the day stays billed.');
  });

  it('have a first and a last day of a trip at a percentage', () => {
    const trip = amountsOf([day({ tripEndsPercent: '75' })]);
    const days: Spent[] = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-20'].map((date, n) => [`${n}`, '10', date]);
    expect(trip(...days)).toEqual(['33.75', '45.00', '33.75', '33.75']);
    expect(trip(['a', '10', '2026-11-17'], ['b', '5', '2026-11-18'], ['c', '-10', '2026-11-17'])).toEqual(['33.75', '33.75', '-33.75']);
    const priced = pricedOf(assessExpense(spent('a', '10'), theFacts({ expenseTerms: [day({ tripEndsPercent: '75' })] })));
    expect(lines(priced).slice(0, 2)).toEqual([
      '1 units are billed at 45.00 GBP each (terms term-1, contract, from 2026-01-01).',
      'The first or last day of a trip, 2026-11-18, is billed at 75 %.',
    ]);
  });
});
