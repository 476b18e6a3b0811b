import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBase } from 'pg';
import type { Database, Transaction } from './database.js';
import { sqlState } from './own-fault.js';
import { whileWanted } from './cancel.js';

export interface TransactionOptions {
  /** Also repeats after a unique violation: for work that looks first and inserts afterwards. */
  retryUnique?: boolean;
  /** How often the whole work is run at most. */
  attempts?: number;
  /**
   * Ends the transaction when no caller waits for it any more: cancels its statement, rolls back,
   * and rejects with the signal's reason.
   */
  signal?: AbortSignal;
}

const DEADLOCK = '40P01';
const SERIALIZATION_FAILURE = '40001';
const UNIQUE_VIOLATION = '23505';

/**
 * Runs `work` in one transaction and returns its result. Deadlocks and serialization failures roll
 * back and run the whole work again, so it must do nothing outside the transaction that may not be
 * repeated.
 */
export async function inTransaction<T>(dataSource: Database, work: (em: Transaction) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
  const { attempts = 10, signal } = options;
  const again = new Set([DEADLOCK, SERIALIZATION_FAILURE, ...(options.retryUnique ? [UNIQUE_VIOLATION] : [])]);
  for (let attempt = 1; ; attempt++) {
    try {
      return await dataSource.transaction(signal ? em => wanted(signal, em, work) : work);
    } catch (error) {
      if (attempt >= attempts || !again.has(sqlState(error) ?? '')) throw error;
      await sleep(Math.random() * 10 * 2 ** Math.min(attempt, 5));
    }
  }
}

/**
 * Every statement of the work runs only while the caller waits; the end of the transaction always
 * runs.
 */
async function wanted<T>(signal: AbortSignal, em: Transaction, work: (em: Transaction) => Promise<T>): Promise<T> {
  const runner = em.queryRunner!;
  const query = runner.query.bind(runner) as (...statement: unknown[]) => Promise<unknown>;
  const own = { query: (...statement: unknown[]) => whileWanted(signal, runner, () => query(...statement)) };
  Object.assign(runner, own);
  try {
    return await work(em);
  } finally {
    delete (runner as Partial<typeof own>).query;
  }
}

/**
 * The pg client of the transaction, for a library that writes by itself in the same transaction.
 */
export function connectionOf(em: Transaction): ClientBase {
  return (em.queryRunner as unknown as { databaseConnection: ClientBase }).databaseConnection;
}
