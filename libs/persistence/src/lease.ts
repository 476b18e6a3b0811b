import { type Clock, systemClock } from './clock.js';

export interface Moment {
  monotonic: number;
  wall: number;
}

export const thisMoment = (clock: Clock = systemClock): Moment => ({ monotonic: clock.now(), wall: clock.wall() });

interface Taken {
  /** What is leased. */
  key: string;
  owner: string;
  /** Counts the holders, so that a late write of an earlier holder is recognised. */
  fence: string;
  leaseMs: number;
  /** Taken before Postgres was asked, so that the lease never ends there before it ends here. */
  asked: Moment;
}

/**
 * The right of one process to work on a key for a limited time, as its holder sees it. In Postgres
 * it is a row.
 */
export class Lease {
  readonly key: string;
  readonly owner: string;
  readonly fence: string;
  readonly leaseMs: number;
  #since: Moment;

  constructor(
    taken: Taken,
    private readonly clock: Clock = systemClock,
  ) {
    this.key = taken.key;
    this.owner = taken.owner;
    this.fence = taken.fence;
    this.leaseMs = taken.leaseMs;
    this.#since = taken.asked;
  }

  /**
   * Renews it by `work`, which returns false or undefined when Postgres has given the lease to
   * another. Its time counts from before Postgres was asked.
   */
  async renew<T>(work: () => Promise<T>): Promise<T> {
    const asked = thisMoment(this.clock);
    const renewed = await work();
    if (renewed) this.#since = asked;
    return renewed;
  }

  /**
   * By two clocks: one continues while the process is frozen, the other while the machine sleeps.
   */
  remainingMs(): number {
    return this.leaseMs - Math.max(this.clock.now() - this.#since.monotonic, this.clock.wall() - this.#since.wall);
  }
}

/**
 * Calls `renew` three times per lease until the returned function is called. A failed renewal is
 * tried again at the next time. A holder whose renewals all failed finds out by the lease's
 * remaining time.
 */
export function renewing(leaseMs: number, renew: () => Promise<unknown>, clock: Clock = systemClock): () => void {
  let stop = () => {};
  const next = () => {
    stop = clock.after(leaseMs / 3, () => {
      next();
      void renew().catch(() => undefined);
    });
  };
  next();
  return () => stop();
}
