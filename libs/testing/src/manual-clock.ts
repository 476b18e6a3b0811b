import type { Clock } from '#persistence';

/** A clock that stands still until it is advanced. */
export class ManualClock implements Clock {
  #now = 0;
  #sleptMs = 0;
  readonly #timers = new Set<{ at: number; done: () => void }>();

  now(): number {
    return this.#now;
  }

  wall(): number {
    return this.#now + this.#sleptMs;
  }

  /** The machine sleeps, or its clock is set: only the day's clock goes on. */
  sleep(ms: number): void {
    this.#sleptMs += ms;
  }

  /** The process stands still: time goes on, and nothing that is due runs. */
  freeze(ms: number): void {
    this.#now += ms;
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /** How long until the next timer is due. */
  get nextInMs(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at - this.#now));
  }

  after(ms: number, done: () => void): () => void {
    const timer = { at: this.#now + ms, done };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  /** Moves the clock forward by `ms` and runs the timers that become due, in order. */
  advance(ms: number): void {
    const until = this.#now + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.done();
    }
    this.#now = until;
  }
}
