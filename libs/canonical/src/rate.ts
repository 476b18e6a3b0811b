import { BusinessDate, Flag, Id, Minutes, Nested, OneOf, Text } from './decorators.js';
import { Money, sameMoney } from './money.js';

/** The price of a day, and how long a day of the contract is. */
export class DayRate {
  @Nested(() => Money) rate: Money;
  @Minutes({ max: 1_440 }) minutes: number;
}

/**
 * The price of an hour or a day. Pricing uses `dayRate` where there is one; the hourly rate beside
 * it is rounded, for people to compare.
 */
export interface Rated {
  ratePerHour: Money;
  dayRate?: DayRate;
}

/** A rate with its unit. */
export type UnitRate = Money & ({ unit: 'hour' } | { unit: 'day'; minutesPerDay: number });

export const unitRateOf = ({ ratePerHour, dayRate }: Rated): UnitRate =>
  dayRate ? { ...dayRate.rate, unit: 'day', minutesPerDay: dayRate.minutes } : { ...ratePerHour, unit: 'hour' };

/** The same amount for the same unit: an hour and a day are never the same, since they round differently. */
export const sameRate = (a: Rated, b: Rated): boolean =>
  a.dayRate && b.dayRate
    ? a.dayRate.minutes === b.dayRate.minutes && sameMoney(a.dayRate.rate, b.dayRate.rate)
    : !a.dayRate && !b.dayRate && sameMoney(a.ratePerHour, b.ratePerHour);

/** A rate that a deal's line is sold at, from one day to another, by agreement. */
export type AgreedRate = UnitRate & Omit<AgreedRateData, keyof Money | 'unit' | 'minutesPerDay'>;

/** The same, as documents describe it. */
export class AgreedRateData extends Money {
  @OneOf(['hour', 'day']) unit: 'hour' | 'day';
  @Minutes({ optional: true, max: 1_440, description: 'How long a day of the contract is, of a rate by the day.' }) minutesPerDay?: number;
  @Text({ description: "The line's id; for a rate agreed later for a part of the line's days, with the first of these days." }) id: string;
  @Text({ max: 80, description: "The seller's word." }) role: string;
  @BusinessDate() from: string;
  @BusinessDate() to: string;
}

/**
 * All rates that a deal's lines are agreed to be sold at. They hold until the next statement,
 * whatever the CRM says meanwhile.
 */
export class AgreedRates {
  @Id({ description: 'The deal.' }) id: string;
  @Nested(() => AgreedRateData, { list: true }) rates: AgreedRate[];
}

/**
 * What an answer about a line's rate said about work that was priced before: whether it is priced
 * again as far as it isn't billed.
 */
export class SaidOfPriced {
  @Text() line: string;
  @Flag() reRate: boolean;
}
