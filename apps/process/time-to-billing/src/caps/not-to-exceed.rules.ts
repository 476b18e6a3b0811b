import type { Message } from '#apis';
import { minorUnits, money, type Money } from '#canonical';
import { priceOfTime } from '../pricing/time.rules.js';
import { Exact } from '../rates/rates.rules.js';

/** A project's not-to-exceed limit and how much of it is consumed, in one currency. */
export interface Cap {
  limit: Money;
  consumed: Money;
}

/**
 * A line, or a part of one, that needs headroom under the cap. `minutes` and `ratePerHour` are null
 * for lines other than time.
 */
export interface CapLine {
  lineId: string;
  workDate: string;
  minutes: number | null;
  ratePerHour: Money | null;
  amount: Money;
  /**
   * A corrected line that was billed before: it takes the headroom that its older version frees
   * first.
   */
  corrected?: boolean;
}

/** A line whose overage waits for headroom. */
export type Waiting = Pick<CapLine, 'lineId' | 'workDate'>;

/** Minutes are null for lines other than time. */
export interface CapShare {
  minutes: number | null;
  amount: Money;
}

/** Which part of a line fits and which is over; null where there is none. The two sum to the line, in money and in minutes. */
export interface CapSplit {
  lineId: string;
  within: CapShare | null;
  over: CapShare | null;
}

export interface CapResult {
  splits: CapSplit[];
  /** What is consumed of the cap afterwards. */
  consumed: Money;
}

/**
 * Gives headroom to lines in the order of work date and line id. The first line that does not fit
 * is split. After it no line gets headroom in this call, so that no younger line is billed while an
 * older one waits. A refund always counts and frees headroom, which goes to the oldest overage
 * (`releaseOverage`) and not to a younger line. A younger line that comes while an older line's
 * overage waits does not take it either: `waiting` is the project's oldest such line, or null when
 * nothing waits or when the firm bills lines as they come.
 */
export function consumeCap(cap: Cap, lines: CapLine[], waiting: Waiting | null = null): CapResult {
  return give(cap, lines.toSorted(byAge), line => waiting !== null && standsBehind(line, waiting));
}

/** Whether a line must leave the headroom to an older one. */
export const standsBehind = (line: CapLine, waiting: Waiting): boolean => !line.corrected && !isRefund(line) && byAge(waiting, line) < 0;

/**
 * Gives freed headroom to overages in the given order, oldest first. Stops at the first one that
 * does not fit whole.
 */
export function releaseOverage(cap: Cap, overages: CapLine[]): CapResult {
  return give(cap, overages);
}

const byAge = (a: Waiting, b: Waiting): number => (a.workDate === b.workDate ? compare(a.lineId, b.lineId) : compare(a.workDate, b.workDate));

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function give({ limit, consumed }: Cap, lines: CapLine[], behind: (line: CapLine) => boolean = () => false): CapResult {
  let room = difference(limit, consumed);
  let full = false;
  const splits = lines.map((line): CapSplit => {
    const leaves = behind(line);
    const split = (full && !isRefund(line)) || leaves ? { within: null, over: shareOf(line) } : splitAt(room, line);
    if (split.within) room = difference(room, split.within.amount);
    full ||= split.over !== null && !leaves;
    return { lineId: line.lineId, ...split };
  });
  return { splits, consumed: difference(limit, room) };
}

const isRefund = ({ amount }: CapLine): boolean => new Exact(amount.amount).lte(0);

const shareOf = ({ minutes, amount }: CapLine): CapShare => ({ minutes, amount });

/** Fits whole, in part, or not at all. */
function splitAt(room: Money, line: CapLine): Omit<CapSplit, 'lineId'> {
  if (isRefund(line) || new Exact(line.amount.amount).lte(room.amount)) return { within: shareOf(line), over: null };
  if (new Exact(room.amount).lte(0)) return { within: null, over: shareOf(line) };
  const within =
    line.minutes === null || line.ratePerHour === null ? { minutes: null, amount: room } : timeWithin(room, line, line.minutes, line.ratePerHour);
  if (!within) return { within: null, over: shareOf(line) };
  return {
    within,
    over: { minutes: line.minutes === null ? null : line.minutes - (within.minutes ?? 0), amount: difference(line.amount, within.amount) },
  };
}

const difference = (whole: Money, part: Money): Money => money(new Exact(whole.amount).minus(part.amount), whole.currency);

/**
 * Splits time at a whole minute: the last one at which the first part fits and the two rounded
 * parts sum to the whole. The ERP prices each part by itself, minutes times rate, and rounds each.
 * Minutes at which both hold are at most an hour apart, so the search is short. There may be none
 * when the headroom is smaller than that.
 */
function timeWithin(room: Money, { amount }: CapLine, minutes: number, ratePerHour: Money): CapShare | null {
  const halfUnit = new Exact(10).pow(-minorUnits(room.currency)).div(2);
  const affordable = new Exact(room.amount).plus(halfUnit).times(60).div(ratePerHour.amount).ceil().toNumber();
  for (let first = Math.min(affordable, minutes - 1); first > 0; first--) {
    const part = priceOfTime(ratePerHour, first);
    if (new Exact(part.amount).gt(room.amount)) continue;
    const rest = priceOfTime(ratePerHour, minutes - first);
    if (new Exact(part.amount).plus(rest.amount).eq(amount.amount)) return { minutes: first, amount: part };
  }
  return null;
}

/** Explains which part of a line is billed and which is over the cap, after a split or a hold. */
export const explainSplit = (limit: Money, { within, over }: { within: CapShare | null; over: CapShare }): Message => ({
  code: 'price.capped',
  params: { limit: limit.amount, amount: amountOf(within, limit.currency), over: over.amount.amount, currency: limit.currency },
});

/**
 * Explains which part of a line's overage is billed later, the total billed by then, and what is
 * still over the cap. `limit` is null when the cap was removed.
 */
export function explainRelease(limit: Money | null, { within, over }: { within: CapShare; over: CapShare | null }, before: Money): Message {
  const { currency } = before;
  const amount = money(new Exact(before.amount).plus(within.amount.amount), currency).amount;
  const params = { released: within.amount.amount, amount, over: amountOf(over, currency), currency };
  return limit ? { code: 'price.overage-released', params: { ...params, limit: limit.amount } } : { code: 'price.cap-gone', params };
}

const amountOf = (share: CapShare | null, currency: string): string => (share?.amount ?? money(0, currency)).amount;
