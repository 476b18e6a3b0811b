import { Decimal as Exact } from 'decimal.js';
import { totalOf } from '../../../projects/milestone-shares.rules.js';
import type { NetsuiteBillingSchedule } from './projects.wire.js';

/** The form of an account's milestone amounts: a percentage of the project's amount, or money. */
export const MILESTONE_AMOUNTS = ['percentage', 'amount'] as const;
export type MilestoneAmounts = (typeof MILESTONE_AMOUNTS)[number];

export const MILESTONE_WORDS: Record<MilestoneAmounts, string> = { percentage: "percentages of the project's amount", amount: 'amounts of money' };

/**
 * The form of a schedule's milestone amounts, by their sum: 100 or the project's amount. Other sums
 * follow the account's setting, but percentages don't exceed 100.
 */
export function milestoneAmountsOf({ milestone }: NetsuiteBillingSchedule, price: number | undefined, account: MilestoneAmounts): MilestoneAmounts {
  const total = totalOf(milestone.map(({ milestoneAmount }) => milestoneAmount ?? 0));
  if (price !== undefined && total.eq(price)) return total.eq(100) ? account : 'amount';
  if (total.eq(100)) return 'percentage';
  return total.gt(100) ? 'amount' : account;
}

/**
 * The percentage of the project's amount that the milestones leave. NetSuite bills it first, at
 * once, and usually states it itself.
 */
export function leftOver({ milestone, initialAmountPercent }: NetsuiteBillingSchedule, price: number | undefined, account: MilestoneAmounts): number {
  if (initialAmountPercent !== undefined) return initialAmountPercent;
  const total = totalOf(milestone.map(({ milestoneAmount }) => milestoneAmount ?? 0));
  if (account === 'percentage') return new Exact(100).minus(total).toNumber();
  return price ? new Exact(100).minus(total.times(100).div(price)).toNumber() : 0;
}
