import { folded } from '#canonical';
import type { EnumWords } from './enums.js';

/** Collects the parameters of a statement while its text is written. */
export class Sql {
  constructor(readonly params: unknown[] = []) {}

  /** Adds a value; answers its placeholder. */
  add(value: unknown): string {
    this.params.push(value);
    return `$${this.params.length}`;
  }
}

/** `sql` is never null; `type` is what a cursor's text is cast back to, losing nothing. */
export interface OrderKey {
  sql: string;
  type: 'text' | 'timestamptz' | 'date' | 'numeric' | 'bigint' | 'boolean';
}

/** A conjunction's parts for what a filter states; a part that isn't stated is left out. */
export type Conditions<F> = { [K in keyof F]-?: (value: NonNullable<F[K]>, sql: Sql) => string };

/**
 * One kind of list, as data: where its rows come from, what filters, orders and facets mean. All lists of an app, top-level or
 * nested, are read by the same code (lists.ts), so they all have the same cursors, counts and facets.
 */
export interface ListSource<F extends object> {
  /** Names the list in loader keys. */
  name: string;
  /** Tables and joins. */
  from: string;
  /** What a row is made of. */
  columns: string;
  /** Always true for these rows, e.g. that they are not gone. */
  always?: string;
  /** A unique text that breaks ties. */
  id: string;
  orders: Record<string, OrderKey>;
  filters: Conditions<F>;
  /** Facet -> its value as text, and the filter that chooses among its values; `words` when that filter's values are an enum's. */
  facets: Record<string, { sql: string; filter: keyof F; words?: EnumWords }>;
  /** What is summed in `totals`: of one currency, each value of `once` counts only once (the row's id when not said). */
  money?: { amount: string; currency: string; estimated?: string; once?: string; join?: string };
  /** Parent -> condition in which `k.key` is the parent's id. */
  scopes?: Record<string, string>;
}

/** What a list is asked for, checked. */
export interface ListArgs<F extends object> {
  first: number;
  after: string | null;
  filter: F;
  order: { by: string; descending: boolean };
}

/** `any` of the values a filter lists. */
export const oneOf =
  (sql: string, type = 'text') =>
  (values: readonly string[], into: Sql): string =>
    `${sql} = any(${into.add(values)}::${type}[])`;

/** Arrays that share a value with those the filter lists. */
export const overlaps =
  (sql: string) =>
  (values: readonly string[], into: Sql): string =>
    `${sql} && ${into.add(values)}::text[]`;

/** Within days, both included. */
export const within =
  (sql: string) =>
  (range: { from?: string | null; to?: string | null }, into: Sql): string =>
    [range.from ? `${sql} >= ${into.add(range.from)}::date` : 'true', range.to ? `${sql} <= ${into.add(range.to)}::date` : 'true'].join(' and ');

/** Anywhere in a text that was kept folded: without case, accents and compatibility forms. */
export const contains =
  (sql: string) =>
  (value: string, into: Sql): string =>
    `position(${into.add(folded(value))} in ${sql}) > 0`;

export const is =
  (sql: string) =>
  (value: boolean, into: Sql): string =>
    `(${sql}) = ${into.add(value)}::boolean`;
