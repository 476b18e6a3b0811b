import type { Database } from './database.js';
import { inTransaction } from './transaction.js';

/**
 * Reads the head of a queue that is a partial index: what waits, of all that there is. Only a plain index scan passes over the entries of what
 * waits no more and marks them, so that the next one need not; a bitmap, which Postgres likes better as long as it believes the queue to be
 * short, visits every row that was ever in it since the last vacuum.
 */
export function queueHead<T>(dataSource: Database, sql: string, values: unknown[]): Promise<T[]> {
  return inTransaction(dataSource, async em => {
    await em.query('set local enable_bitmapscan = off');
    return em.query<T[]>(sql, values);
  });
}
