import { type Clock, systemClock } from './clock.js';

export interface Moment {
  monotonic: number;
  wall: number;
}

export const thisMoment = (clock: Clock = systemClock): Moment => ({ monotonic: clock.now(), wall: clock.wall() });

interface Taken {
  /** What it is a lease of. */
  key: string;
  owner: string;
  /** Counts the holders, so that what an earlier one still writes is told apart. */
  fence: string;
  leaseMs: number;
  /** Before Postgres was asked: the lease ends there no earlier than here. */
  asked: Moment;
}

/** The right of one process to work on a key for a limited time, as its holder knows it. Postgres has it as a row. */
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

  /** Renews it by `work`, which answers false or undefined when Postgres has it as another's by now. Its time counts from before Postgres was asked. */
  async renew<T>(work: () => Promise<T>): Promise<T> {
    const asked = thisMoment(this.clock);
    const renewed = await work();
    if (renewed) this.#since = asked;
    return renewed;
  }

  /** By the clock that goes on while the process is frozen, and by the one that goes on while the machine sleeps. */
  remainingMs(): number {
    return this.leaseMs - Math.max(this.clock.now() - this.#since.monotonic, this.clock.wall() - this.#since.wall);
  }
}

/**
 * Calls `renew` each third of a lease's time until the answer of this is called. A renewal that fails is tried again a third later; a holder that none
 * came through for finds out by the lease's time.
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
