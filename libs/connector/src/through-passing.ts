import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import { context, log } from '#service';

/** How often a write that is refused for a passing reason is tried. */
const TRIES = 5;
const FIRST_MS = 200;
const LAST_MS = 3_000;

/**
 * Retries writes that are refused for a passing reason. `work` first reads the current state and
 * compares it with the wanted one, so that each try writes only what is still missing, and what the
 * vendor says exists already is proven or refused. Limited, with growing, unsynchronised waits,
 * within the caller's deadline.
 */
export async function throughPassing<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  const { deadlineAt } = context();
  const until = deadlineAt === undefined ? Infinity : Date.parse(deadlineAt);
  let saidDone = false;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt);
    } catch (error) {
      const doneAlready = error instanceof Problem && error.code === 'already-exists';
      const waitMs = doneAlready ? 0 : backoffMs(attempt);
      if ((!isPassing(error) && !doneAlready) || (doneAlready && saidDone) || attempt === TRIES || Date.now() + waitMs > until) throw error;
      saidDone ||= doneAlready;
      const { vendor, detail } = error as Problem;
      log.info(
        { part: 'connector', vendor: vendor?.system, vendorCode: vendor?.code, attempt, waitMs, detail },
        'write refused for a passing reason, will read back and retry',
      );
      await sleep(waitMs);
    }
  }
}

const isPassing = (error: unknown): boolean => error instanceof Problem && error.code === 'passing';

const backoffMs = (attempt: number): number => Math.min(LAST_MS, FIRST_MS * 2 ** (attempt - 1)) * (0.5 + Math.random() / 2);
