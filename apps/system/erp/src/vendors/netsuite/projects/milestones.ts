import { Decimal as Exact } from 'decimal.js';
import { totalOf } from '../../../projects/milestone-shares.rules.js';
import type { NetsuiteBillingSchedule } from './projects.wire.js';

/** What an account's milestones hold: a percentage of their project's amount, or money. */
export const MILESTONE_AMOUNTS = ['percentage', 'amount'] as const;
export type MilestoneAmounts = (typeof MILESTONE_AMOUNTS)[number];

export const MILESTONE_WORDS: Record<MilestoneAmounts, string> = { percentage: "percentages of the project's amount", amount: 'amounts of money' };

/**
 * What the milestones of a schedule hold, told by their sum: 100 or the project's amount. Others hold what the account's do, but percentages
 * don't exceed 100.
 */
export function milestoneAmountsOf({ milestone }: NetsuiteBillingSchedule, price: number | undefined, account: MilestoneAmounts): MilestoneAmounts {
  const total = totalOf(milestone.map(({ milestoneAmount }) => milestoneAmount ?? 0));
  if (price !== undefined && total.eq(price)) return total.eq(100) ? account : 'amount';
  if (total.eq(100)) return 'percentage';
  return total.gt(100) ? 'amount' : account;
}

/** How many percent of the project's amount the milestones leave, which NetSuite bills first, at once. It says so itself, unless it doesn't. */
export function leftOver({ milestone, initialAmountPercent }: NetsuiteBillingSchedule, price: number | undefined, account: MilestoneAmounts): number {
  if (initialAmountPercent !== undefined) return initialAmountPercent;
  const total = totalOf(milestone.map(({ milestoneAmount }) => milestoneAmount ?? 0));
  if (account === 'percentage') return new Exact(100).minus(total).toNumber();
  return price ? new Exact(100).minus(total.times(100).div(price)).toNumber() : 0;
}
