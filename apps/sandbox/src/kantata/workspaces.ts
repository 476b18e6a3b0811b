import { decimalsOf, smallestUnits } from '../kit/index.js';
import { unprocessable } from './answers.js';
import type { Account, KantataRow } from './account.js';
import {
  date,
  equals,
  flag,
  idOf,
  includeMany,
  includeOne,
  includeReferences,
  includeValues,
  on,
  oneOf,
  shortText,
  text,
  type Fields,
  type Resource,
} from './resource.js';
import { expenses } from './expenses.js';
import { timeEntries } from './time-entries.js';

const ACTIVE_STATUS = { color: 'green', key: 300, message: 'Active' };

/** An amount in whole currency units; read back as a display string and in the smallest unit. */
function units(price: unknown, account: Account): number {
  const amount = typeof price === 'string' ? Number(price) : price;
  if (typeof amount !== 'number' || !Number.isFinite(amount)) throw new Error('is not a number');
  if (account.choices.priceWithCents === 'refused' && !Number.isInteger(amount)) throw new Error('must be a whole amount');
  return amount;
}

function display(minor: number, currency: string): string {
  const digits = decimalsOf(currency);
  const format = new Intl.NumberFormat('en-US', { style: 'currency', currency, minimumFractionDigits: digits, maximumFractionDigits: digits });
  return format.format(minor / smallestUnits(currency));
}

/** Archived projects are hidden unless asked for. */
export function workspaceVisible(row: KantataRow, query: URLSearchParams): boolean {
  const archived = on(query.get('include_archived')) ? 'include' : (query.get('archived') ?? 'exclude');
  return archived === 'include' || (archived === 'only') === (row.archived === true);
}

export const workspaces: Resource = {
  plural: 'workspaces',
  singular: 'workspace',
  subject: 'Workspace',
  noticed: true,
  bulk: 100,
  writes: ['create', 'update', 'delete'],
  deletedWith: [
    { resource: timeEntries, of: (row, account) => account.timeOf(row.id) },
    { resource: expenses, of: (row, account) => account.expensesOf(row.id) },
  ],
  required: { title: 'Please give your project a title' },
  fields: {
    title: text,
    description: text,
    budgeted: flag,
    price: (price, account) => units(price, account),
    currency: shortText(4),
    rate_card_id: idOf('rate_cards'),
    start_date: date,
    due_date: date,
    stage: oneOf('estimate', 'project'),
    access_level: oneOf('invitation', 'open', 'admins'),
    creator_role: oneOf('maven', 'consultant', 'buyer', 'client'),
    require_time_approvals: flag,
    require_expense_approvals: flag,
    tasks_default_non_billable: flag,
    change_orders_enabled: flag,
    archived: flag,
    participations: members,
  },
  defaults: (_, account) => ({
    description: null,
    account_id: account.id,
    archived: false,
    access_level: 'invitation',
    budgeted: false,
    currency: 'USD',
    price_in_cents: 0,
    rate_card_id: null,
    start_date: null,
    due_date: null,
    stage: 'project',
    status: ACTIVE_STATUS,
    require_time_approvals: true,
    require_expense_approvals: true,
    change_orders_enabled: false,
  }),
  check(row, before, account) {
    if (row.archived === true && before === null) throw unprocessable({ field: 'archived', message: 'A new project cannot be archived' });
    delete row.participations;
    const card = account.get('rate_cards', row.rate_card_id);
    // A rate card determines the currency; the sent currency is then ignored.
    if (card && before === null) row.currency = card.currency;
    if (card && card.currency !== row.currency)
      throw unprocessable({ field: 'rate_card_id', message: "Rate card currency must match the project's currency" });
    if (row.price !== undefined) row.price_in_cents = Math.round((row.price as number) * smallestUnits(row.currency as string));
    delete row.price;
    if (row.start_date && row.due_date && (row.start_date as string) > (row.due_date as string))
      throw unprocessable({ field: 'due_date', message: 'Due date must be after the start date' });
  },
  after(row, before, sent, account) {
    if (before === null)
      for (const member of participants(sent, account)) account.insert('participations', { workspace_id: row.id, role_id: null, ...member });
    return row;
  },
  visible: workspaceVisible,
  shown: row => ({
    ...row,
    currency_symbol: row.currency,
    currency_base_unit: smallestUnits(row.currency as string),
    price: display(row.price_in_cents as number, row.currency as string),
    rate_card_id: row.rate_card_id === null ? null : Number(row.rate_card_id),
    account_id: Number(row.account_id),
    access_level: row.access_level === 'admins' ? 'admin' : row.access_level,
  }),
  optional: { minutes_logged: (row, account) => account.timeOf(row.id).reduce((sum, entry) => sum + (entry.time_in_minutes as number), 0) },
  includes: {
    external_references: includeReferences('Workspace'),
    custom_field_values: includeValues('Workspace'),
    participations: includeMany('participations', 'participation_ids', (row, account) => account.participationsIn(row.id)),
    participants: includeMany('users', 'participant_ids', (row, account) =>
      account.participationsIn(row.id).map(one => account.get('users', one.user_id)!),
    ),
    workspace_resources: includeMany('workspace_resources', 'workspace_resource_ids', (row, account) =>
      account.resourcesOf(row.id).filter(one => one.user_id !== null),
    ),
    workspace_resources_with_unnamed: includeMany('workspace_resources', 'workspace_resources_with_unnamed_ids', (row, account) =>
      account.resourcesOf(row.id),
    ),
    billing_milestones: includeMany('billing_milestones', 'billing_milestone_ids', (row, account) =>
      account
        .table('billing_milestones')
        .all()
        .filter(one => one.workspace_id === row.id),
    ),
  },
  filters: {
    stage: equals('stage'),
    matching: (row, value) => String(row.title).toLowerCase().includes(value.toLowerCase()),
    budgeted: (row, value) => row.budgeted === on(value),
  },
  orders: ['updated_at', 'created_at', 'title', 'start_date', 'due_date'],
  defaultOrder: 'updated_at:desc',
};

function members(sent: unknown, account: Account): Fields[] {
  if (!Array.isArray(sent)) throw new Error('must be a list');
  return (sent as { user_id: unknown; access?: string }[]).map(({ user_id, access }) => ({
    user_id: idOf('users')(user_id, account),
    access: access ?? 'edit_time_and_expenses',
  }));
}

/** The creator is a participant, besides those named. */
function participants(sent: Fields, account: Account): Fields[] {
  const named = members(sent.participations ?? [], account);
  const me = account.me();
  return me && !named.some(one => one.user_id === me.id) ? [{ user_id: me.id, access: 'admin' }, ...named] : named;
}

export const participations: Resource = {
  plural: 'participations',
  singular: 'participation',
  subject: 'Participation',
  writes: [],
  fields: {},
  candidates: (query, account) =>
    query
      .get('workspace_id')
      ?.split(',')
      .flatMap(id => account.participationsIn(id)),
  shown: row => row,
  includes: { user: includeOne('users', 'user_id'), workspace: includeOne('workspaces', 'workspace_id') },
  filters: { workspace_id: equals('workspace_id'), user_id: equals('user_id') },
  orders: ['created_at'],
  defaultOrder: 'created_at:asc',
};

export const billingMilestones: Resource = {
  plural: 'billing_milestones',
  singular: 'billing_milestone',
  subject: 'BillingMilestone',
  bulk: 100,
  writes: ['create', 'update', 'delete'],
  required: { title: "Title can't be blank", amount_in_cents: "Amount can't be blank", workspace_id: "Workspace can't be blank" },
  fields: {
    title: text,
    amount_in_cents: value => integer(value),
    workspace_id: idOf('workspaces'),
    story_id: idOf('stories'),
    billing_type: oneOf('fixed_date', 'upon_completion'),
    date_to_invoice: date,
  },
  defaults: () => ({ story_id: null, billing_type: 'fixed_date', date_to_invoice: null, invoice_id: null }),
  check(row) {
    if (row.billing_type === 'upon_completion' && row.story_id === null) throw unprocessable({ field: 'story_id', message: "Story can't be blank" });
  },
  shown: (row, account) => ({ ...row, currency: account.get('workspaces', row.workspace_id)?.currency, workspace_id: Number(row.workspace_id) }),
  includes: { external_references: includeReferences('BillingMilestone') },
  filters: { workspace_id: equals('workspace_id') },
  orders: ['created_at', 'updated_at'],
  defaultOrder: 'created_at:asc',
};

function integer(value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new Error('is not a whole number');
  return value;
}
