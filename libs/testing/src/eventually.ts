import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** The limit; 10 s by default. */
  withinMs?: number;
  everyMs?: number;
}

/**
 * Waits until `probe` neither throws nor answers undefined, null or false; returns its answer. Past
 * the limit it throws the last error, or reports the last answer.
 */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { withinMs = 10_000, everyMs = 25 }: EventuallyOptions = {},
): Promise<Exclude<T, undefined | null | false>> {
  const giveUpAt = Date.now() + withinMs;
  for (;;) {
    const attempt = await tried(probe);
    if ('value' in attempt && attempt.value !== undefined && attempt.value !== null && attempt.value !== false)
      return attempt.value as Exclude<T, undefined | null | false>;
    if (Date.now() >= giveUpAt) {
      if ('error' in attempt) throw attempt.error;
      throw new Error(`not within ${withinMs} ms: ${probe.toString()}; last got ${JSON.stringify(attempt.value)}`);
    }
    await sleep(everyMs);
  }
}

async function tried<T>(probe: () => T | Promise<T>): Promise<{ value: T } | { error: unknown }> {
  try {
    return { value: await probe() };
  } catch (error) {
    return { error };
  }
}
