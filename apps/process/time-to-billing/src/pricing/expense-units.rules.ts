import type { Message } from '#apis';
import type { ExpenseEntry, Money } from '#canonical';
import { dayAfter, dayBefore } from '../periods/calendar.rules.js';
import { Exact } from '../rates/rates.rules.js';
import type { ExpenseTerm } from './expense-terms.rules.js';

/**
 * Another expense of the same person on the same project, with what a price by the item or the day
 * depends on.
 */
export interface OtherExpense {
  entry: Pick<ExpenseEntry, 'id' | 'expenseDate' | 'category' | 'amount' | 'tax' | 'billable'>;
  /** The amount it is billed at, in the contract's currency; null while it has no price. */
  billed: Money | null;
}

/**
 * What is billed of one unit: a percentage of it, the price of a unit that is taken back, or
 * nothing.
 */
export type UnitBilled = { percent: string; explanation: Message[] } | { takenBack: Money | null; explanation: Message[] };

/**
 * The price of a line by a term whose unit is an item or a day. `others` are the expenses under the
 * same term's scope.
 *
 * `item`: each line is one unit. A negative line takes back the newest unit that was billed by its
 * day, at that unit's price. `day`: the first priced line of a day is billed and the day's other
 * lines are not. Negative lines take the day back once they are as many as the positive ones.
 * Nothing is taken back twice, and nothing that was not billed.
 */
export function unitBilled(entry: OtherExpense['entry'], term: ExpenseTerm, others: OtherExpense[]): UnitBilled {
  return term.unit === 'day' ? dayBilled(entry, term, others) : itemBilled(entry, others);
}

const whole: UnitBilled = { percent: '100', explanation: [] };

function itemBilled(entry: OtherExpense['entry'], others: OtherExpense[]): UnitBilled {
  if (!isNegative(entry)) return whole;
  const units = others.filter(other => !isNegative(other.entry) && sign(other) > 0).sort(byDay);
  const refunds = others.filter(other => isNegative(other.entry) && sign(other) < 0).sort(byDay);
  for (const refund of refunds) take(units, refund.entry.expenseDate);
  return takenBack(take(units, entry.expenseDate)?.billed ?? null);
}

/** Takes the newest unit of that day or before out of the list. */
function take(units: OtherExpense[], day: string): OtherExpense | undefined {
  const at = units.findLastIndex(({ entry }) => entry.expenseDate <= day);
  return at === -1 ? undefined : units.splice(at, 1)[0];
}

function dayBilled(entry: OtherExpense['entry'], term: ExpenseTerm, others: OtherExpense[]): UnitBilled {
  const ofDay = others.filter(other => other.entry.expenseDate === entry.expenseDate);
  const billed = ofDay.reduce((sum, other) => sum.plus(other.billed?.amount ?? 0), new Exact(0));
  if (!isNegative(entry)) {
    if (billed.gt(0)) return { takenBack: null, explanation: [{ code: 'price.expense-day-billed', params: { date: entry.expenseDate } }] };
    return shareOfDay(entry, term, others);
  }
  const counted = ofDay.filter(other => other.entry.billable);
  const positive = counted.filter(other => !isNegative(other.entry)).length;
  if (positive > counted.length - positive + 1)
    return { takenBack: null, explanation: [{ code: 'price.expense-day-stays', params: { date: entry.expenseDate } }] };
  const currency = ofDay.find(other => other.billed)?.billed?.currency;
  return takenBack(billed.gt(0) && currency ? { amount: billed.toFixed(), currency } : null);
}

/** A trip is a row of days that each have a line under the same terms. */
function shareOfDay({ expenseDate: day }: OtherExpense['entry'], { tripEndsPercent: percent }: ExpenseTerm, others: OtherExpense[]): UnitBilled {
  if (!percent) return whole;
  const days = new Set(others.filter(({ entry }) => entry.billable && !isNegative(entry)).map(({ entry }) => entry.expenseDate));
  if (days.has(dayBefore(day)) && days.has(dayAfter(day))) return whole;
  return { percent, explanation: [{ code: 'price.expense-trip-end', params: { date: day, percent } }] };
}

const takenBack = (unit: Money | null): UnitBilled => ({
  takenBack: unit,
  explanation: [
    unit
      ? { code: 'price.expense-taken-back', params: { amount: unit.amount, currency: unit.currency } }
      : { code: 'price.expense-nothing-to-take-back', params: {} },
  ],
});

export const isNegative = ({ amount }: Pick<ExpenseEntry, 'amount'>): boolean => new Exact(amount.amount).isNegative();

const sign = ({ billed }: OtherExpense): number => (billed ? new Exact(billed.amount).comparedTo(0) : 0);

const byDay = ({ entry: a }: OtherExpense, { entry: b }: OtherExpense): number => compare(a.expenseDate, b.expenseDate) || compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
