import type { ExpenseEntry, Shape, TimeEntry } from '#canonical';
import type { KantataNames } from '../kantata-names.js';
import { expenseEntryOf, expenseId, timeEntryId, timeEntryOf } from './lines.mapper.js';
import type { LineKind } from './lines.js';
import type { KantataExpense, KantataLine, KantataTimeEntry } from './lines.wire.js';

const LINE: Shape<KantataLine> = {
  workspace_id: 'id',
  story_id: 'id?',
  notes: 'text?',
  currency: 'currency',
  currency_base_unit: 'positive',
  is_invoiced: 'flag?',
  updated_at: 'instant',
};

export const timeEntryKind = (names: KantataNames): LineKind<KantataTimeEntry, TimeEntry> => ({
  plural: 'time_entries',
  model: 'time-entry',
  submissions: 'timesheet_submissions',
  idsOf: ({ time_entry_ids: ids = [] }) => ids,
  everySubmission: {},
  everyLine: { from_archived_workspaces: true, on_my_account: true },
  between: 'date_performed_between',
  ofSubmissions: 'with_recent_timesheet_ids',
  byChange: 'updated_at:asc',
  byDay: 'date_performed:asc',
  include: 'workspace,user,story,role,active_submission,recent_submission,external_references',
  associations: {
    workspace: 'workspaces',
    user: 'users',
    role: 'roles',
    active_submission: 'timesheet_submissions',
    recent_submission: 'timesheet_submissions',
  },
  shape: {
    ...LINE,
    date_performed: 'day',
    time_in_minutes: 'number',
    billable: 'flag',
    approved: 'flag',
    rate_in_cents: 'number?',
    location: 'text?',
  },
  deleted: 'time_entry:deleted',
  idOf: nativeId => timeEntryId(nativeId, names),
  map: (entry, place) => timeEntryOf(entry, place, names),
});

export const expenseKind = (names: KantataNames): LineKind<KantataExpense, ExpenseEntry> => ({
  plural: 'expenses',
  model: 'expense',
  submissions: 'expense_report_submissions',
  idsOf: ({ expense_ids: ids = [] }) => ids,
  everySubmission: { all_on_account: true },
  everyLine: { from_archived_workspaces: true },
  between: 'date_expensed_between',
  ofSubmissions: 'with_recent_expense_report_ids',
  byDay: 'date:asc',
  include: 'workspace,user,role,story,receipt,expense_category,active_submission,recent_submission,external_references',
  associations: {
    workspace: 'workspaces',
    user: 'users',
    role: 'roles',
    active_submission: 'expense_report_submissions',
    recent_submission: 'expense_report_submissions',
  },
  shape: { ...LINE, date: 'day', category: 'text', amount_in_cents: 'number', is_billable: 'flag', reimbursable: 'flag', receipt_id: 'id?' },
  deleted: 'expense:deleted',
  idOf: nativeId => expenseId(nativeId, names),
  map: (expense, place) => expenseEntryOf(expense, place, names),
});
