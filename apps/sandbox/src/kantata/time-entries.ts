import type { Account, KantataRow } from './account.js';
import { unprocessable } from './answers.js';
import { cardRate, currencyOf, roleOn } from './rates.js';
import {
  date,
  equals,
  flag,
  idList,
  idOf,
  includeOne,
  includeReferences,
  on,
  text,
  without,
  whole,
  type Fields,
  type Include,
  type Range,
  type Resource,
} from './resource.js';
import { isActive, submissionOf } from './submission-state.js';

/** Fields that lines of time and of expense keep for themselves, shown by include alone. */
export const HIDDEN = ['workspace_id', 'story_id', 'user_id', 'role_id', 'recent_submission_id', 'invoice_id'];

/**
 * `active_submission` is pending or approved; `recent_submission` may also be rejected or
 * cancelled.
 */
export const includeSubmissions = (plural: 'timesheet_submissions' | 'expense_report_submissions'): Record<string, Include> => ({
  active_submission: {
    key: plural,
    field: 'active_submission_id',
    many: false,
    of: (row, account) => [submissionOf(row, account)].filter(found => found !== undefined).filter(isActive),
  },
  recent_submission: {
    key: plural,
    field: 'recent_submission_id',
    many: false,
    of: (row, account) => [submissionOf(row, account)].filter(found => found !== undefined),
  },
});

/** Lines of an approved submission, and those on an invoice, are closed; how far is a choice. */
export function refuseClosed(row: KantataRow, account: Account): void {
  const { changingApproved, changingInvoiced } = account.choices;
  if (row.is_invoiced === true && changingInvoiced === 'refused') throw unprocessable({ field: 'base', message: 'It has been invoiced' });
  if (row.approved === true && changingApproved === 'refused')
    throw unprocessable({ field: 'base', message: 'It has been approved; reject or cancel its submission first' });
}

export function refuseClosedDelete(row: KantataRow, account: Account): void {
  if (row.is_invoiced === true) throw unprocessable({ field: 'base', message: 'It has been invoiced' });
  refuseClosed(row, account);
}

/** Archived projects' lines are hidden unless asked for. */
export const lineVisible = (row: KantataRow, query: URLSearchParams, account: Account): boolean =>
  on(query.get('from_archived_workspaces')) || account.get('workspaces', row.workspace_id)?.archived !== true;

export const linesAllVisible =
  (linesOf: (account: Account) => (workspaceId: string) => KantataRow[]) =>
  (query: URLSearchParams, account: Account): boolean =>
    on(query.get('from_archived_workspaces')) || account.archivedWorkspaces().every(({ id }) => linesOf(account)(id).length === 0);

/** `2026-10-01:2026-10-31`, both days included. */
export const between =
  (field: string) =>
  (value: string): Range => {
    const [from, upTo] = value.split(':');
    return { field, from, upTo };
  };

/** `approved` also means lines of projects that need no approval. */
export const isApproved = (row: KantataRow, need: string, account: Account): boolean =>
  row.approved === true || account.get('workspaces', row.workspace_id)?.[need] === false;

export const timeEntries: Resource = {
  plural: 'time_entries',
  singular: 'time_entry',
  subject: 'TimeEntry',
  noticed: true,
  bulk: 100,
  bulkDelete: 'nothing',
  writes: ['create', 'update', 'delete'],
  required: { workspace_id: "Workspace can't be blank", date_performed: "Date performed can't be blank", time_in_minutes: "Time can't be blank" },
  fields: {
    workspace_id: idOf('workspaces'),
    story_id: idOf('stories'),
    user_id: idOf('users'),
    role_id: idOf('roles'),
    date_performed: date,
    time_in_minutes: whole,
    rate_in_cents: whole,
    billable: flag,
    taxable: flag,
    notes: text,
    location: text,
  },
  defaults: (sent, account) => ({
    story_id: null,
    user_id: account.me()?.id ?? null,
    role_id: null,
    rate_in_cents: null,
    cost_rate_in_cents: null,
    billable: account.get('stories', sent.story_id)?.billable ?? true,
    taxable: false,
    notes: null,
    location: null,
    approved: false,
    is_invoiced: false,
    recent_submission_id: null,
    invoice_id: null,
  }),
  check(row, before, account) {
    if (before) refuseClosed(before, account);
    if ((row.time_in_minutes as number) < 0) throw unprocessable({ field: 'time_in_minutes', message: 'must not be negative' });
    if (before && row.workspace_id !== before.workspace_id) moved(row, before);
    const story = account.get('stories', row.story_id);
    if (story && story.workspace_id !== row.workspace_id) throw unprocessable({ field: 'story_id', message: 'The task belongs to another project' });
    const workspace = account.get('workspaces', row.workspace_id);
    if (workspace?.archived === true) throw unprocessable({ field: 'workspace_id', message: 'The project is archived' });
    row.role_id ??= roleOn(account, row.workspace_id as string, row.user_id);
    row.rate_in_cents ??= cardRate(account, workspace, row.role_id, row.date_performed as string);
  },
  mayDelete: refuseClosedDelete,
  visible: lineVisible,
  allVisible: linesAllVisible(account => account.timeOf),
  candidates(query, account) {
    const [by, ids] = byIndex(query);
    const lookUps = { workspace: account.timeOf, user: account.timeBy, submission: account.timeSubmittedWith, invoice: account.timeOn };
    return by && ids.flatMap(id => lookUps[by](id));
  },
  shown: (row, account) => ({ ...without(row, ...HIDDEN), ...currencyOf(account, row.workspace_id) }),
  includes: {
    external_references: includeReferences('TimeEntry'),
    workspace: includeOne('workspaces', 'workspace_id'),
    story: includeOne('stories', 'story_id'),
    user: includeOne('users', 'user_id'),
    role: includeOne('roles', 'role_id'),
    invoice: includeOne('invoices', 'invoice_id'),
    ...includeSubmissions('timesheet_submissions'),
  },
  filters: {
    workspace_id: equals('workspace_id'),
    workspace_ids: equals('workspace_id'),
    with_user_ids: equals('user_id'),
    with_timesheet_id: (row, value, account) => row.recent_submission_id === value && isActive(submissionOf(row, account)),
    with_recent_timesheet_ids: equals('recent_submission_id'),
    in_active_submission: (row, value, account) => isActive(submissionOf(row, account)) === on(value),
    in_active_invoice_id: equals('invoice_id'),
    billable: (row, value) => row.billable === on(value),
    // These three become true whatever value is sent.
    approved: (row, _, account) => isApproved(row, 'require_time_approvals', account),
    invoiced: row => row.is_invoiced === true,
    uninvoiced: row => row.is_invoiced !== true,
  },
  ranges: { date_performed_between: between('date_performed') },
  orders: ['date_performed', 'created_at', 'updated_at'],
  defaultOrder: 'date_performed:desc',
};

/**
 * A line that moves to another project leaves the task, the submission and the rate of the old one
 * behind.
 */
function moved(row: Fields, before: KantataRow): void {
  if (row.story_id === before.story_id) row.story_id = null;
  row.recent_submission_id = null;
  row.approved = false;
  if (row.role_id === before.role_id) row.role_id = null;
  if (row.rate_in_cents === before.rate_in_cents) row.rate_in_cents = null;
}

type By = 'workspace' | 'user' | 'submission' | 'invoice';

/** The narrowest index that a query names. */
function byIndex(query: URLSearchParams): [By | undefined, string[]] {
  const names: [string, By][] = [
    ['with_timesheet_id', 'submission'],
    ['with_recent_timesheet_ids', 'submission'],
    ['in_active_invoice_id', 'invoice'],
    ['with_user_ids', 'user'],
    ['workspace_id', 'workspace'],
    ['workspace_ids', 'workspace'],
  ];
  const named = names.find(([name]) => query.has(name));
  return named ? [named[1], idList(query.get(named[0]))] : [undefined, []];
}
