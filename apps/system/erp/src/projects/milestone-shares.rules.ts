import { Decimal as Exact } from 'decimal.js';
import { money, type Money } from '#canonical';

/** More would be lost in a number of JSON. */
const MOST_DECIMALS = 12;

/**
 * The amounts as percentages of `price`, with as few decimals as give each amount back to the minor
 * unit. Rounding remainders go to the amounts that lost most, so that amounts which sum to the
 * price have percentages that sum to 100. Undefined when there are none: for a price of nothing,
 * and for amounts so large that a JSON number can't tell them apart.
 */
export function percentagesOf(amounts: Money[], price: Money): number[] | undefined {
  if (new Exact(price.amount).lte(0)) return undefined;
  for (let decimals = 0; decimals <= MOST_DECIMALS; decimals++) {
    const percentages = roundedTogether(
      amounts.map(({ amount }) => new Exact(amount).times(100).div(price.amount)),
      decimals,
    );
    if (percentages.every((percentage, index) => shareOf(price, percentage).amount === amounts[index].amount)) return percentages;
  }
  return undefined;
}

/** Rounds shares at so many decimals; their sum is rounded, not each. */
function roundedTogether(shares: Exact[], decimals: number): number[] {
  const down = shares.map(share => share.toDecimalPlaces(decimals, Exact.ROUND_FLOOR));
  const lost = shares.map((share, index) => share.minus(down[index]));
  const step = new Exact(10).pow(-decimals);
  const steps = totalOf(lost).div(step).round().toNumber();
  const mostLost = new Set([...lost.keys()].sort((a, b) => lost[b].cmp(lost[a]) || a - b).slice(0, steps));
  return down.map((share, index) => (mostLost.has(index) ? share.plus(step) : share).toNumber());
}

export const shareOf = (price: Money, percentage: number): Money => money(new Exact(price.amount).times(percentage).div(100), price.currency);

export const totalOf = (numbers: (Exact | number)[]): Exact => numbers.reduce<Exact>((sum, next) => sum.plus(next), new Exact(0));
