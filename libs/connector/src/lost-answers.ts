import { Problem } from '#canonical';
import { JobLoop } from '#jobs';
import { log } from '#service';
import type { Attempt, AttemptLog } from './attempts.js';

/** The kind of attempts that write by key. */
export const WRITE = 'write';

const WATCH_EVERY_MS = 1_000;
const LONGEST_WATCH_MS = 30_000;
const POSTPONED_MS = 60_000;

/** Checks attempts whose answer never came. */
export class LostAnswers {
  /** Attempts whose check failed, with the time of the next try in ms of performance.now(). */
  readonly #postponed = new Map<string, number>();

  constructor(
    private readonly attempts: AttemptLog,
    private readonly options: { system: string; settlingMs: number },
    private readonly lookAgainAt: (attempt: Attempt) => Promise<void>,
  ) {}

  /**
   * Checks attempts whose answer never came, once they can't commit any more, and retires
   * duplicates. Sleeps until the next is due; it learns of other processes' attempts after about
   * the in-doubt time. Returns how to stop.
   */
  watch(everyMs = WATCH_EVERY_MS): { stop(): Promise<void> } {
    const loop = new JobLoop({
      part: 'once-writer',
      name: this.options.system,
      work: async () => {
        await this.lookAgain();
        const dueMs = await this.attempts.nextDueMs();
        return dueMs === null ? false : { inMs: Math.max(everyMs, dueMs) };
      },
      pace: { firstMs: everyMs, mostMs: Math.max(everyMs, Math.min(LONGEST_WATCH_MS, this.options.settlingMs)) },
    });
    loop.start();
    return { stop: () => loop.stop() };
  }

  /** One round: checks every attempt that is due. */
  async lookAgain(): Promise<void> {
    for (const attempt of await this.attempts.due()) {
      if (attempt.kind === WRITE) await this.attempts.close(attempt);
      else if (performance.now() >= (this.#postponed.get(attempt.id) ?? 0))
        await this.lookAgainAt(attempt).then(
          () => this.#postponed.delete(attempt.id),
          error => this.#postpone(attempt, error),
        );
    }
  }

  /** An attempt that can't be checked now doesn't delay the others. */
  #postpone({ id, kind, key }: Attempt, error: unknown): void {
    const soon = error instanceof Problem && error.retryable;
    this.#postponed.set(id, performance.now() + (soon ? WATCH_EVERY_MS : POSTPONED_MS));
    log[soon ? 'debug' : 'error'](
      { part: 'once-writer', system: this.options.system, kind, key, err: error },
      'a lost answer could not be looked into; later again',
    );
  }
}
