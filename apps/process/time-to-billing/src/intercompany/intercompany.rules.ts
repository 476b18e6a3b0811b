import { money, type IntercompanyFacts, type Money } from '#canonical';
import { Exact } from '../rates/rates.rules.js';

/** What the two legal entities of a line are, and what it is worth to each. */
export interface Lending {
  owningEntity: string;
  lendingEntity: string;
  /** What the customer is billed, in the contract's currency; zero on a fixed price, whose sale is its milestones. */
  sale: Money;
  /** What the line is worth at its rate, billed or not; null when no rate is known. */
  worth: Money | null;
  /** What it costs the lender; null without the field right. */
  cost: Money | null;
}

/**
 * The four facts of a worker of one entity on a project of another; null when they are of one. The transfer price is the resale price less the
 * owner's margin: `transferPercent` of what the line is worth at its rate, in the contract's currency, rounded half up at its minor unit. It is the
 * owner's cost and the lender's sale at once, so that the two eliminate each other when books are consolidated. It hangs on the worth and not on
 * the sale, since the lender is paid for hours on a fixed price too. Where no worth is known the lender's cost is what is paid; where neither
 * is, the transfer price is not known, which is something else than none.
 */
export function intercompanyOf({ owningEntity, lendingEntity, sale, worth, cost }: Lending, transferPercent: number): IntercompanyFacts | null {
  if (owningEntity === lendingEntity) return null;
  const transfer = worth ? percentOf(worth, transferPercent) : cost;
  return { owningEntity, lendingEntity, owningCost: transfer, owningUnbilledSale: sale, lendingCost: cost, lendingSale: transfer };
}

const percentOf = ({ amount, currency }: Money, percent: number): Money => money(new Exact(amount).times(percent).div(100), currency);

/** What an hour's cost comes to for some minutes, in the lender's own currency, rounded once. */
export const costOfTime = (costRate: Money | undefined, minutes: number): Money | null =>
  costRate ? money(new Exact(costRate.amount).times(minutes).div(60), costRate.currency) : null;

/** A lent worker's expense is passed on as it was spent: no entity of the house earns on another's travel. */
export function intercompanyExpense(lending: Omit<Lending, 'worth'> & { cost: Money }): IntercompanyFacts | null {
  return intercompanyOf({ ...lending, worth: null }, 0);
}
