import { message, type Fault, type Message } from '#apis';
import { money, sameMoney, type Money } from '#canonical';
import type { Assessment } from '../facts/line-facts.js';
import { alive } from '../lines/line-state.rules.js';
import { workDateOf, type Line } from '../lines/line.js';
import { needs } from '../needs.js';
import { Exact } from '../rates/rates.rules.js';

/** What happens to a corrected price: re-rated at once, or finance is asked. */
export type CorrectedPrice = 're-rate' | 'ask';

/** A line's price before, and its price now; null where it has no price any more. */
export interface PriceDifference {
  was: Money;
  now: Money | null;
}

const PRICELESS = /^((rate|exchange-rate)\.|expense\.(term-|tax-|too-large))/;

/**
 * The amount that the line is billed at, and the hourly rate, since two rates may give one amount
 * for some minutes. Other faults (the project is closed by now) change no price. Null without a
 * price.
 */
function priceIn(assessment: Assessment): { amount: Money; perHour?: Money } | null {
  if ('priced' in assessment) {
    const { amount, ratePerHour } = assessment.priced.transaction;
    return { amount, ...(ratePerHour ? { perHour: ratePerHour } : {}) };
  }
  const { faults, estimate } = assessment;
  return estimate && !faults.some(({ reason }) => PRICELESS.test(reason.code)) ? { amount: estimate } : null;
}

function samePrice(a: ReturnType<typeof priceIn>, b: ReturnType<typeof priceIn>): boolean {
  if (a === null || b === null) return a === b;
  if (!sameMoney(a.amount, b.amount)) return false;
  return !a.perHour || !b.perHour || sameMoney(a.perHour, b.perHour);
}

/**
 * How today's rates and rules would price an already priced line; undefined where the price stays
 * the same.
 */
export function differenceOf({ priced }: Pick<Line, 'priced'>, now: Assessment): PriceDifference | undefined {
  if (!priced || samePrice(priceIn({ priced }), priceIn(now))) return undefined;
  return { was: priced.transaction.amount, now: priceIn(now)?.amount ?? null };
}

/**
 * Whether the corrected rows make the difference: today's rules with the rows as they were give
 * another price.
 */
export const isTouched = (before: Assessment, after: Assessment): boolean => !samePrice(priceIn(before), priceIn(after));

/**
 * The amount of the difference in the line's currency; null where the two prices can't be compared.
 */
export const differenceIn = ({ was, now }: PriceDifference): Money | null =>
  now?.currency === was.currency ? money(new Exact(now.amount).minus(was.amount), was.currency) : null;

/**
 * Never take an invoiced line back without asking, nor one that could not be billed again. Nobody
 * is asked where the person who made the correction said what happens to lines that are already
 * priced.
 */
export function decisionOn(line: Line, now: Assessment, said: CorrectedPrice | 'keep', answered: boolean): 're-rated' | 'asked' | 'kept' {
  const billed = line.postings.some(posting => alive(posting) && posting.version === line.version && posting.billing !== 'unbilled');
  if (said === 're-rate' && !billed && 'priced' in now) return 're-rated';
  return answered ? 'kept' : 'asked';
}

const BY_UNIT = /^price\.expense-(per-unit|day|taken|nothing|trip)/;

/**
 * The day's data that other lines are priced with, and the line's own part in it; null for a line
 * that is priced by itself.
 */
function dayOf({ entry, kind, priced, approved }: Pick<Line, 'entry' | 'kind' | 'priced' | 'approved'>): string | null {
  if (!approved) return null;
  const shared = kind === 'time' ? priced?.share?.counted : priced?.explanation.some(({ code }) => BY_UNIT.test(code));
  return shared ? JSON.stringify([entry.projectId, entry.person.email, placeOf(entry)]) : null;
}

const placeOf = (entry: Line['entry']): unknown[] =>
  'workedMinutes' in entry
    ? [entry.workDate, entry.role, entry.overtime, entry.billable]
    : [entry.expenseDate, entry.category, entry.billable, entry.amount.amount.startsWith('-')];

/**
 * Whether a line leaves the day that others are priced with: it was withdrawn, or moved to another
 * day, project, role or kind.
 */
export const leavesItsDay = (line: Line, next: Pick<Line, 'entry' | 'approved'>): boolean =>
  dayOf(line) !== null && dayOf(line) !== dayOf({ ...line, entry: next.entry, approved: next.approved });

/** Whether finance is asked about the line's price. */
export const isAsked = ({ exceptionId, faults }: Line): boolean =>
  exceptionId !== null && faults?.some(({ need }) => needs.correction.is(need)) === true;

/** Finance decides: retry bills the line at its price now, skip keeps its old price. */
export function correctionFault(line: Line, correction: string, { was, now }: PriceDifference, what: string): Fault {
  const params = { person: line.entry.person.name ?? line.entry.person.email, date: workDateOf(line), was: was.amount, currency: was.currency, what };
  const reason = now ? message('price.corrected', { ...params, now: now.amount, nowCurrency: now.currency }) : message('price.gone', params);
  return { reason, category: 'policy', desk: 'finance', need: needs.correction(correction) };
}

/** The explanation of a price that was left as it was, made from the question that was asked. */
export function keptOf(asked: Message): Message {
  switch (asked.code) {
    case 'price.after-end':
      return message('price.after-end-kept', asked.params);
    case 'price.corrected':
      return message('price.corrected-kept', asked.params);
    case 'price.gone':
      return message('price.gone-kept', asked.params);
    default:
      return asked;
  }
}
