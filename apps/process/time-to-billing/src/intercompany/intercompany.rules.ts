import { money, type IntercompanyFacts, type Money } from '#canonical';
import { Exact } from '../rates/rates.rules.js';

/** The two legal entities of a line, and what the line is worth to each. */
export interface Lending {
  owningEntity: string;
  lendingEntity: string;
  /** What the customer is billed, in the contract's currency; zero on a fixed price, whose sale is its milestones. */
  sale: Money;
  /** The line's worth at its rate, billed or not; null when no rate is known. */
  worth: Money | null;
  /** The lender's cost; null without the field right. */
  cost: Money | null;
}

/**
 * The four intercompany facts of a worker of one entity on a project of another; null when both are
 * of one entity. The transfer price is the resale price less the owner's margin: `transferPercent`
 * of the line's worth at its rate, in the contract's currency, rounded half up at its minor unit.
 * It is both the owner's cost and the lender's sale, so that the two eliminate each other when
 * books are consolidated. It depends on the worth and not on the sale, since the lender is paid for
 * hours on a fixed price too. Where no worth is known, the owner pays the lender's cost. Where
 * neither is known, the transfer price is unknown, which differs from none.
 */
export function intercompanyOf({ owningEntity, lendingEntity, sale, worth, cost }: Lending, transferPercent: number): IntercompanyFacts | null {
  if (owningEntity === lendingEntity) return null;
  const transfer = worth ? percentOf(worth, transferPercent) : cost;
  return { owningEntity, lendingEntity, owningCost: transfer, owningUnbilledSale: sale, lendingCost: cost, lendingSale: transfer };
}

const percentOf = ({ amount, currency }: Money, percent: number): Money => money(new Exact(amount).times(percent).div(100), currency);

/** The cost of some minutes in the lender's own currency, rounded once. */
export const costOfTime = (costRate: Money | undefined, minutes: number): Money | null =>
  costRate ? money(new Exact(costRate.amount).times(minutes).div(60), costRate.currency) : null;

/** A lent worker's expense is passed on as it was spent: no entity of the house earns on another's travel. */
export function intercompanyExpense(lending: Omit<Lending, 'worth'> & { cost: Money }): IntercompanyFacts | null {
  return intercompanyOf({ ...lending, worth: null }, 0);
}
