import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until `probe` answers undefined; past the limit, answers the last reason it gave why not. */
export async function until(probe: () => Promise<string | undefined>, withinMs: number, everyMs = 40): Promise<string | undefined> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    const why = await probe().catch((error: unknown) => `could not be asked: ${String(error)}`);
    if (why === undefined) return undefined;
    if (performance.now() >= giveUpAt) return why;
    await sleep(everyMs);
  }
}

/** Tries again what the world refuses for a moment: a vendor that is being started again, a database that recovers. */
export async function patiently<T>(work: () => Promise<T>, withinMs = 15_000, everyMs = 30): Promise<T> {
  const giveUpAt = performance.now() + withinMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() >= giveUpAt) throw error;
      await sleep(everyMs);
    }
  }
}
