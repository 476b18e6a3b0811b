/** Time for loops and leases, so that a spec can let an hour pass at once. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /**
   * Milliseconds of the wall clock, which continues while the machine sleeps and may be changed.
   */
  wall(): number;
  /** Calls `done` once after `ms`; returns how to cancel that. */
  after(ms: number, done: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => Date.now(),
  after: (ms, done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  },
};
