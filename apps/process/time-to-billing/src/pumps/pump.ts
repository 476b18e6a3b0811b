import { setTimeout as sleep } from 'node:timers/promises';
import { log, runInContext } from '#service';
import { randomUUID } from 'node:crypto';

const LONGEST_WAIT_MS = 10_000;

/**
 * Does a piece of work again and again: at once while there is more, after `idleMs` (or when woken) while there is none, and after a
 * growing wait when it failed. What it does is safe to be done again: its state is in the database.
 */
export class Pump {
  readonly #stopping = new AbortController();
  #wake: () => void = () => undefined;
  #woken = false;
  #idle = false;
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly name: string,
    /** True when there may be more at once. */
    private readonly work: (signal: AbortSignal) => Promise<boolean>,
    private readonly idleMs: number,
  ) {}

  start(): void {
    this.#running = this.#run();
  }

  /** Whether it waits for something to do. */
  get idle(): boolean {
    return this.#idle;
  }

  /** There is something to do. */
  wake(): void {
    this.#woken = true;
    this.#idle = false;
    this.#wake();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        const more = await runInContext({ correlationId: randomUUID(), principal: undefined, deadlineAt: undefined }, () => this.work(signal));
        failures = 0;
        if (!more) await this.#pause();
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        log.error({ part: 'time-to-billing', pump: this.name, failures, err: error }, 'a piece of work failed and comes again');
        await sleep(Math.min(LONGEST_WAIT_MS, 100 * 2 ** failures), undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async #pause(): Promise<void> {
    if (this.#woken) {
      this.#woken = false;
      return;
    }
    this.#idle = true;
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, this.idleMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#idle = false;
    this.#woken = false;
  }
}
