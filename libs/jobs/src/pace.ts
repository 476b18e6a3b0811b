/** How often a loop looks that nothing wakes: first after `firstMs`, then less and less often, at least every `mostMs`. */
export interface Pace {
  /** Two looks that find nothing are at least this far apart, however often it is woken; 0 if not given. */
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

  /** Something happened: begin anew. */
  reset(): void {
    this.#nextMs = this.pace.firstMs;
  }

  /** How long to wait now; a tenth more or less, so that loops which began together don't stay together. */
  waitMs(): number {
    const ms = this.#nextMs;
    this.#nextMs = Math.min(this.pace.mostMs, ms * 2);
    return ms * (0.9 + Math.random() / 5);
  }
}
