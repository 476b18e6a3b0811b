import type { Fault } from '#apis';
import type { BillingRefusal, Desk } from '#canonical';
import { monthOf } from '../periods/calendar.rules.js';
import { needs } from '../needs.js';
import { type Line, type Posting, workDateOf } from './line.js';

/** The need behind each refusal of the ERP, so that what meets one meets all of its kind. */
const NEED_OF: Record<BillingRefusal, (line: Line, posting: Posting) => { need: string; desk: Desk }> = {
  'project-closed': (_, { transaction }) => ({ need: needs.project(transaction.projectId, 'time-allowed'), desk: 'pmo' }),
  'unknown-project': (_, { transaction }) => ({ need: needs.project(transaction.projectId, 'erp-active'), desk: 'pmo' }),
  'unknown-employee': (_, { transaction }) => ({ need: needs.employeeInErp(transaction.employeeNumber), desk: 'finance' }),
  'period-closed': (_, { transaction }) => ({ need: needs.period(transaction.legalEntity, monthOf(transaction.postingDate)), desk: 'finance' }),
  'already-billed': line => ({ need: needs.line(line.id, 'decided'), desk: 'finance' }),
  'reversal-not-allowed': line => ({ need: needs.line(line.id, 'decided'), desk: 'finance' }),
  refused: line => ({ need: needs.line(line.id, 'decided'), desk: 'finance' }),
};

export function refusalFault(line: Line, posting: Posting): Fault {
  const code = posting.refusal?.code ?? 'refused';
  const { employeeNumber, legalEntity, postingDate } = posting.transaction;
  return {
    reason: {
      code: 'line.refused-by-erp',
      params: {
        line: line.id,
        workDate: workDateOf(line),
        detail: posting.refusal?.detail ?? code,
        refusal: code,
        employeeNumber,
        legalEntity,
        month: postingDate.slice(0, 7),
      },
    },
    category: 'refused-by-back-end',
    ...NEED_OF[code](line, posting),
  };
}

export const UNUSABLE = 'line.unusable';

/**
 * The job fails on the line's content. Only a correction at the source or another release can help.
 */
export function unusableFault({ id, entry }: Pick<Line, 'id' | 'entry'>, release: string, what: string): Fault {
  const { system, type, nativeId } = entry.refs[0] ?? { system: 'psa', type: 'line', nativeId: id };
  return {
    reason: { code: UNUSABLE, params: { line: id, system, noun: type, nativeId, what } },
    category: 'validation',
    desk: 'integration',
    need: needs.release(release, id),
  };
}
