const FIRST_GUESS_MS = 300;
const LEAST_MS = 25;
const MOST_MS = 15_000;

/**
 * Learns from the last jobs when to ask whether one is done: late enough that it usually is, early
 * enough to waste little time. A job found done at the first question makes the next wait a little
 * shorter; one that was not makes it longer.
 */
export class PollPace {
  #firstMs = FIRST_GUESS_MS;

  /** How long to wait before question `asked` + 1, counted from the last one. */
  waitMs(asked: number): number {
    return within(asked === 0 ? this.#firstMs : (this.#firstMs / 3) * 1.5 ** (asked - 1));
  }

  /** A job took up to `tookMs` and was found done at the `asked`th question. */
  learn(asked: number, tookMs: number): void {
    this.#firstMs = within(asked === 1 ? Math.min(this.#firstMs, tookMs) * 0.92 : this.#firstMs + (tookMs - this.#firstMs) / 2);
  }
}

const within = (ms: number): number => Math.min(MOST_MS, Math.max(LEAST_MS, ms));
