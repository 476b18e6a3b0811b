import { badRequest, unprocessable } from './answers.js';
import type { Account, KantataRow } from './account.js';

export type Fields = Record<string, unknown>;

/**
 * Returns the value to store for the one that was sent, or throws a sentence that says what is
 * wrong with it.
 */
export type FieldRule = (value: unknown, account: Account) => unknown;

/**
 * An association that `include` side-loads: under which key, which field names it, and which rows.
 */
export interface Include {
  key: string;
  field: string;
  many: boolean;
  of(row: KantataRow, account: Account): KantataRow[];
}

/**
 * A range of the rows ordered by `field`: with values above, from, below or up to the given one.
 * Values are compared as texts.
 */
export interface Range {
  field: string;
  above?: string;
  from?: string;
  below?: string;
  upTo?: string;
}

/** Applies an action to a record, in one transaction. Returns the record after it. */
export type Action = (row: KantataRow, body: Fields, writer: Writer) => KantataRow;

/** Changes records, and notes the changes in the ledger and the feed. */
export interface Writer {
  readonly account: Account;
  create(resource: Resource, fields: Fields): KantataRow;
  change(resource: Resource, before: KantataRow, fields: Fields): KantataRow;
  /** The same without moving `updated_at` and with no notice. */
  amend(resource: Resource, before: KantataRow, fields: Fields): KantataRow;
}

/** One REST resource of the account: its fields, its views, its hidden rows and its searches. */
export interface Resource {
  plural: string;
  singular: string;
  /** The name under which references, custom fields and events know it. */
  subject?: string;
  /** Whether it is in the feed of changes; a text if the feed uses another name for the subject. */
  noticed?: boolean | string;
  /** The series its ids are counted in, where others count in it too. */
  series?: string;
  /** How many records one bulk POST may create; absent: no bulk. */
  bulk?: number;
  writes: readonly ('create' | 'update' | 'delete')[];
  fields: Record<string, FieldRule>;
  required?: Record<string, string>;
  defaults?(sent: Fields, account: Account): Fields;
  /** Rules over the whole row; `before` is null on create. */
  check?(row: Fields, before: KantataRow | null, account: Account): void;
  /** Further effects of the write, in the same transaction. Returns the row after them. */
  after?(row: KantataRow, before: KantataRow | null, sent: Fields, account: Account, writer: Writer): KantataRow;
  mayDelete?(row: KantataRow, account: Account): void;
  /** Records that are deleted with it, in any state. */
  deletedWith?: { resource: Resource; of(row: KantataRow, account: Account): KantataRow[] }[];
  /** The answer to a DELETE of many (`?ids=`); absent: records are deleted one by one. */
  bulkDelete?: 'nothing' | 'ids';
  /** `PUT /{plural}/{id}/{name}`. */
  actions?: Record<string, Action>;
  /** Rows a default filter hides. */
  visible?(row: KantataRow, query: URLSearchParams, account: Account): boolean;
  /** Whether all rows pass `visible` for this query, so that none need be checked. */
  allVisible?(query: URLSearchParams, account: Account): boolean;
  /** The range that a list never exceeds. */
  kept?(): Range;
  /** A quick way to the candidates, by an index; absent or undefined: all rows. */
  candidates?(query: URLSearchParams, account: Account): KantataRow[] | undefined;
  /** The visible fields of a row, without association ids. */
  shown(row: KantataRow, account: Account): Fields;
  optional?: Record<string, (row: KantataRow, account: Account) => unknown>;
  includes: Record<string, Include>;
  filters: Record<string, (row: KantataRow, value: string, account: Account) => boolean>;
  /** Filters that keep one stretch of an order. */
  ranges?: Record<string, (value: string) => Range>;
  requiredFilter?: string;
  orders: readonly string[];
  /** The field behind an order that is named otherwise. */
  orderFields?: Record<string, string>;
  defaultOrder: string;
}

// ---- field rules
// -------------------------------------------------------------------------------------------------------

export const text: FieldRule = value => {
  if (value === null || typeof value === 'string') return value;
  throw new Error('must be text');
};
export const shortText =
  (max: number): FieldRule =>
  value => {
    if (typeof value === 'string' && value.length >= max) throw new Error(`is too long (maximum is ${max - 1} characters)`);
    return text(value, undefined as never);
  };
export const flag: FieldRule = value => {
  if (typeof value !== 'boolean') throw new Error('must be true or false');
  return value;
};
export const whole: FieldRule = value => {
  if (value === null || (typeof value === 'number' && Number.isInteger(value))) return value;
  throw new Error('is not a whole number');
};
export const date: FieldRule = value => {
  if (value === null || (typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value)))) return value;
  throw new Error('is not a date');
};
export const oneOf =
  (...values: string[]): FieldRule =>
  value => {
    if (!values.includes(value as string)) throw new Error(`must be one of ${values.join(', ')}`);
    return value;
  };
export const ids =
  (plural: string): FieldRule =>
  (value, account) => {
    if (!Array.isArray(value)) throw new Error('must be a list of ids');
    return value.map(id => idOf(plural)(id, account));
  };
/** Sent as an integer (a string of digits does as well), kept and read as a string. */
export const idOf =
  (plural: string): FieldRule =>
  (value, account) => {
    if (value === null) return null;
    const row = account.get(plural, value);
    if (!row) throw new Error(`${plural} ${String(value)} does not exist`);
    return row.id;
  };
/** Taken and not kept on the row: `after` deals with it. */
export const passed: FieldRule = value => value;

/** Refused and never cut, where the account has a length for it. */
export function withinLength(name: string, value: unknown, { choices }: Account): void {
  const most = choices.fieldLengths[name];
  if (most !== undefined && typeof value === 'string' && value.length > most) throw new Error(`is too long (maximum is ${most} characters)`);
}

/** Applies the rules to the sent fields; unknown fields are ignored, as a Rails server does. */
export function accepted(resource: Resource, sent: Fields, account: Account): Fields {
  const kept: Fields = {};
  for (const [name, rule] of Object.entries(resource.fields)) {
    if (sent[name] === undefined) continue;
    try {
      withinLength(name, sent[name], account);
      const value = rule(sent[name], account);
      if (rule !== passed) kept[name] = value;
    } catch (error) {
      throw unprocessable({ field: name, message: `${name} ${(error as Error).message}` });
    }
  }
  return kept;
}

// ---- includes many resources share
// ---------------------------------------------------------------------------------------

export const includeOne = (key: string, field: string): Include => ({
  key,
  field,
  many: false,
  of: (row, account) => [account.get(key, row[field])].filter(found => found !== undefined),
});

export const includeReferences = (subject: string): Include => ({
  key: 'external_references',
  field: 'external_reference_ids',
  many: true,
  of: (row, account) => account.referencesOf(`${subject}:${row.id}`),
});

export const includeValues = (subject: string): Include => ({
  key: 'custom_field_values',
  field: 'custom_field_value_ids',
  many: true,
  of: (row, account) => account.valuesOf(`${subject}:${row.id}`),
});

export const includeMany = (key: string, field: string, of: Include['of']): Include => ({ key, field, many: true, of });

const PLURALS: Record<string, string> = {
  Workspace: 'workspaces',
  Story: 'stories',
  WorkspaceResource: 'workspace_resources',
  Resource: 'workspace_resources',
  WorkspaceAllocation: 'workspace_allocations',
  User: 'users',
  TimeEntry: 'time_entries',
  BillingMilestone: 'billing_milestones',
  TimesheetSubmission: 'timesheet_submissions',
  Expense: 'expenses',
  ExpenseReportSubmission: 'expense_report_submissions',
  Invoice: 'invoices',
};

/**
 * The resource a polymorphic subject lives under. References know both kinds of submissions as
 * `Submission`; their ids are counted together.
 */
export function subjectTable(subjectType: unknown, id?: unknown, account?: Account): string {
  if (subjectType === 'Submission' && account)
    return account.get('timesheet_submissions', id) ? 'timesheet_submissions' : 'expense_report_submissions';
  const plural = PLURALS[String(subjectType)];
  if (!plural) throw badRequest(`subject_type ${String(subjectType)} is not known`);
  return plural;
}

/**
 * One of a list of values. The list stays the same over the rows of a request, so it is taken apart
 * once.
 */
export function equals(field: string): (row: KantataRow, value: string) => boolean {
  let asked: string | null = null;
  let values = new Set<string>();
  return (row, value) => {
    if (value !== asked) [asked, values] = [value, new Set(value.split(','))];
    return values.has(String(row[field]));
  };
}
export const on = (value: string | null): boolean => value === 'true' || value === '1';
export const without = (row: Fields, ...fields: string[]): Fields =>
  Object.fromEntries(Object.entries(row).filter(([field]) => !fields.includes(field)));
/**
 * The list of ids behind a query parameter or a body's field: an array, a number or text with
 * commas.
 */
export const idList = (value: unknown): string[] =>
  (Array.isArray(value) ? value.map(String) : String(value ?? '').split(',')).map(id => id.trim()).filter(id => id !== '');
