/**
 * How often a loop looks without being woken: first after `firstMs`, then less and less often, at
 * least every `mostMs`.
 */
export interface Pace {
  /**
   * The least time between two looks that find nothing, however often the loop is woken; default 0.
   */
  leastMs?: number;
  firstMs: number;
  mostMs: number;
}

/** The waits between slow looks: doubled after each that finds nothing. */
export class SlowLook {
  #nextMs: number;

  constructor(private readonly pace: Pace) {
    this.#nextMs = pace.firstMs;
  }

  /** Something happened: start from the first wait. */
  reset(): void {
    this.#nextMs = this.pace.firstMs;
  }

  /** The next wait, varied by a tenth, so that loops which started together drift apart. */
  waitMs(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(this.pace.mostMs, ms * 2);
    return ms * (0.9 + Math.random() / 5);
  }
}
