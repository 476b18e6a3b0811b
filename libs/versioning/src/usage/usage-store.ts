import type { Database, ReadRow } from '#persistence';
import { recordset } from '#persistence';
import type { UsageRow } from './usage-counts.js';
import { usage } from './usage.table.js';

/** Adds a set of counts to the rows of their days. Several replicas add to the same rows. */
export async function addUsage(database: Database, rows: UsageRow[]): Promise<void> {
  // in the order of the key, so that two replicas never wait for each other in a circle
  const sorted = rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const sql = usage.upsert({
    from: recordset('given', usage.columns),
    as: 'held',
    instead: { calls: 'held.calls + excluded.calls', lastAt: 'greatest(held.last_at, excluded.last_at)' },
  });
  await database.query(sql, [JSON.stringify(sorted)]);
}

const keyOf = (row: UsageRow): string => usage.key.map(name => row[name as keyof UsageRow]).join('\n');

/** Removes an app's counts of days before `day`. */
export async function forgetUsage(database: Database, app: string, day: string): Promise<void> {
  await database.query('delete from governance.usage where app = $1 and day < $2', [app, day]);
}

/** The most rows that are answered at once. */
export const MOST_USED = 20_000;

/**
 * Rows of an app since a day, summed over its days: who used what, how often, when last. Calls come
 * before fields, so that where there are too many, fields are missing first.
 */
export function usedSince(database: Database, app: string, day: string): Promise<Used[]> {
  return database.query<Used[]>(
    `select version, operation, field, consumer, release, sum(calls)::text calls, max(day)::text "lastDay", max(last_at) "lastAt"
     from governance.usage where app = $1 and day >= $2
     group by version, operation, field, consumer, release
     order by field <> '', version, operation, field, consumer, release limit ${MOST_USED}`,
    [app, day],
  );
}

export interface Used extends Pick<ReadRow<typeof usage.columns>, 'version' | 'operation' | 'field' | 'consumer' | 'release' | 'calls' | 'lastAt'> {
  /** The last day on which it was used, UTC. */
  lastDay: string;
}
