import type { Message } from '#apis';
import { minorUnits, money, type Money } from '#canonical';
import { priceOfTime } from '../pricing/time.rules.js';
import { Exact } from '../rates/rates.rules.js';

/** A project's not-to-exceed, and what is taken of it, in one currency. */
export interface Cap {
  limit: Money;
  consumed: Money;
}

/** A line, or a part of one, that asks for room under the cap. `minutes` and `ratePerHour` are null for what is no time. */
export interface CapLine {
  lineId: string;
  workDate: string;
  minutes: number | null;
  ratePerHour: Money | null;
  amount: Money;
  /** It was billed before and is corrected: it comes first to the room that its older version leaves. */
  corrected?: boolean;
}

/** A line whose overage waits for room. */
export type Waiting = Pick<CapLine, 'lineId' | 'workDate'>;

/** Minutes are null for what is no time. */
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
  /** What is taken of the cap after this. */
  consumed: Money;
}

/**
 * Gives room to lines in the order of work date and line id. The first that does not fit is split; after it nothing more is given in this call, so
 * that no younger line is billed while an older one waits. What takes money back (a refund) always counts and frees room; that room goes to the
 * oldest overage, by `releaseOverage`, and not to a younger line. Nor does a younger line take it that comes while an older one's overage waits:
 * `waiting` is the oldest of the project, null where nothing waits or where the firm has lines served as they come.
 */
export function consumeCap(cap: Cap, lines: CapLine[], waiting: Waiting | null = null): CapResult {
  return give(cap, lines.toSorted(byAge), line => waiting !== null && standsBehind(line, waiting));
}

/** Whether a line has to leave the room to an older one. */
export const standsBehind = (line: CapLine, waiting: Waiting): boolean => !line.corrected && !isRefund(line) && byAge(waiting, line) < 0;

/** Gives room that came free to overages, in the order given (the oldest first), and stops at the first that does not fit whole. */
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
 * Time is split at a whole minute, since the ERP prices each part by itself, minutes times rate, and rounds each: the last minute at which the
 * first part fits and the two roundings sum to the whole. Whole minutes that make whole cents are never more than an hour apart, so the search is
 * short; none may fit, when the room is less than that.
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

/** What of a line is billed and what is over the cap, when it was split or kept. */
export const explainSplit = (limit: Money, { within, over }: { within: CapShare | null; over: CapShare }): Message => ({
  code: 'price.capped',
  params: { limit: limit.amount, amount: amountOf(within, limit.currency), over: over.amount.amount, currency: limit.currency },
});

/** What of a line's overage is billed later, what that makes it in all, and what is over the cap still; `limit` is null when the cap is gone. */
export function explainRelease(limit: Money | null, { within, over }: { within: CapShare; over: CapShare | null }, before: Money): Message {
  const { currency } = before;
  const amount = money(new Exact(before.amount).plus(within.amount.amount), currency).amount;
  const params = { released: within.amount.amount, amount, over: amountOf(over, currency), currency };
  return limit ? { code: 'price.overage-released', params: { ...params, limit: limit.amount } } : { code: 'price.cap-gone', params };
}

const amountOf = (share: CapShare | null, currency: string): string => (share?.amount ?? money(0, currency)).amount;
