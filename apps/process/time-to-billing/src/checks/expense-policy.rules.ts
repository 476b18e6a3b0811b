import type { Fault } from '#apis';
import { money, type ExchangeRate, type ExpenseEntry, type Money } from '#canonical';
import { monthOf } from '../periods/calendar.rules.js';
import type { BillingPolicy } from '../facts/line-facts.js';
import type { ExpenseTerm } from '../pricing/expense-terms.rules.js';
import { converted } from '../pricing/expenses.rules.js';
import { lastUseOf, newestRate, type DatedExchangeRate } from '../rates/exchange-rates.rules.js';
import { Exact } from '../rates/rates.rules.js';
import { basisFaults } from '../rates/stated-terms.rules.js';
import { fault, type CheckedLine } from './line-check.js';
import { needs } from '../needs.js';

/**
 * Checks that an expense is within its terms and has the receipt that the terms or the firm ask
 * for. Limits in another currency are compared at the day's exchange rate.
 */
export function expensePolicyFaults(
  line: CheckedLine,
  entry: ExpenseEntry,
  term: ExpenseTerm,
  { receiptOver }: Pick<BillingPolicy, 'receiptOver'>,
  exchangeRates: DatedExchangeRate[],
): Fault[] {
  const { amount: spent, expenseDate: date } = entry;
  const rest = { desk: 'pmo', need: needs.line(line.id, 'corrected') } as const;
  const params = { spent: spent.amount, currency: spent.currency, category: entry.category };
  const over = (limit: Money) => isOver(spent, limit, date, exchangeRates);
  const none = new Exact(spent.amount).isZero() ? [fault('expense.none', line, { ...rest, category: 'validation', field: 'amount' })] : [];
  return [...none, ...taxFaults(line, entry), ...overPolicy(), ...withoutReceipt()];

  function overPolicy(): Fault[] {
    const { maxAmount } = term;
    if (!maxAmount) return [];
    const answer = over(maxAmount);
    if (answer === undefined) return [exchangeRateFault(line, { from: spent.currency, to: maxAmount.currency, date }, exchangeRates)];
    const limit = { limit: maxAmount.amount, limitCurrency: maxAmount.currency };
    return answer ? [fault('expense.over-policy', line, { ...rest, category: 'policy', field: 'amount', params: { ...params, ...limit } })] : [];
  }

  function withoutReceipt(): Fault[] {
    const limit = receiptLimit(spent, term, receiptOver, date, exchangeRates);
    if (entry.receiptAttached || !limit || !over(limit)) return [];
    const told = { limit: limit.amount, limitCurrency: limit.currency };
    return [fault('expense.receipt-missing', line, { ...rest, category: 'policy', field: 'receiptAttached', params: { ...params, ...told } })];
  }
}

/** Tax is part of what was spent: it has the same sign and is not larger. */
export function taxFaults(line: CheckedLine, { amount: spent, tax }: Pick<ExpenseEntry, 'amount' | 'tax'>): Fault[] {
  const [whole, part] = [new Exact(spent.amount), new Exact(tax?.amount ?? 0)];
  if (part.isZero() || (part.isNegative() === whole.isNegative() && part.abs().lte(whole.abs()))) return [];
  const params = { tax: part.toFixed(), spent: spent.amount, currency: spent.currency };
  return [
    fault('expense.tax-not-within', line, {
      category: 'validation',
      desk: 'pmo',
      need: needs.line(line.id, 'corrected'),
      field: 'tax.amount',
      params,
    }),
  ];
}

/**
 * The terms' limit; else the firm's limit in the currency that was spent; else the firm's first
 * limit that the day has an exchange rate for; else none.
 */
function receiptLimit(spent: Money, term: ExpenseTerm, house: Money[], date: string, rates: ExchangeRate[]): Money | undefined {
  const usable = (limit: Money) => converted(spent, limit.currency, date, rates) !== undefined;
  const own = term.receiptOver && usable(term.receiptOver) ? term.receiptOver : undefined;
  return own ?? house.find(({ currency }) => currency === spent.currency) ?? house.find(usable);
}

function isOver(spent: Money, limit: Money, date: string, rates: ExchangeRate[]): boolean | undefined {
  const amount = converted(spent, limit.currency, date, rates);
  return amount && new Exact(money(amount, limit.currency).amount).gt(limit.amount);
}

/** The PSA's category must map to a category of the ERP. */
export function categoryFaults(line: CheckedLine, category: string, mapped: string | undefined): Fault[] {
  if (mapped !== undefined) return [];
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.mapping('expense-category', category), field: 'category' } as const;
  return [fault('mapping.expense-category-missing', line, { ...rest, params: { source: category } })];
}

/**
 * A term can't be billed by when it lacks the percentage or rate that it refers to, or has one
 * outside the allowed range.
 */
export function termFaults(line: CheckedLine, term: ExpenseTerm, category: string): Fault[] {
  const wrong = basisFaults(term);
  if (wrong.length === 0) return [];
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.expenseTerm(line.projectId, category), field: 'category' } as const;
  if (wrong.some(({ rule }) => rule === 'required'))
    return [fault('expense.term-incomplete', line, { ...rest, params: { category, treatment: term.treatment } })];
  const what = wrong.map(({ message }) => message).join('; ');
  return [fault('expense.term-invalid', line, { ...rest, params: { category, term: term.id, what } })];
}

/** The day has no exchange rate, or only one older than the policy allows. */
export function exchangeRateFault(
  line: CheckedLine,
  { from, to, date }: { from: string; to: string; date: string },
  exchangeRates: DatedExchangeRate[],
): Fault {
  const rest = { category: 'missing-reference', desk: 'finance', need: needs.exchangeRate(from, to, monthOf(date)), field: 'amount' } as const;
  const old = newestRate(exchangeRates, from, to, date);
  const until = old && lastUseOf(old);
  if (until) return fault('exchange-rate.too-old', line, { ...rest, params: { from, to, effectiveFrom: old.effectiveFrom, until } });
  return fault('exchange-rate.missing', line, { ...rest, params: { from, to } });
}
