import { money, type ExpenseEntry, type Money, type TimeEntry } from '#canonical';
import type { BillingTerms } from '../checks/project.rules.js';
import type { ExpensePrice } from '../pricing/expenses.rules.js';
import { priceOfTime, type KnownRate } from '../pricing/time.rules.js';
import { exchangeRateOn } from '../rates/exchange-rates.rules.js';
import { lastKnownRate, perHourOf as rowPerHour, type RateRow } from '../rates/rates.rules.js';
import type { LineFacts, WorkerOnTheDay } from './line-facts.js';

interface Known {
  terms: BillingTerms | undefined;
  worker: WorkerOnTheDay | undefined;
  role: string | undefined;
  rate: KnownRate | undefined;
}

/**
 * What time that can't be priced yet is worth, for the people who wait for it: at its rate; else at the last rate known for its role; else at the
 * PSA's own rate, which is good enough to tell a large matter from a small one; else null. What won't be billed holds no money up: zero.
 */
export function estimateOfTime(entry: TimeEntry, { terms, worker, role, rate }: Known, facts: LineFacts): Money | null {
  if (terms && (terms.method !== 'time-and-materials' || !entry.billable)) return money(0, terms.currency);
  const perHour = rate?.perHour ?? (role ? lastRate(role, entry.workDate, terms, worker, facts) : undefined) ?? entry.psaRate;
  return perHour ? priceOfTime(perHour, entry.workedMinutes) : null;
}

function lastRate(
  role: string,
  workDate: string,
  terms: BillingTerms | undefined,
  worker: WorkerOnTheDay | undefined,
  facts: LineFacts,
): Money | undefined {
  const row = lastKnownRate(facts.rates, role, worker?.legalEntity);
  return row && perHourOf(row, workDate, terms?.currency ?? row.currency, facts);
}

/** In the contract's currency where the day has an exchange rate, else in its own. */
function perHourOf(row: RateRow, workDate: string, currency: string, { exchangeRates, policy }: LineFacts): Money {
  const perHour = rowPerHour(row, policy.minutesPerDay);
  if (row.currency === currency) return money(perHour, currency);
  const exchange = exchangeRateOn(exchangeRates, row.currency, currency, workDate);
  return exchange ? money(perHour.times(exchange.rate), currency) : money(perHour, row.currency);
}

/** What an expense that can't be posted yet is worth: its price, else what was spent. */
export function estimateOfExpense({ amount, billable }: ExpenseEntry, terms: BillingTerms | undefined, price: ExpensePrice | undefined): Money {
  if (price) return price.amount;
  return billable ? money(amount.amount, amount.currency) : money(0, terms?.currency ?? amount.currency);
}
