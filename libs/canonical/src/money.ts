import { Decimal as Exact } from 'decimal.js';
import { minorUnits } from './currency.js';
import { Currency, Decimal, Flag, Whole } from './decorators.js';
import { LARGEST_AMOUNT } from './record-fault.js';

/** An exact amount in one currency. `amount` is a decimal string at the currency's minor unit, e.g. `"1200.50"`. */
export class Money {
  @Decimal() amount: string;
  @Currency() currency: string;
}

/** A sum per currency: how many distinct items it covers and whether any of them is an estimate. */
export class MoneyTotal extends Money {
  @Whole({ min: 0 }) items: number;
  @Flag() estimated: boolean;
}

/**
 * Rounds half up, away from zero, at the currency's minor unit. An amount that rounds to nothing is
 * zero, and zero has no sign.
 */
export function money(amount: string | number | Exact, currency: string): Money {
  const rounded = new Exact(amount).toDecimalPlaces(minorUnits(currency), Exact.ROUND_HALF_UP);
  return { amount: (rounded.isZero() ? rounded.abs() : rounded).toFixed(minorUnits(currency)), currency };
}

/** As many decimals as a price per unit may have. */
const UNIT_PRICE_DECIMALS = 6;

/**
 * A price per unit. It is not rounded like an amount: it is exact, or has six decimals where it
 * does not end, and at least the currency's decimals. The product is rounded.
 */
export function unitPrice(amount: string | number | Exact, currency: string): Money {
  const cut = new Exact(amount).toDecimalPlaces(UNIT_PRICE_DECIMALS, Exact.ROUND_HALF_UP);
  return { amount: cut.toFixed(Math.max(cut.decimalPlaces(), minorUnits(currency))), currency };
}

/**
 * Whether an amount has no more digits before the point than can be stored and sent (see
 * `Decimal`); false for a text that is not a number.
 */
export const isKept = ({ amount }: Money): boolean => new Exact(amount).abs().lt(LARGEST_AMOUNT);

/** Adds amounts of one currency; throws when the currencies differ. */
export function addMoney(first: Money, ...rest: Money[]): Money {
  const sum = rest.reduce((total, next) => {
    if (next.currency !== first.currency) throw new RangeError(`can't add ${next.currency} to ${first.currency}`);
    return total.plus(next.amount);
  }, new Exact(first.amount));
  return money(sum, first.currency);
}

export const sameMoney = (a: Money, b: Money): boolean => a.currency === b.currency && (a.amount === b.amount || new Exact(a.amount).eq(b.amount));

/** Sums items per currency, in order of currency code. */
export function totals(items: { money: Money; estimated?: boolean }[]): MoneyTotal[] {
  const byCurrency = Map.groupBy(items, item => item.money.currency);
  return [...byCurrency.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, group]) => ({
      ...addMoney(money(0, currency), ...group.map(item => item.money)),
      items: group.length,
      estimated: group.some(item => item.estimated === true),
    }));
}

/** Rate per hour times minutes, rounded once, at the end. */
export function priceOf(ratePerHour: Money, minutes: number): Money {
  return money(new Exact(ratePerHour.amount).times(minutes).div(60), ratePerHour.currency);
}
