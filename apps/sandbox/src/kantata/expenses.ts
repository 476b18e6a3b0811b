import { smallestUnits } from '../kit/index.js';
import type { Account, KantataRow } from './account.js';
import { unprocessable } from './answers.js';
import { currencyOf } from './rates.js';
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
  whole,
  without,
  type Fields,
  type FieldRule,
  type Resource,
} from './resource.js';
import { isActive, submissionOf } from './submission-state.js';
import { between, HIDDEN, includeSubmissions, isApproved, linesAllVisible, lineVisible, refuseClosed, refuseClosedDelete } from './time-entries.js';

/**
 * The value of one unit of a currency in millionths of a US dollar, by the account's own table. It
 * is independent of the ERP's rates.
 */
const WORTH: Record<string, number> = {
  USD: 1_000_000,
  GBP: 1_270_000,
  EUR: 1_085_000,
  CHF: 1_120_000,
  SEK: 95_000,
  PLN: 250_000,
  JPY: 6_600,
  KWD: 3_260_000,
};

/**
 * `source_value` in the smallest unit of `source_currency`. That it is, and not whole units, is a
 * choice of this sandbox.
 */
const foreign: FieldRule = value => {
  if (value === null) return null;
  const { source_value, source_currency } = value as Fields;
  if (typeof source_value !== 'number' || !Number.isInteger(source_value)) throw new Error('source_value is not a whole number');
  if (WORTH[String(source_currency)] === undefined) throw new Error(`source_currency ${String(source_currency)} is not known`);
  return { source_value, source_currency };
};

/** The amount in the project's currency, at the table's rate, half a unit up. */
function converted(amount: Fields, currency: unknown, day: unknown): { amount_in_cents: number; foreign_exchange_amount: Fields } {
  const from = BigInt(WORTH[String(amount.source_currency)]);
  const to = BigInt(WORTH[String(currency)] ?? 1_000_000);
  const worth = BigInt(amount.source_value as number) * from * BigInt(smallestUnits(String(currency)));
  const per = to * BigInt(smallestUnits(String(amount.source_currency)));
  const cents = (worth * 2n + per) / (per * 2n);
  const millionths = Number((from * 1_000_000n * 2n + to) / (to * 2n));
  return { amount_in_cents: Number(cents), foreign_exchange_amount: { date: day, rate: millionths / 1_000_000, ...amount } };
}

/**
 * An expense has `billable` when it is sent and `is_billable` when it is read; its submission
 * states whether it is approved.
 */
export const expenses: Resource = {
  plural: 'expenses',
  singular: 'expense',
  subject: 'Expense',
  noticed: true,
  bulk: 100,
  bulkDelete: 'ids',
  writes: ['create', 'update', 'delete'],
  required: {
    workspace_id: "Workspace can't be blank",
    date: "Date can't be blank",
    expense_category_id: "Expense category can't be blank",
    category: "Category can't be blank",
  },
  fields: {
    workspace_id: idOf('workspaces'),
    story_id: idOf('stories'),
    user_id: idOf('users'),
    role_id: idOf('roles'),
    date,
    expense_category_id: idOf('expense_categories'),
    category: text,
    amount_in_cents: whole,
    foreign_exchange_amount: foreign,
    billable: flag,
    reimbursable: flag,
    taxable: flag,
    notes: text,
    receipt_id: idOf('attachments'),
  },
  defaults: (sent, account) => ({
    story_id: null,
    user_id: account.me()?.id ?? null,
    role_id: null,
    amount_in_cents: null,
    foreign_exchange_amount: null,
    is_billable: account.get('stories', sent.story_id)?.billable ?? true,
    reimbursable: true,
    taxable: false,
    notes: null,
    receipt_id: null,
    approved: false,
    is_invoiced: false,
    recent_submission_id: null,
    invoice_id: null,
  }),
  check(row, before, account) {
    if (before) refuseClosed(before, account);
    if (row.billable !== undefined) row.is_billable = row.billable;
    delete row.billable;
    if (before && row.workspace_id !== before.workspace_id) Object.assign(row, { recent_submission_id: null, approved: false });
    const workspace = account.get('workspaces', row.workspace_id);
    if (workspace?.archived === true) throw unprocessable({ field: 'workspace_id', message: 'The project is archived' });
    price(row, before, workspace);
    if (row.amount_in_cents === null) throw unprocessable({ field: 'amount_in_cents', message: "Amount can't be blank" });
  },
  mayDelete: refuseClosedDelete,
  visible: lineVisible,
  allVisible: linesAllVisible(account => account.expensesOf),
  candidates(query, account) {
    const submissions = query.get('with_expense_report_id') ?? query.get('with_recent_expense_report_ids');
    if (submissions !== null) return idList(submissions).flatMap(id => account.expensesSubmittedWith(id));
    const workspaces = query.get('workspace_id');
    return workspaces === null ? undefined : idList(workspaces).flatMap(id => account.expensesOf(id));
  },
  shown: (row, account) => ({
    ...without(row, ...HIDDEN, 'approved', 'receipt_id', 'expense_category_id'),
    ...currencyOf(account, row.workspace_id),
  }),
  includes: {
    external_references: includeReferences('Expense'),
    workspace: includeOne('workspaces', 'workspace_id'),
    story: includeOne('stories', 'story_id'),
    user: includeOne('users', 'user_id'),
    role: includeOne('roles', 'role_id'),
    receipt: includeOne('attachments', 'receipt_id'),
    expense_category: includeOne('expense_categories', 'expense_category_id'),
    ...includeSubmissions('expense_report_submissions'),
  },
  filters: {
    workspace_id: equals('workspace_id'),
    with_expense_report_id: (row, value, account) => row.recent_submission_id === value && isActive(submissionOf(row, account)),
    with_recent_expense_report_ids: equals('recent_submission_id'),
    approved: (row, _, account) => isApproved(row, 'require_expense_approvals', account),
    submitted: (row, _, account) => isActive(submissionOf(row, account)),
    unsubmitted: (row, _, account) => !isActive(submissionOf(row, account)),
    invoiced: row => row.is_invoiced === true,
    uninvoiced: row => row.is_invoiced !== true,
    reimbursable: (row, value) => row.reimbursable === on(value),
  },
  ranges: { date_expensed_between: between('date') },
  orders: ['date', 'created_at'],
  defaultOrder: 'date:desc',
};

/**
 * A foreign amount overrides `amount_in_cents`; an amount that is sent alone later takes the
 * foreign one's place.
 */
function price(row: Fields, before: KantataRow | null, workspace: KantataRow | undefined): void {
  if (before && row.foreign_exchange_amount === before.foreign_exchange_amount && row.amount_in_cents !== before.amount_in_cents)
    row.foreign_exchange_amount = null;
  if (row.foreign_exchange_amount === null) return;
  const { source_value, source_currency } = row.foreign_exchange_amount as Fields;
  Object.assign(row, converted({ source_value, source_currency }, workspace?.currency, row.date));
}

/** The account's own list. */
export const expenseCategories: Resource = {
  plural: 'expense_categories',
  singular: 'expense_category',
  writes: [],
  fields: {},
  shown: row => row,
  includes: {},
  filters: { matching: (row, value) => String(row.name).toLowerCase().includes(value.toLowerCase()) },
  orders: ['name', 'created_at'],
  defaultOrder: 'name:asc',
};

/** A receipt's place: real files are sent as forms, the sandbox takes their name alone. */
export const attachments: Resource = {
  plural: 'attachments',
  singular: 'attachment',
  writes: ['create'],
  required: { filename: "Filename can't be blank" },
  fields: { filename: text, type: text },
  defaults: (_, account: Account) => ({ type: 'receipt', user_id: account.me()?.id ?? null }),
  shown: row => without(row, 'user_id'),
  includes: {},
  filters: {},
  orders: ['created_at'],
  defaultOrder: 'created_at:desc',
};
