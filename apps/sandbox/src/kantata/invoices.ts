import { plusDays } from '../firm/days.js';
import type { Account, KantataRow } from './account.js';
import { unprocessable } from './answers.js';
import { expenses } from './expenses.js';
import { currencyOf, worth } from './rates.js';
import {
  date,
  equals,
  flag,
  idList,
  includeMany,
  includeOne,
  includeReferences,
  passed,
  text,
  whole,
  without,
  type Fields,
  type Resource,
  type Writer,
} from './resource.js';
import { isApproved, timeEntries } from './time-entries.js';

/** Items with an amount of their own, in whole currency units. */
const itemsOf = (sent: unknown): Fields[] => (Array.isArray(sent) ? (sent as Fields[]) : []);

/** Invoices of a project's time and expenses, and of items with their own amounts. */
export const invoices: Resource = {
  plural: 'invoices',
  singular: 'invoice',
  subject: 'Invoice',
  noticed: true,
  writes: ['create', 'update'],
  required: { payment_schedule: "Payment schedule can't be blank" },
  fields: {
    workspace_id: passed,
    workspace_ids: passed,
    time_entry_ids: passed,
    expense_ids: passed,
    billing_milestone_ids: passed,
    fixed_fee_items: passed,
    additional_items: passed,
    payment_schedule: whole,
    invoice_date: date,
    draft: flag,
    user_invoice_number: text,
    user_invoice_title: text,
    message: text,
    purchase_order: text,
    project_code: text,
  },
  defaults: (sent, account) => ({
    ...composed(sent, account),
    status: 'new',
    draft: false,
    number: account.table('invoices').size + 1,
    invoice_date: account.now().slice(0, 10),
    user_invoice_number: null,
    user_invoice_title: null,
    message: null,
    purchase_order: null,
    project_code: null,
    tax_rate: null,
    user_id: account.me()?.id ?? null,
    recipient_id: null,
  }),
  check(row, before) {
    if (before?.status === 'cancelled') throw unprocessable({ field: 'base', message: 'A cancelled invoice cannot be changed' });
    row.due_date = plusDays(row.invoice_date as string, row.payment_schedule as number);
  },
  after(row, before, sent, _, writer) {
    if (before === null) {
      for (const line of linesOf(timeEntries, sent.time_entry_ids, writer.account)) invoiced(timeEntries, line, row.id, writer);
      for (const line of linesOf(expenses, sent.expense_ids, writer.account)) invoiced(expenses, line, row.id, writer);
    }
    return row;
  },
  actions: { cancel },
  shown: (row, account) => ({
    ...without(row, 'workspace_ids', 'user_id', 'recipient_id', 'number', 'items', 'billing_milestone_ids'),
    ...currencyOf(account, (row.workspace_ids as string[])[0]),
    title: `${row.draft === true ? 'Draft ' : ''}Invoice #${String(row.number)}`,
  }),
  includes: {
    external_references: includeReferences('Invoice'),
    time_entries: includeMany('time_entries', 'time_entry_ids', (row, account) => account.timeOn(row.id)),
    expenses: includeMany('expenses', 'expense_ids', (row, account) => account.expensesOn(row.id)),
    billing_milestones: includeMany('billing_milestones', 'billing_milestone_ids', (row, account) =>
      (row.billing_milestone_ids as string[]).flatMap(id => account.get('billing_milestones', id) ?? []),
    ),
    workspaces: includeMany('workspaces', 'workspace_ids', (row, account) =>
      (row.workspace_ids as string[]).flatMap(id => account.get('workspaces', id) ?? []),
    ),
    user: includeOne('users', 'user_id'),
    recipient: includeOne('users', 'recipient_id'),
  },
  filters: {
    workspace_id: (row, value) => idList(value).some(id => (row.workspace_ids as string[]).includes(id)),
    user_invoice_number: equals('user_invoice_number'),
    paid: row => row.status === 'accepted payment',
    pending: row => row.status !== 'accepted payment' && row.draft !== true,
    without_drafts: row => row.draft !== true,
  },
  ranges: {
    within_dates: value => {
      const [from, upTo] = value.split(':');
      return { field: 'invoice_date', from, upTo };
    },
  },
  orders: ['created_at', 'updated_at'],
  defaultOrder: 'created_at:desc',
};

/**
 * The invoice's projects and total. Every line must exist, belong to those projects, be approved if
 * they require that, and be free.
 */
function composed(sent: Fields, account: Account): Fields {
  const workspaceIds = idList(sent.workspace_ids ?? sent.workspace_id);
  for (const id of workspaceIds)
    if (!account.get('workspaces', id)) throw unprocessable({ field: 'workspace_ids', message: `workspace ${id} does not exist` });
  if (workspaceIds.length === 0) throw unprocessable({ field: 'workspace_id', message: "Workspace can't be blank" });
  const time = linesOf(timeEntries, sent.time_entry_ids, account);
  const spent = linesOf(expenses, sent.expense_ids, account);
  const milestones = idList(sent.billing_milestone_ids).map(id => milestone(id, account));
  const items = [...itemsOf(sent.fixed_fee_items), ...itemsOf(sent.additional_items)];
  if (time.length + spent.length + milestones.length + items.length === 0)
    throw unprocessable({ field: 'base', message: 'An invoice needs at least one item' });
  for (const line of time) refuseUnready(line, 'time_entry_ids', 'require_time_approvals', workspaceIds, account);
  for (const line of spent) refuseUnready(line, 'expense_ids', 'require_expense_approvals', workspaceIds, account);
  const cents = [
    ...time.map(line => worth((line.rate_in_cents as number | null) ?? 0, line.time_in_minutes as number)),
    ...spent.map(line => line.amount_in_cents as number),
    ...milestones.map(row => row.amount_in_cents as number),
    ...items.map(({ amount }) => Math.round(Number(amount) * currencyOf(account, workspaceIds[0]).currency_base_unit)),
  ];
  return {
    workspace_ids: workspaceIds,
    items,
    billing_milestone_ids: milestones.map(({ id }) => id),
    balance_in_cents: cents.reduce((a, b) => a + b, 0),
  };
}

function linesOf(resource: Resource, ids: unknown, account: Account): KantataRow[] {
  return [...new Set(idList(ids))].map(id => {
    const line = account.get(resource.plural, id);
    if (!line) throw unprocessable({ field: `${resource.singular}_ids`, message: `${resource.singular} ${id} does not exist` });
    return line;
  });
}

function milestone(id: string, account: Account): KantataRow {
  const row = account.get('billing_milestones', id);
  if (!row) throw unprocessable({ field: 'billing_milestone_ids', message: `billing_milestone ${id} does not exist` });
  return row;
}

function refuseUnready(line: KantataRow, field: string, need: string, workspaceIds: string[], account: Account): void {
  const refuse = (message: string) => unprocessable({ field, message: `${line.id} ${message}` });
  if (!workspaceIds.includes(line.workspace_id as string)) throw refuse('belongs to another project');
  if (line.is_invoiced === true) throw refuse('has been invoiced');
  if (account.choices.invoicingUnapproved === 'refused' && !isApproved(line, need, account)) throw refuse('has not been approved');
}

const invoiced = (resource: Resource, line: KantataRow, invoiceId: string, writer: Writer): KantataRow =>
  writer.change(resource, line, { is_invoiced: true, invoice_id: invoiceId });

/** Its lines are free again. */
function cancel(row: KantataRow, _: Fields, writer: Writer): KantataRow {
  if (row.status !== 'new') throw unprocessable({ field: 'base', message: `This invoice is already ${String(row.status)}` });
  for (const line of writer.account.timeOn(row.id)) writer.change(timeEntries, line, { is_invoiced: false, invoice_id: null });
  for (const line of writer.account.expensesOn(row.id)) writer.change(expenses, line, { is_invoiced: false, invoice_id: null });
  return writer.change(invoices, row, { status: 'cancelled' });
}
