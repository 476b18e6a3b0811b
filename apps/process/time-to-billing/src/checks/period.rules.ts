import type { Fault } from '#apis';
import { monthOf } from '../periods/calendar.rules.js';
import type { BillingPolicy, LineFacts } from '../facts/line-facts.js';
import { postingDateOf } from '../periods/posting-date.rules.js';
import { fault, type CheckedLine } from './line-check.js';
import { needs } from '../needs.js';

/** The day that the line is posted on, or why the books accept it on no day. */
export function findPostingDate(
  line: CheckedLine,
  legalEntity: string,
  { periods }: Pick<LineFacts, 'periods'>,
  { closedPeriod }: Pick<BillingPolicy, 'closedPeriod'>,
): { postingDate: string } | { fault: Fault } {
  const found = postingDateOf(line.workDate, legalEntity, periods, closedPeriod);
  if ('date' in found) return { postingDate: found.date };
  const rest = { desk: 'finance', need: needs.period(legalEntity, monthOf(line.workDate)), field: 'workDate', params: { legalEntity } } as const;
  return {
    fault: found.known
      ? fault('period.closed', line, { ...rest, category: 'policy' })
      : fault('period.unknown', line, { ...rest, category: 'missing-reference' }),
  };
}
