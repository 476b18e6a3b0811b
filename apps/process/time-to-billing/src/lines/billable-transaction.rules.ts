import { minorUnits, money, type BillableTransaction, type Money } from '#canonical';
import { Exact } from '../rates/rates.rules.js';

/**
 * What names our transaction at the ERP: the line, its version, the part of its overage, whether it
 * is the cost record, and whether it is a reversal.
 */
export interface TransactionName {
  lineId: string;
  version: number;
  /** The n-th part of the version's overage that was released later; 0 for what fitted at first. */
  overage: number;
  /** Whether it is the record of what was spent, beside the records of what is billed. */
  cost: boolean;
  reversal: boolean;
}

/** `tl-<line>-v<version>`, `-o<n>` for released overage, `-c` for the cost apart, `-r` for a reversal. Never reused: versions and parts only count up. */
export function externalIdOf({
  lineId,
  version,
  overage = 0,
  cost = false,
  reversal = false,
}: Pick<TransactionName, 'lineId' | 'version'> & Partial<TransactionName>): string {
  return `tl-${lineId}-v${version}${overage > 0 ? `-o${overage}` : ''}${cost ? '-c' : ''}${reversal ? '-r' : ''}`;
}

export const reversalIdOf = (externalId: string): string => `${externalId}-r`;

/** What an external id names; `undefined` for one that we did not make. */
export function nameOf(externalId: string): TransactionName | undefined {
  const parts = /^tl-([a-z]+_[0-9a-z]+)-v([1-9]\d*)(?:-o([1-9]\d*)|(-c))?(-r)?$/.exec(externalId);
  if (!parts) return undefined;
  const [, lineId, version, overage = 0, cost, reversal] = parts;
  return { lineId, version: Number(version), overage: Number(overage), cost: cost !== undefined, reversal: reversal !== undefined };
}

/** Whether it is the record of what was spent, beside the records of what is billed. */
export const isCost = ({ externalId }: { externalId: string }): boolean => nameOf(externalId)?.cost === true;

/**
 * The record of what was spent on a line that is billed apart from it: the ERP's own expense, of
 * which nothing is billed.
 */
export function costOf(whole: Omit<BillableTransaction, 'externalId'>, externalId: string): BillableTransaction {
  return { ...whole, kind: 'expense', externalId, asSpent: true, billable: false, amount: money(0, whole.amount.currency) };
}

/**
 * A part of a line: the whole, what fits under the cap, or what was released later. `minutes` is
 * null for lines other than time.
 */
export interface LinePart {
  externalId: string;
  minutes: number | null;
  amount: Money;
}

/**
 * What the ERP gets for one part of a line. Time carries its minutes. For expenses and charges the
 * part of what was spent is proportional to the part that is billed; `before` is what earlier parts
 * of the line were billed at, and makes the parts of the cost sum to the whole.
 */
export function transactionOfPart(
  whole: Omit<BillableTransaction, 'externalId'>,
  { externalId, minutes, amount }: LinePart,
  before: Money = money(0, amount.currency),
): BillableTransaction {
  const { spent, minutes: _, ...rest } = whole;
  return {
    ...rest,
    externalId,
    amount,
    ...(minutes === null ? {} : { minutes }),
    ...(spent === undefined ? {} : { spent: shareOf(spent, whole.amount, amount, before) }),
  };
}

/**
 * The difference of two running totals, each rounded once, so that any number of parts sums to what
 * was spent.
 */
function shareOf(spent: Money, whole: Money, part: Money, before: Money): Money {
  if (new Exact(whole.amount).isZero()) return spent;
  const upTo = (amount: InstanceType<typeof Exact>) =>
    new Exact(spent.amount).times(amount).div(whole.amount).toDecimalPlaces(minorUnits(spent.currency), Exact.ROUND_HALF_UP);
  const end = upTo(new Exact(before.amount).plus(part.amount));
  return money(end.minus(upTo(new Exact(before.amount))), spent.currency);
}

/**
 * The line that reverses a posted or billed one: equal except that its minutes and money are
 * negative and it has its own posting date.
 */
export function reversalOf(transaction: BillableTransaction, postingDate: string): BillableTransaction {
  const { minutes, spent, amount } = transaction;
  return {
    ...transaction,
    externalId: reversalIdOf(transaction.externalId),
    postingDate,
    amount: negative(amount),
    ...(minutes === undefined ? {} : { minutes: 0 - minutes }),
    ...(spent === undefined ? {} : { spent: negative(spent) }),
  };
}

const negative = ({ amount, currency }: Money): Money => money(new Exact(0).minus(amount), currency);
