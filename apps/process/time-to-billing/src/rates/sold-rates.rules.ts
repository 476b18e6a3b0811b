import type { Deal } from '#canonical';
import { Exact, type RateRow } from './rates.rules.js';

/** A rate as a deal or a card gives it. */
export interface GivenRate {
  id: string;
  role: string;
  amount: string;
  currency: string;
  from: string;
  to: string | null;
}

const SOLD = 'deal:';

/** What was sold is what the contract says: the rate of each sold line from its first day to its last, which are the deal's where it names none. */
export function soldRates({ stage, startDate, endDate, roles }: Deal): GivenRate[] {
  if (stage !== 'won' || startDate === undefined) return [];
  return roles.map(sold => ({
    id: `${SOLD}${sold.id}`,
    role: sold.role,
    ...sold.ratePerHour,
    from: sold.startDate ?? startDate,
    to: sold.endDate ?? endDate ?? null,
  }));
}

/**
 * Another line of the deal that sells the same that day at another rate. Which of them somebody's work is of, the contract doesn't say, so neither
 * is taken: a rate that is stated for the assignment goes before both.
 */
export function soldBeside(row: RateRow, rows: RateRow[], date: string): RateRow | undefined {
  if (!isSold(row)) return undefined;
  return rows.find(
    other => isSold(other) && other.subject === row.subject && other.role === row.role && !sameRate(other, row) && holds(other, date),
  );
}

const isSold = ({ id }: RateRow): boolean => id.startsWith(SOLD);

const holds = ({ from, to }: RateRow, date: string): boolean => from <= date && (to === null || to >= date);

const sameRate = (a: RateRow, b: RateRow): boolean => 
  a.unit === b.unit && a.currency === b.currency && new Exact(a.amount).eq(b.amount);
