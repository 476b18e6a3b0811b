import { Decimal } from 'decimal.js';
import { money, unitPrice, type Rated } from '#canonical';

/** The units in which work is sold. */
export type SoldUnit = 'hour' | 'day';

/**
 * The unit that a word names, an hour where there is no word; undefined for a unit other than time.
 */
export function unitOf(word: string | undefined): SoldUnit | undefined {
  if (word === undefined || /^hours?$/i.test(word)) return 'hour';
  return /^days?$/i.test(word) ? 'day' : undefined;
}

/**
 * The price as it was sold, with all its decimals. A price per day stays a price per day: an hour
 * of it is rarely a whole number of cents.
 */
export function rateOf(price: number, unit: SoldUnit, currency: string, minutesPerDay: number): Rated {
  const rate = unitPrice(price, currency);
  if (unit === 'hour') return { ratePerHour: rate };
  return { ratePerHour: money(new Decimal(rate.amount).times(60).div(minutesPerDay), currency), dayRate: { rate, minutes: minutesPerDay } };
}

/** How much time a quantity of a unit is; none where it is no time. */
export function minutesOf(quantity: number, unit: SoldUnit | undefined, minutesPerDay: number): number {
  const minutes = unit === 'day' ? minutesPerDay : unit === 'hour' ? 60 : 0;
  return new Decimal(quantity).times(minutes).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();
}
