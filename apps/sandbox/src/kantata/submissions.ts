import { mondayOf, plusDays } from '../firm/days.js';
import { decimalsOf } from '../kit/index.js';
import type { Account, KantataRow } from './account.js';
import { badRequest, unprocessable } from './answers.js';
import { expenses } from './expenses.js';
import { currencyOf, worth } from './rates.js';
import {
  equals,
  idList,
  idOf,
  includeMany,
  includeOne,
  includeReferences,
  on,
  passed,
  text,
  without,
  type Action,
  type Fields,
  type Resource,
  type Writer,
} from './resource.js';
import { isActive, submissionOf } from './submission-state.js';
import { timeEntries } from './time-entries.js';

/** The actions on a submission, the states they lead to, and the names of their records. */
const VERBS = {
  approve: { status: 'approved', type: 'approval' },
  reject: { status: 'rejected', type: 'rejection' },
  cancel: { status: 'cancelled', type: 'cancellation' },
} as const;
export type Verb = keyof typeof VERBS;

/** A kind of submission: of time as timesheets, of expenses as reports. */
interface Kind {
  type: 'TimesheetSubmission' | 'ExpenseReportSubmission';
  lines: Resource;
  day: string;
  linesOf(account: Account, submissionId: string): KantataRow[];
  cents(line: KantataRow): number;
}

const TIME: Kind = {
  type: 'TimesheetSubmission',
  lines: timeEntries,
  day: 'date_performed',
  linesOf: (account, id) => account.timeSubmittedWith(id),
  cents: line => (line.billable === true ? worth((line.rate_in_cents as number | null) ?? 0, line.time_in_minutes as number) : 0),
};
const EXPENSES: Kind = {
  type: 'ExpenseReportSubmission',
  lines: expenses,
  day: 'date',
  linesOf: (account, id) => account.expensesSubmittedWith(id),
  cents: line => line.amount_in_cents as number,
};

/** What both kinds have in common. A submission shows `pending` where the filter says `new`. */
function common(kind: Kind): Omit<Resource, 'plural' | 'singular' | 'noticed' | 'orders' | 'defaultOrder'> {
  return {
    subject: 'Submission',
    series: 'submissions',
    writes: ['create'],
    required: { line_item_ids: "Line items can't be blank", title: "Title can't be blank", workspace_id: "Workspace can't be blank" },
    fields: { line_item_ids: passed, title: text, workspace_id: idOf('workspaces'), user_id: idOf('users'), comment: text },
    defaults: (sent, account) => ({ ...opened(kind, sent, account), status: 'pending', comment: null, ...unresolved }),
    check(row, _, account) {
      const workspace = account.get('workspaces', row.workspace_id);
      if (workspace?.archived === true) throw unprocessable({ field: 'workspace_id', message: 'The project is archived' });
    },
    // The lines belong to this submission alone from now on; they themselves have not changed.
    after(row, _, sent, account) {
      for (const line of linesSent(kind, sent, row.workspace_id as string, row.user_id, account))
        account.amend(kind.lines.plural, line, { recent_submission_id: row.id, approved: false });
      return row;
    },
    actions: { approve: action(kind, 'approve'), reject: action(kind, 'reject'), cancel: action(kind, 'cancel') },
    shown: (row, account) => shown(kind, row, account),
    includes: {
      user: includeOne('users', 'user_id'),
      workspace: includeOne('workspaces', 'workspace_id'),
      external_references: includeReferences('Submission'),
    },
    filters: {
      statuses: equals('filter_status'),
      active: row => isActive(row),
      not_cancelled: row => row.status !== 'cancelled',
      start_date: equals('start_date'),
      start_date_after: (row, value) => String(row.start_date) > value,
      end_date: equals('end_date'),
      user_ids: equals('user_id'),
      workspace_ids: equals('workspace_id'),
    },
  };
}

export const timesheetSubmissions: Resource = {
  ...common(TIME),
  plural: 'timesheet_submissions',
  singular: 'timesheet_submission',
  noticed: 'TimesheetSubmission',
  includes: {
    ...common(TIME).includes,
    time_entries: includeMany('time_entries', 'time_entry_ids', (row, account) => account.timeSubmittedWith(row.id)),
  },
  orders: ['date'],
  orderFields: { date: 'start_date' },
  defaultOrder: 'date:desc',
};

export const expenseReportSubmissions: Resource = {
  ...common(EXPENSES),
  plural: 'expense_report_submissions',
  singular: 'expense_report_submission',
  noticed: 'ExpenseReportSubmission',
  // Without `all_on_account` only those of the caller's own projects.
  visible: (row, query, account) =>
    on(query.get('all_on_account')) || account.participationsIn(row.workspace_id as string).some(one => one.user_id === account.me()?.id),
  allVisible: query => on(query.get('all_on_account')),
  shown: (row, account) => without({ ...shown(EXPENSES, row, account), locked: false }, 'start_date', 'end_date'),
  includes: {
    ...common(EXPENSES).includes,
    expenses: includeMany('expenses', 'expense_ids', (row, account) => account.expensesSubmittedWith(row.id)),
    resolutions: includeMany('resolutions', 'resolution_ids', (row, account) => account.resolutionsOf(row.id)),
  },
  orders: ['created_at'],
  defaultOrder: 'created_at:desc',
};

/** Read through the submissions they belong to. */
export const resolutions: Resource = {
  plural: 'resolutions',
  singular: 'resolution',
  writes: [],
  fields: {},
  shown: row => row,
  includes: {},
  filters: {},
  orders: ['created_at'],
  defaultOrder: 'created_at:asc',
};

const unresolved = {
  filter_status: 'new',
  current_resolution_created_at_date: null,
  current_resolution_creator_id: null,
  current_resolution_description: null,
};

/** Its days and its person: the lines' own person unless another is named. */
function opened(kind: Kind, sent: Fields, account: Account): Fields {
  const lines = idList(sent.line_item_ids).flatMap(id => account.get(kind.lines.plural, id) ?? []);
  const days = lines.map(line => String(line[kind.day])).sort();
  const userId = lines[0]?.user_id ?? account.me()?.id ?? null;
  const week = days.length === 0 ? null : { start_date: mondayOf(days[0]), end_date: plusDays(mondayOf(days.at(-1)!), 6) };
  return { type: kind.type, user_id: userId, start_date: null, end_date: null, ...week };
}

/**
 * The lines as they are now: of this project and person, and in no submission that is pending or
 * approved.
 */
function linesSent(kind: Kind, sent: Fields, workspaceId: string, userId: unknown, account: Account): KantataRow[] {
  const ids = idList(sent.line_item_ids);
  if (ids.length === 0) throw unprocessable({ field: 'line_item_ids', message: "Line items can't be blank" });
  return ids.map(id => {
    const line = account.get(kind.lines.plural, id);
    const refuse = (message: string) => unprocessable({ field: 'line_item_ids', message: `${kind.lines.singular} ${id} ${message}` });
    if (!line) throw refuse('does not exist');
    if (line.workspace_id !== workspaceId) throw refuse('belongs to another project');
    if (line.user_id !== userId) throw refuse('belongs to another person');
    if (isActive(submissionOf(line, account))) throw refuse('is in an active submission');
    return line;
  });
}

function shown(kind: Kind, row: KantataRow, account: Account): Fields {
  const total = kind.linesOf(account, row.id).reduce((sum, line) => sum + kind.cents(line), 0);
  const money = currencyOf(account, row.workspace_id);
  const pending = row.status === 'pending';
  const fallsBack = row.status === 'approved' && account.choices.resolvingApproved === 'falls-back';
  return {
    ...without(row, 'user_id', 'workspace_id', 'filter_status'),
    ...money,
    line_item_total_in_cents: total,
    line_item_total_formatted: `${(total / money.currency_base_unit).toFixed(decimalsOf(String(money.currency)))} ${String(money.currency)}`,
    permissions: {
      can_approve_submission: pending,
      can_reject_submission: pending || fallsBack,
      can_cancel_submission: pending || fallsBack,
      can_resubmit_submission: !isActive(row),
    },
  };
}

/**
 * Approves, rejects or cancels. Whether an approved submission may be rejected or cancelled is a
 * named choice; its lines are then no longer approved. A rejected or cancelled submission stays so:
 * its lines are submitted again with another.
 */
function resolved(kind: Kind, verb: Verb, row: KantataRow, body: Fields, writer: Writer): KantataRow {
  const { account } = writer;
  const may = row.status === 'pending' || (verb !== 'approve' && row.status === 'approved' && account.choices.resolvingApproved === 'falls-back');
  if (!may) throw unprocessable({ field: 'base', message: `This submission is already ${String(row.status)}` });
  const { status } = VERBS[verb];
  const description = descriptionOf(body);
  const resource = kind === TIME ? timesheetSubmissions : expenseReportSubmissions;
  const changed = writer.change(resource, row, {
    status,
    filter_status: status,
    current_resolution_created_at_date: account.now(),
    current_resolution_creator_id: account.me()?.id ?? null,
    current_resolution_description: description,
  });
  const approved = verb === 'approve';
  for (const line of kind.linesOf(account, row.id)) {
    if (line.approved === approved) continue;
    if (account.choices.approvalMovesLines) writer.change(kind.lines, line, { approved });
    else writer.amend(kind.lines, line, { approved });
  }
  note(verb, row, description, kind, account);
  return changed;
}

function action(kind: Kind, verb: Verb): Action {
  return (row, body, writer) => resolved(kind, verb, row, body, writer);
}

const descriptionOf = (body: Fields): unknown => (body.resolution as Fields | undefined)?.description ?? null;

/**
 * The record of a decision, stored with the submission; the record before it is no longer the
 * current one.
 */
function note(verb: Verb, submission: KantataRow, description: unknown, kind: Kind, account: Account): KantataRow {
  for (const old of account.resolutionsOf(submission.id)) if (old.current === true) account.change('resolutions', old, { current: false });
  return account.insert('resolutions', {
    type: VERBS[verb].type,
    description,
    target_type: kind.type,
    target_id: submission.id,
    user_id: account.me()?.id ?? null,
    account_id: account.id,
    current: true,
  });
}

/**
 * `POST /timesheet_approvals` and so on: all of the submissions or none. Answers a plain array with
 * ids as numbers.
 */
export function resolveMany(verb: Verb, body: Fields, writer: Writer): { resolutions: Fields[] } {
  const { account } = writer;
  const ids = idList((body.resolution as Fields | undefined)?.submission_ids);
  if (ids.length === 0) throw badRequest('resolution.submission_ids is missing');
  const made = ids.map(id => {
    const row = account.get('timesheet_submissions', id);
    if (!row) throw unprocessable({ field: 'submission_ids', message: `Submission ${id} does not exist` });
    resolved(TIME, verb, row, body, writer);
    return account.resolutionsOf(id).find(({ current }) => current === true)!;
  });
  const numbers = ['id', 'target_id', 'user_id', 'account_id'];
  return {
    resolutions: made.map(row =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [name, numbers.includes(name) ? Number(value) : value])),
    ),
  };
}

export const BULK_RESOLUTIONS: Record<string, Verb> = {
  timesheet_approvals: 'approve',
  timesheet_rejections: 'reject',
  timesheet_cancellations: 'cancel',
};
