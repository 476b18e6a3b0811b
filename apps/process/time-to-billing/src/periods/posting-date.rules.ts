import type { AccountingPeriod } from '#canonical';
import { dayAfter } from './calendar.rules.js';

export type PostingDate = { date: string } | { closed: true; known: boolean };

/**
 * The day that a line is posted on; its work date stays the same. `next-open`: the first open day
 * at or after the work date. `hold`: the work date or none. Where the ERP publishes no periods
 * (null) it is the work date. `known` distinguishes a closed period from books without a period for
 * the day.
 */
export function postingDateOf(
  workDate: string,
  legalEntity: string,
  periods: AccountingPeriod[] | null,
  closedPeriod: 'next-open' | 'hold',
): PostingDate {
  if (periods === null) return { date: workDate };
  const open = (day: string) => isOpen(day, legalEntity, periods);
  if (open(workDate)) return { date: workDate };
  const date = closedPeriod === 'hold' ? undefined : edgesAfter(workDate, periods).find(open);
  return date === undefined ? { closed: true, known: covering(workDate, legalEntity, periods).length > 0 } : { date };
}

/**
 * The new posting day of a transaction that was dated earlier: months close while lines wait. Where
 * no day is open it keeps its day, so that the ERP refuses it and people are asked.
 */
export function datedAgain(day: string, legalEntity: string, periods: AccountingPeriod[] | null, closedPeriod: 'next-open' | 'hold'): string {
  const found = postingDateOf(day, legalEntity, periods, closedPeriod);
  return 'date' in found ? found.date : day;
}

/**
 * A day is open when every period that contains it is open. A legal entity's own periods take
 * precedence over those of the shared calendar.
 */
function isOpen(day: string, legalEntity: string, periods: AccountingPeriod[]): boolean {
  const found = covering(day, legalEntity, periods);
  return found.length > 0 && found.every(({ open }) => open);
}

function covering(day: string, legalEntity: string, periods: AccountingPeriod[]): AccountingPeriod[] {
  const of = (code: string) => periods.filter(period => period.legalEntity === code && period.startDate <= day && day <= period.endDate);
  const own = of(legalEntity);
  return own.length > 0 ? own : of('*');
}

/**
 * Days change between open and closed only where a period starts or has ended, so the first open
 * day after a closed one is one of these.
 */
const edgesAfter = (day: string, periods: AccountingPeriod[]): string[] =>
  periods
    .flatMap(({ startDate, endDate }) => [startDate, dayAfter(endDate)])
    .filter(edge => edge > day)
    .sort();
