import { Decimal } from 'decimal.js';
import {
  cutText,
  minorUnits,
  mintId,
  money,
  type Approval,
  type Assignment,
  type ExpenseEntry,
  type ExternalRef,
  type Money,
  type PersonInPsa,
  type TimeEntry,
} from '#canonical';
import { roleOf, type KantataNames } from './kantata.mapper.js';
import type {
  KantataAllocation,
  KantataExpense,
  KantataLine,
  KantataMember,
  KantataSubmission,
  KantataTimeEntry,
  KantataUser,
} from './kantata.wire.js';

// Pure: what Kantata shows of booked time, expenses and teams, as canonical records.

/** The project and task that a line is on, by our own ids. */
export interface Place {
  projectId: string;
  taskId?: string;
}

const NOTE_LENGTH = 1_000;

export const timeEntryId = (nativeId: string, { account }: KantataNames): string => mintId('time-entry', 'kantata', account, nativeId);
export const expenseId = (nativeId: string, { account }: KantataNames): string => mintId('expense', 'kantata', account, nativeId);
export const timesheetId = (nativeId: string, { account }: KantataNames): string => mintId('timesheet', 'kantata', account, nativeId);
export const expenseReportId = (nativeId: string, { account }: KantataNames): string => mintId('expense-report', 'kantata', account, nativeId);

export function timeEntryOf(entry: KantataTimeEntry, place: Place, names: KantataNames): TimeEntry {
  const submission = entry.active_submission ?? entry.recent_submission;
  const role = entry.role ? roleOf(entry.role.name, names) : undefined;
  const psaRate = entry.rate_in_cents === undefined || entry.rate_in_cents === null ? undefined : moneyOf(entry.rate_in_cents, entry);
  return {
    id: timeEntryId(entry.id, names),
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

export function expenseEntryOf(expense: KantataExpense, place: Place, names: KantataNames): ExpenseEntry {
  const submission = expense.active_submission ?? expense.recent_submission;
  return {
    id: expenseId(expense.id, names),
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
  const { source_value: value, source_currency: currency } = foreign;
  return money(foreignAmounts === 'units' ? value : new Decimal(value).div(10 ** minorUnits(currency)), currency);
}

const APPROVALS: Record<KantataSubmission['status'], Approval> = {
  new: 'pending',
  pending: 'pending',
  approved: 'approved',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

/**
 * The active submission says it. A time entry also says whether it is approved itself: not, in an approved submission, and it is still to
 * come; expenses say nothing (`approved` undefined). What a project that needs no approval has outside of a submission is as good as approved.
 */
function approvalOf(line: KantataLine, approved: boolean | undefined, needed: boolean | undefined): { approval: Approval; approvedAt?: string } {
  const { active_submission: active, recent_submission: recent } = line;
  const status = active ? APPROVALS[active.status] : undefined;
  if (status === 'approved' && approved !== false) {
    const at = active?.current_resolution_created_at_date;
    return { approval: 'approved', ...(at ? { approvedAt: new Date(at).toISOString() } : {}) };
  }
  if (status !== undefined) return { approval: status === 'approved' ? 'pending' : status };
  if (needed === false) return { approval: 'approved' };
  return { approval: recent && APPROVALS[recent.status] !== 'approved' ? APPROVALS[recent.status] : 'none' };
}

const personOf = (user: KantataUser | null | undefined): PersonInPsa => ({
  email: (user?.email_address ?? '').toLowerCase(),
  ...(user?.full_name ? { name: user.full_name } : {}),
});

const noteOf = ({ notes }: KantataLine): { note?: string } => (notes ? { note: cutText(notes, NOTE_LENGTH) } : {});

/** The line, and the submission that it was last part of, which is where the state of billing is told. */
function refsOf(line: KantataLine, type: string, submissionType: string, { account }: KantataNames): ExternalRef[] {
  const submission = line.active_submission ?? line.recent_submission;
  return [
    { system: 'kantata', account, type, nativeId: line.id },
    ...(submission ? [{ system: 'kantata', account, type: submissionType, nativeId: submission.id }] : []),
  ];
}

const moneyOf = (subunits: number, { currency, currency_base_unit }: { currency: string; currency_base_unit: number }): Money =>
  money(new Decimal(subunits).div(currency_base_unit), currency);

// ---- teams -----------------------------------------------------------------------------------------------------------------

/** The assignment of a member without scheduled hours, who may book at any time. */
export const openAssignmentId = (memberId: string, { account }: KantataNames): string =>
  mintId('assignment', 'kantata', account, 'workspace_resource', memberId);

export const allocationId = (nativeId: string, { account }: KantataNames): string =>
  mintId('assignment', 'kantata', account, 'workspace_allocation', nativeId);

/** A member's assignments: one for each of their allocations; without any, one with no end. */
export function assignmentsOf(member: KantataMember, allocations: KantataAllocation[], projectId: string, names: KantataNames): Assignment[] {
  const role = member.role_name ? roleOf(member.role_name, names) : undefined;
  const ref = (type: string, nativeId: string): ExternalRef => ({ system: 'kantata', account: names.account, type, nativeId });
  const assignment = {
    projectId,
    person: personOf(member.user),
    ...(role === undefined ? {} : { role }),
    refs: [ref('workspace_resource', member.id)],
  };
  if (allocations.length === 0) return [{ id: openAssignmentId(member.id, names), ...assignment }];
  return allocations.map(({ id, start_date, end_date }) => ({
    id: allocationId(id, names),
    ...assignment,
    ...(start_date === null ? {} : { startDate: start_date }),
    ...(end_date === null ? {} : { endDate: end_date }),
    refs: [...assignment.refs, ref('workspace_allocation', id)],
  }));
}
