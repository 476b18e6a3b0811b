/** Time as loops and leases see it, so that a spec can let an hour pass at once. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Milliseconds of the day's clock, which goes on while the machine sleeps, and may be set. */
  wall(): number;
  /** Calls `done` once after `ms`; answers how to cancel that. */
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
