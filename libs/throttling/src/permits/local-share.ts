import type { Plan } from '../plans/plan.table.js';
import type { Answer, Reason } from './permit-ledger.js';
import { SlidingCount } from './sliding-count.js';

const DAY_MS = 86_400_000;

/** What was known of a consumer's use when the ledger answered last. Moments are of the monotonic clock. */
export interface Known extends Pick<Answer, 'used' | 'usedSecond' | 'dayUnits' | 'day' | 'replicas'> {
  at: number;
}

/**
 * What this replica lets through by itself while the ledger is away: its part of what the plan still
 * allowed when the ledger answered last, and its part of the whole plan once that is a window ago.
 * At least one, so that an outage of the ledger is none of the consumer's.
 */
export class LocalShare {
  readonly #window: SlidingCount;
  readonly #second = new SlidingCount(1_000);
  #day = 0;
  #dayUnits = 0;
  #unreported = 0;

  constructor(private readonly windowMs: number) {
    this.#window = new SlidingCount(windowMs);
  }

  /** Takes permits; the reason when they are not there. `wall` is in ms since 1970. */
  take(
    { rate, burst, dailyQuota }: Plan,
    cost: number,
    known: Known | undefined,
    now: number,
    wall: number,
  ): Exclude<Reason, 'concurrency'> | undefined {
    const today = Math.floor(wall / DAY_MS);
    if (today !== this.#day) [this.#day, this.#dayUnits] = [today, 0];
    const part = (limit: number, used: number): number => Math.max(1, Math.floor((limit - used) / (known?.replicas ?? 1)));
    const since = known ? now - known.at : Number.POSITIVE_INFINITY;
    if (dailyQuota !== null && this.#dayUnits + cost > part(dailyQuota, known?.day === today ? known.dayUnits : 0)) return 'daily-quota';
    if (this.#window.used(now) + cost > part(rate, since < this.windowMs ? known!.used : 0)) return 'rate';
    if (this.#second.used(now) + cost > part(burst, since < 1_000 ? known!.usedSecond : 0)) return 'burst';
    this.#window.add(now, cost);
    this.#second.add(now, cost);
    this.#dayUnits += cost;
    this.#unreported += cost;
    return undefined;
  }

  /** What is left of the window. */
  remaining({ rate }: Plan, known: Known | undefined, now: number): number {
    const used = known && now - known.at < this.windowMs ? known.used : 0;
    return Math.max(0, Math.floor((rate - used) / (known?.replicas ?? 1)) - this.#window.used(now));
  }

  resetMs(now: number): number {
    return this.#window.resetMs(now);
  }

  /** When a call that was refused for this reason is welcome, in ms. */
  retryMs(reason: Reason, now: number, wall: number): number {
    if (reason === 'daily-quota') return DAY_MS - (wall % DAY_MS);
    return reason === 'burst' ? this.#second.resetMs(now) : this.#window.resetMs(now);
  }

  /** What the ledger does not know of. */
  get unreported(): number {
    return this.#unreported;
  }

  /** The ledger knows of so much now. */
  reported(units: number): void {
    this.#unreported -= units;
  }
}
