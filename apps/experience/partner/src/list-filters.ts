import type { Conditions } from '#read-model';

type Condition = Conditions<{ value?: string }>['value'];

/** Matches one value. */
export const one =
  (sql: string): Condition =>
  (value, into) =>
    `${sql} = ${into.add(value)}::text`;

/** Matches what is the value, or later. */
export const since =
  (sql: string, type: 'date' | 'timestamptz'): Condition =>
  (value, into) =>
    `${sql} >= ${into.add(value)}::${type}`;

/** Matches what is the value, or before. */
export const until =
  (sql: string, type: 'date' | 'timestamptz'): Condition =>
  (value, into) =>
    `${sql} <= ${into.add(value)}::${type}`;
