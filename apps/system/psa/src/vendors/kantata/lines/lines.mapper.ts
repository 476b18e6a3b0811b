import { Decimal } from 'decimal.js';
import {
  checkRecord,
  minorUnits,
  mintId,
  money,
  shortened,
  type Approval,
  type ExpenseEntry,
  type ExternalRef,
  type Money,
  type TimeEntry,
} from '#canonical';
import { unfit } from '../kantata-envelope.js';
import { moneyOf, personOf } from '../kantata-fields.js';
import { roleOf, type KantataNames } from '../kantata-names.js';
import type { Place } from '../kantata-places.js';
import { ourId, refTo } from '../kantata.references.js';
import type { KantataExpense, KantataLine, KantataSubmission, KantataTimeEntry } from './lines.wire.js';

// Pure: maps Kantata's booked time and expenses to canonical records.

export const NOTE_LENGTH = 1_000;

export const timeEntryId = (nativeId: string, { account }: KantataNames): string => mintId('time-entry', 'kantata', account, nativeId);
export const expenseId = (nativeId: string, { account }: KantataNames): string => mintId('expense', 'kantata', account, nativeId);
export const timesheetId = (nativeId: string, { account }: KantataNames): string => mintId('timesheet', 'kantata', account, nativeId);
export const expenseReportId = (nativeId: string, { account }: KantataNames): string => mintId('expense-report', 'kantata', account, nativeId);

export function timeEntryOf(entry: KantataTimeEntry, place: Place, names: KantataNames): TimeEntry {
  const submission = entry.active_submission ?? entry.recent_submission;
  const role = entry.role ? roleOf(entry.role.name, names) : undefined;
  const psaRate = entry.rate_in_cents === undefined || entry.rate_in_cents === null ? undefined : moneyOf(entry.rate_in_cents, entry);
  return {
    id: ourId(entry.external_references ?? [], 'time-entry') ?? timeEntryId(entry.id, names),
    ...(submission ? { timesheetId: timesheetId(submission.id, names) } : {}),
    ...place,
    person: personOf(entry.user),
    workDate: entry.date_performed,
    workedMinutes: entry.time_in_minutes,
    ...(role === undefined ? {} : { role }),
    billable: entry.billable,
    overtime: (entry.location ?? '') === names.overtimeLocation,
    ...(psaRate === undefined ? {} : { psaRate }),
    ...noteOf(entry),
    ...approvalOf(entry, entry.approved, entry.workspace?.require_time_approvals),
    refs: refsOf(entry, 'time_entry', 'timesheet_submission', names),
  };
}

/**
 * Kantata states whether an expense is taxable when it is billed, but not the tax that was paid in
 * it, so `tax` is left out.
 */
export function expenseEntryOf(expense: KantataExpense, place: Place, names: KantataNames): ExpenseEntry {
  const submission = expense.active_submission ?? expense.recent_submission;
  return {
    id: ourId(expense.external_references ?? [], 'expense') ?? expenseId(expense.id, names),
    ...(submission ? { expenseReportId: expenseReportId(submission.id, names) } : {}),
    ...place,
    person: personOf(expense.user),
    expenseDate: expense.date,
    category: expense.category,
    amount: spentOf(expense, names),
    billable: expense.is_billable,
    reimbursable: expense.reimbursable,
    receiptAttached: (expense.receipt_id ?? null) !== null,
    ...noteOf(expense),
    ...approvalOf(expense, undefined, expense.workspace?.require_expense_approvals),
    refs: refsOf(expense, 'expense', 'expense_report_submission', names),
  };
}

/** What was paid, in the currency it was paid in. */
function spentOf(expense: KantataExpense, { foreignAmounts }: KantataNames): Money {
  const { foreign_exchange_amount: foreign } = expense;
  if (!foreign) return moneyOf(expense.amount_in_cents, expense);
  checkRecord<Record<string, unknown>>(
    'kantata',
    { 'foreign_exchange_amount.source_value': foreign.source_value, 'foreign_exchange_amount.source_currency': foreign.source_currency },
    { 'foreign_exchange_amount.source_value': 'amount', 'foreign_exchange_amount.source_currency': 'currency' },
  );
  const { source_value: value, source_currency: currency } = foreign;
  return money(foreignAmounts === 'units' ? value : new Decimal(value).div(10 ** minorUnits(currency)), currency);
}

const RESOLVED = 'active_submission.current_resolution_created_at_date';
const APPROVALS: Record<KantataSubmission['status'], Approval> = {
  new: 'pending',
  pending: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

export const approvalOfSubmission = ({ status }: KantataSubmission): Approval => APPROVALS[status] ?? 'pending';

/**
 * The active submission decides. A time entry also states its own approval: "not approved" in an
 * approved submission means that it is still to come. Expenses state none (`approved` undefined).
 * In a project that needs no approval, a line outside of a submission counts as approved.
 */
function approvalOf(line: KantataLine, approved: boolean | undefined, needed: boolean | undefined): { approval: Approval; approvedAt?: string } {
  const { active_submission: active, recent_submission: recent } = line;
  for (const [field, submission] of Object.entries({ active_submission: active, recent_submission: recent }))
    if (submission && !(submission.status in APPROVALS)) throw unfit([{ field: `${field}.status`, rule: 'known' }]);
  const status = active ? APPROVALS[active.status] : undefined;
  if (status === 'approved' && approved !== false) {
    const at = active?.current_resolution_created_at_date;
    checkRecord<Record<string, unknown>>('kantata', { [RESOLVED]: at }, { [RESOLVED]: 'instant?' });
    return { approval: 'approved', ...(at ? { approvedAt: new Date(at).toISOString() } : {}) };
  }
  if (status !== undefined) return { approval: status === 'approved' ? 'pending' : status };
  if (needed === false) return { approval: 'approved' };
  return { approval: recent && APPROVALS[recent.status] !== 'approved' ? APPROVALS[recent.status] : 'none' };
}

const noteOf = ({ notes }: KantataLine): { note?: string } => (notes ? { note: shortened(notes, NOTE_LENGTH) } : {});

/** The line, and its latest submission, which is where the billing status is written. */
function refsOf(line: KantataLine, type: string, submissionType: string, { account }: KantataNames): ExternalRef[] {
  const submission = line.active_submission ?? line.recent_submission;
  return [refTo(account, type, line.id), ...(submission ? [refTo(account, submissionType, submission.id)] : [])];
}
