import { money, sameMoney, unitRateOf, type AgreedRate, type DatedRateCard, type Deal, type Money, type UnitRate } from '#canonical';
import { Exact, type RateRow } from './rates.rules.js';

/** A rate as a deal or a card states it. */
export type GivenRate = UnitRate & { id: string; role: string; from: string; to: string | null };

const SOLD = 'deal:';

/**
 * What was sold is what the contract says: each sold line's rate, from the line's first day to its
 * last. A line without dates has the deal's.
 */
export function soldRates({ stage, startDate, endDate, roles }: Deal): GivenRate[] {
  if (stage !== 'won' || startDate === undefined) return [];
  return roles.map(sold => ({
    id: `${SOLD}${sold.id}`,
    role: sold.role,
    ...unitRateOf(sold),
    from: sold.startDate ?? startDate,
    to: sold.endDate ?? endDate ?? null,
  }));
}

/** A stored rate. */
export type HeldRate = Money & Pick<GivenRate, 'id' | 'role' | 'unit' | 'from' | 'to'> & { minutesPerDay: number | null };

/** Whether a stored rate equals the given one. */
export const isAsGiven = (held: HeldRate, now: GivenRate): boolean =>
  (['id', 'role', 'unit', 'currency', 'from', 'to'] as const).every(name => held[name] === now[name]) &&
  held.minutesPerDay === (now.unit === 'day' ? now.minutesPerDay : null) &&
  new Exact(held.amount).eq(now.amount);

/**
 * Whether a rate by the day replaces one that was stored as its rounded hourly rate: the agreed
 * price is the same, now exact.
 */
export const isRestated = (held: HeldRate, now: GivenRate): boolean =>
  held.id === now.id &&
  held.unit === 'hour' &&
  now.unit === 'day' &&
  sameMoney(held, money(new Exact(now.amount).times(60).div(now.minutesPerDay), now.currency));

/** The sold line that a rate belongs to. */
export const soldLineOf = (rateId: string): string => rateId.slice(SOLD.length).split(':')[0];

export const agreedRates = (rates: AgreedRate[]): GivenRate[] => rates.map(rate => ({ ...rate, id: `${SOLD}${rate.id}` }));

/** The rates of one version of a card. */
export const cardRates = ({ id, effectiveFrom, rates }: DatedRateCard): GivenRate[] =>
  rates.map(rate => ({ id: `${id}:${rate.role}`, role: rate.role, ...unitRateOf(rate), from: effectiveFrom, to: null }));

/**
 * Another line of the deal that sells the same role on that day at another rate. The contract does
 * not say which line a worker's time belongs to, so neither rate is used: a rate that is stated for
 * the assignment takes precedence over both.
 */
export function soldBeside(row: RateRow, rows: RateRow[], date: string): RateRow | undefined {
  if (!isSold(row)) return undefined;
  return rows.find(other => isSold(other) && other.subject === row.subject && other.role === row.role && !sameRate(other, row) && holds(other, date));
}

const isSold = ({ id }: RateRow): boolean => id.startsWith(SOLD);

const holds = ({ from, to }: RateRow, date: string): boolean => from <= date && (to === null || to >= date);

const sameRate = (a: RateRow, b: RateRow): boolean =>
  a.unit === b.unit && a.minutesPerDay === b.minutesPerDay && a.currency === b.currency && new Exact(a.amount).eq(b.amount);
