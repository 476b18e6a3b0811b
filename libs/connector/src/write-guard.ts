import { AsyncLocalStorage } from 'node:async_hooks';

/** How a sent write ended: the vendor accepted it, certainly nothing was made, or nobody knows. */
export type WriteOutcome = 'answered' | 'not-made' | 'unknown';

/** What a OnceWriter requires of the connector while its work runs. */
export interface WriteGuard {
  /**
   * Called just before a write is sent, after queues and log-in; throws a Problem when it must not
   * be sent any more.
   */
  beforeSend(): void;
  /** Called with the outcome of each write. */
  ended(outcome: WriteOutcome): void;
  /** Called when a read is made, so that the writer knows that its work uses a connector. */
  readMade(): void;
  /** How long a write sent now may take, in ms. */
  remainingMs(): number;
}

const guards = new AsyncLocalStorage<WriteGuard>();

/** Runs `work` under this guard and under the guards that are already active. */
export function guarded<T>(guard: WriteGuard, work: () => Promise<T>): Promise<T> {
  const outer = guards.getStore();
  return guards.run(outer ? both(outer, guard) : guard, work);
}

function both(outer: WriteGuard, inner: WriteGuard): WriteGuard {
  const each = (tell: (guard: WriteGuard) => void) => [outer, inner].forEach(tell);
  return {
    beforeSend: () => each(guard => guard.beforeSend()),
    ended: outcome => each(guard => guard.ended(outcome)),
    readMade: () => each(guard => guard.readMade()),
    remainingMs: () => Math.min(outer.remainingMs(), inner.remainingMs()),
  };
}

export const currentGuard = (): WriteGuard | undefined => guards.getStore();
