/** Time as loops see it, so that a spec can let an hour pass at once. */
export interface Clock {
  /** Milliseconds that never go back. */
  now(): number;
  /** Calls `done` once after `ms`; answers how to cancel that. */
  after(ms: number, done: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => performance.now(),
  after: (ms, done) => {
    const timer = setTimeout(done, ms);
    return () => clearTimeout(timer);
  },
};
