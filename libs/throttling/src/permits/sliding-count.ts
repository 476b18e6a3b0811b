/**
 * How much was used in the last `lengthMs`, in memory. Uses are counted together in steps of a
 * hundredth of that, each by its last moment, so that no window is ever counted too low.
 */
export class SlidingCount {
  readonly #stepMs: number;
  #steps: { until: number; units: number }[] = [];
  #sum = 0;

  constructor(readonly lengthMs: number) {
    this.#stepMs = Math.max(1, Math.floor(lengthMs / 100));
  }

  add(now: number, units: number): void {
    const until = Math.ceil(now / this.#stepMs) * this.#stepMs;
    const last = this.#steps.at(-1);
    if (last?.until === until) last.units += units;
    else this.#steps.push({ until, units });
    this.#sum += units;
  }

  used(now: number): number {
    while (this.#steps.length > 0 && this.#steps[0].until + this.lengthMs <= now) this.#sum -= this.#steps.shift()!.units;
    return this.#sum;
  }

  /** When the oldest use is forgotten, in ms; the whole length when there is none. */
  resetMs(now: number): number {
    this.used(now);
    return this.#steps.length === 0 ? this.lengthMs : Math.max(1, this.#steps[0].until + this.lengthMs - now);
  }
}
