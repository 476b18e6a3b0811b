import type { Value } from './suiteql-values.js';

/** A column: its value for a row, and what `BUILTIN.DF` shows for it. */
export interface Column {
  value(row: unknown): Value;
  display?(row: unknown): Value;
}

/**
 * Finds the rows that a comparison may hold for, and perhaps some more, without walking over the
 * others.
 */
export interface ColumnIndex {
  equal?(value: Value): unknown[];
  /** Those not less. */
  from?(value: Value): unknown[];
  /** Narrows little: for when nothing else does. */
  weak?: boolean;
}

export interface SuiteqlTable {
  columns: Map<string, Column>;
  rows(): unknown[];
  indexes?: Map<string, ColumnIndex>;
}
