import type { Database } from './database.js';
import { inTransaction } from './transaction.js';

/**
 * Reads the head of a queue that is a partial index: the few waiting rows of a large table. Only a
 * plain index scan skips the entries of rows that no longer wait and marks them for the next scan.
 * A bitmap scan, which Postgres prefers while it believes the queue to be short, visits every row
 * that was ever in it since the last vacuum.
 */
export function queueHead<T>(dataSource: Database, sql: string, values: unknown[]): Promise<T[]> {
  return inTransaction(dataSource, async em => {
    await em.query('set local enable_bitmapscan = off');
    return em.query<T[]>(sql, values);
  });
}
