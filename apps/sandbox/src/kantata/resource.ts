import { badRequest, unprocessable } from './answers.js';
import type { Account, KantataRow } from './account.js';

export type Fields = Record<string, unknown>;

/** Gives the value that is kept for what was sent, or throws a sentence about what is wrong with it. */
export type FieldRule = (value: unknown, account: Account) => unknown;

/** An association that `include` side-loads: under which key, which field names it, and which rows. */
export interface Include {
  key: string;
  field: string;
  many: boolean;
  of(row: KantataRow, account: Account): KantataRow[];
}

/** One REST resource of the account, by what it takes, shows, hides and finds. */
export interface Resource {
  plural: string;
  singular: string;
  /** The name under which references, custom fields and events know it. */
  subject?: string;
  /** In the feed of changes. */
  noticed?: boolean;
  /** How many one bulk POST may create; absent: no bulk. */
  bulk?: number;
  writes: readonly ('create' | 'update' | 'delete')[];
  fields: Record<string, FieldRule>;
  required?: Record<string, string>;
  defaults?(sent: Fields, account: Account): Fields;
  /** Rules over the whole row; `before` is null on create. */
  check?(row: Fields, before: KantataRow | null, account: Account): void;
  /** What the write brings with it, in the same transaction. Answers the row as it is then. */
  after?(row: KantataRow, before: KantataRow | null, sent: Fields, account: Account): KantataRow;
  mayDelete?(row: KantataRow, account: Account): void;
  /** Rows a default filter hides. */
  visible?(row: KantataRow, query: URLSearchParams, account: Account): boolean;
  /** A quick way to the candidates, by an index; absent or undefined: all rows. */
  candidates?(query: URLSearchParams, account: Account): KantataRow[] | undefined;
  /** What is shown of a row, association ids left out. */
  shown(row: KantataRow, account: Account): Fields;
  optional?: Record<string, (row: KantataRow, account: Account) => unknown>;
  includes: Record<string, Include>;
  filters: Record<string, (row: KantataRow, value: string, account: Account) => boolean>;
  /** Query names that only switch a default filter off, or page. */
  requiredFilter?: string;
  orders: readonly string[];
  defaultOrder: string;
}

// ---- field rules -------------------------------------------------------------------------------------------------------

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

/** Puts what was sent through the rules; unknown fields are ignored, as a Rails server does. */
export function accepted(resource: Resource, sent: Fields, account: Account): Fields {
  const kept: Fields = {};
  for (const [name, rule] of Object.entries(resource.fields)) {
    if (sent[name] === undefined) continue;
    try {
      const value = rule(sent[name], account);
      if (rule !== passed) kept[name] = value;
    } catch (error) {
      throw unprocessable({ field: name, message: `${name} ${(error as Error).message}` });
    }
  }
  return kept;
}

// ---- includes many resources share ---------------------------------------------------------------------------------------

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
  User: 'users',
  TimeEntry: 'time_entries',
  BillingMilestone: 'billing_milestones',
};

/** The resource a polymorphic subject lives under. */
export function subjectTable(subjectType: unknown): string {
  const plural = PLURALS[String(subjectType)];
  if (!plural) throw badRequest(`subject_type ${String(subjectType)} is not known`);
  return plural;
}

export const equals = (field: string) => (row: KantataRow, value: string) => value.split(',').includes(String(row[field]));
export const on = (value: string | null): boolean => value === 'true' || value === '1';
