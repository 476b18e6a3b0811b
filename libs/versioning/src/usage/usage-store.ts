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

/** The most uses that are answered at once. */
const MOST_USED = 20_000;

/** Which uses are asked for. */
export interface UsesAsked {
  /** The first day, `YYYY-MM-DD`, UTC. */
  since: string;
  version?: string;
  operation?: string;
  /** Who used this field; calls if left out. */
  field?: string;
}

/**
 * Uses of an app, summed over their days: who used what, how often, when last. `cut`: there are
 * more, so who is not among these may use it too.
 */
export async function usesOf(
  database: Database,
  app: string,
  { since, version, operation, field = '' }: UsesAsked,
): Promise<{ used: Used[]; cut: boolean }> {
  const rows = await database.query<Used[]>(
    `select version, operation, field, consumer, release, sum(calls)::text calls, max(day)::text "lastDay", max(last_at) "lastAt"
     from governance.usage
     where app = $1 and day >= $2 and ($3::text is null or version = $3) and ($4::text is null or operation = $4) and field = $5
     group by version, operation, field, consumer, release
     order by version, operation, field, consumer, release limit ${MOST_USED + 1}`,
    [app, since, version ?? null, operation ?? null, field],
  );
  return { used: rows.slice(0, MOST_USED), cut: rows.length > MOST_USED };
}

export interface Used extends Pick<ReadRow<typeof usage.columns>, 'version' | 'operation' | 'field' | 'consumer' | 'release' | 'calls' | 'lastAt'> {
  /** The last day on which it was used, UTC. */
  lastDay: string;
}
