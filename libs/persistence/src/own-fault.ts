import type { Transaction } from './database.js';
import { Problem, RecordFault } from '#canonical';

/** The SQLSTATE of an error that Postgres raised. */
export function sqlState(error: unknown): string | undefined {
  const { code, driverError } = (error ?? {}) as { code?: unknown; driverError?: { code?: unknown } };
  const state = driverError?.code ?? code;
  return typeof state === 'string' && /^[0-9A-Z]{5}$/.test(state) ? state : undefined;
}

/**
 * Whether work failed because of its data and not because of circumstances. Data: a value that
 * Postgres refuses (classes 22 and 23), a vendor's record with an unexpected field, or a value that
 * our own mapping can't read. Circumstances: a lost connection, a lock, a full disk, a refusal of a
 * back end.
 */
export function isOwnFault(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return state.startsWith('22') || state.startsWith('23');
  if (error instanceof RecordFault) return true;
  if (error instanceof Problem) return error.kind === 'invalid' || error.kind === 'unprocessable';
  // `fetch failed` is a TypeError with a cause; a value of another shape than expected has none.
  const unreadable = error instanceof TypeError || error instanceof RangeError || String(error).includes('[DecimalError]');
  return unreadable && (error as Error).cause === undefined;
}

export interface Apart<T> {
  /** Does the work of some items; runs again for parts of them. Does everything in `em`. */
  work(em: Transaction, items: T[]): Promise<void>;
  /**
   * Called just before an item is worked on: whether it has to wait for one that failed before it.
   */
  waits?(item: T): boolean;
  /** Called with an item that fails by its own fault. */
  failed(item: T, error: unknown): void;
}

/**
 * Does the work of a set in which some items make it fail. Where it fails, it halves the set, each
 * half in a savepoint, until the faulty item is alone. Keeps the order of the items. An error that
 * is no item's own fault is thrown, and then nothing was done.
 */
export async function apart<T>(em: Transaction, items: T[], how: Apart<T>): Promise<void> {
  const going = items.filter(item => !how.waits?.(item));
  if (going.length === 0) return;
  try {
    await em.transaction(nested => how.work(nested, going));
  } catch (error) {
    if (!isOwnFault(error)) throw error;
    if (going.length === 1) return how.failed(going[0], error);
    const half = going.length >> 1;
    await apart(em, going.slice(0, half), how);
    await apart(em, going.slice(half), how);
  }
}
