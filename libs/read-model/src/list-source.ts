import { folded } from '#canonical';
import type { EnumWords } from './enums.js';

/** Collects the parameters of a statement while its text is built. */
export class Sql {
  constructor(readonly params: unknown[] = []) {}

  /** Adds a value and returns its placeholder. */
  add(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }
}

/** `sql` is never null. `type` is the type to which a cursor's text is cast back without loss. */
export interface OrderKey {
  sql: string;
  type: 'text' | 'timestamptz' | 'date' | 'numeric' | 'bigint' | 'boolean';
}

/** A condition for each property of a filter; properties that are absent add none. */
export type Conditions<F> = { [K in keyof F]-?: (value: NonNullable<F[K]>, sql: Sql) => string };

/**
 * One kind of list, as data: where its rows come from, and what its filters, orders and facets
 * mean. The same code (lists.ts) reads all lists of an app, top-level or nested, so all have the
 * same cursors, counts and facets.
 */
export interface ListSource<F extends object> {
  /** Identifies the list in loader keys. */
  name: string;
  /** Tables and joins. */
  from: string;
  /** The columns of a row. */
  columns: string;
  /** A condition that all of its rows meet, e.g. that they are not deleted. */
  always?: string;
  /** A unique text that breaks ties. */
  id: string;
  orders: Record<string, OrderKey>;
  filters: Conditions<F>;
  /**
   * Facet -> its value as text, and the filter that chooses among its values. `words` when that
   * filter takes an enum.
   */
  facets: Record<string, { sql: string; filter: keyof F; words?: EnumWords }>;
  /**
   * What `totals` sums, per currency. Rows with the same value of `once` count once (the row's id
   * by default).
   */
  money?: { amount: string; currency: string; estimated?: string; once?: string; join?: string };
  /** Parent -> a condition in which `k.key` is the parent's id. */
  scopes?: Record<string, string>;
}

/** The checked arguments of a list. */
export interface ListArgs<F extends object> {
  first: number;
  after: string | null;
  filter: F;
  order: { by: string; descending: boolean };
}

/** Matches any of the filter's values. */
export const oneOf =
  (sql: string, type = 'text') =>
  (values: readonly string[], into: Sql): string =>
    `${sql} = any(${into.add(values)}::${type}[])`;

/** Matches arrays that share a value with the filter's list. */
export const overlaps =
  (sql: string) =>
  (values: readonly string[], into: Sql): string =>
    `${sql} && ${into.add(values)}::text[]`;

/** Matches days within a range, both ends included. */
export const within =
  (sql: string) =>
  (range: { from?: string | null; to?: string | null }, into: Sql): string =>
    [range.from ? `${sql} >= ${into.add(range.from)}::date` : 'true', range.to ? `${sql} <= ${into.add(range.to)}::date` : 'true'].join(' and ');

/**
 * Matches a text anywhere in one that is stored folded: without case, accents and compatibility
 * forms.
 */
export const contains =
  (sql: string) =>
  (value: string, into: Sql): string =>
    `position(${into.add(folded(value))} in ${sql}) > 0`;

export const is =
  (sql: string) =>
  (value: boolean, into: Sql): string =>
    `(${sql}) = ${into.add(value)}::boolean`;
