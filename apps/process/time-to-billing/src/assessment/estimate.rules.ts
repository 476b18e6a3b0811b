import { isKept, money, type ExpenseEntry, type Money, type TimeEntry } from '#canonical';
import type { WorkerOnDay } from '../calls.js';
import type { BillingTerms } from '../checks/project.rules.js';
import type { ExpensePrice } from '../pricing/expenses.rules.js';
import { exactPrice, priceOfTime, type KnownRate, type UnitRate } from '../pricing/time.rules.js';
import { lastKnownRate, rateIn } from '../rates/rates.rules.js';
import type { LineFacts } from '../facts/line-facts.js';

interface KnownFacts {
  terms: BillingTerms | undefined;
  worker: WorkerOnDay | undefined;
  role: string | undefined;
  rate: KnownRate | undefined;
}

/**
 * Estimates time that can't be priced yet, for the people who wait for it. It uses the line's rate;
 * else the last rate known for the role; else the PSA's own rate, which is good enough to tell a
 * large matter from a small one; else null. Time that won't be billed holds up no money: zero.
 */
export function estimateOfTime(entry: TimeEntry, { terms, worker, role, rate }: KnownFacts, facts: LineFacts): Money | null {
  if (terms && (terms.method !== 'time-and-materials' || !entry.billable)) return money(0, terms.currency);
  const found = rate && terms ? { ...rate, currency: terms.currency } : role ? lastRate(role, entry.workDate, terms, worker, facts) : undefined;
  if (found) return kept(money(exactPrice(found, entry.workedMinutes, facts.policy), found.currency));
  return entry.psaRate ? kept(priceOfTime(entry.psaRate, entry.workedMinutes)) : null;
}

const kept = (amount: Money): Money | null => (isKept(amount) ? amount : null);

/** In the contract's currency where the day has an exchange rate, else in its own. */
function lastRate(
  role: string,
  workDate: string,
  terms: BillingTerms | undefined,
  worker: WorkerOnDay | undefined,
  { rates, exchangeRates, policy }: LineFacts,
): (UnitRate & { currency: string }) | undefined {
  const row = lastKnownRate(rates, role, worker?.legalEntity);
  if (!row) return undefined;
  const currency = terms?.currency ?? row.currency;
  const { rate, minutesPerDay } = rateIn(row, { ...policy, currency, workDate, exchangeRates });
  return { row, minutesPerDay, ...(rate === null ? { rate: row.amount, currency: row.currency } : { rate, currency }) };
}

/** Estimates an expense that can't be posted yet: its price, else what was spent. */
export function estimateOfExpense({ amount, billable }: ExpenseEntry, terms: BillingTerms | undefined, price: ExpensePrice | undefined): Money {
  if (price && isKept(price.amount)) return price.amount;
  return billable ? money(amount.amount, amount.currency) : money(0, terms?.currency ?? amount.currency);
}
