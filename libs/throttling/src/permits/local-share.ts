import type { Plan } from '../plans/plan.table.js';
import type { Answer, Reason } from './permit-ledger.js';
import { SlidingCount } from './sliding-count.js';

const DAY_MS = 86_400_000;

/** What this replica let in: in the window, in a second, on a day of UTC. */
export interface Own {
  window: number;
  second: number;
  day: number;
}

/** What was known of a consumer's use when the ledger answered last. Moments are of the monotonic clock. */
export interface Known extends Pick<Answer, 'used' | 'usedSecond' | 'dayUnits' | 'day' | 'replicas'> {
  at: number;
  /** This replica's part of that, with what it was given then. */
  own: Own;
}

/**
 * What this replica lets through by itself while the ledger is away: its part of what the plan still
 * allowed when the ledger answered last, and with what it let in before no more than its part of the
 * whole plan. Others may have been let in since that answer, so the first alone would be too much.
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

  /** Counts what was let in, by the ledger's permits or alone. `wall` is in ms since 1970. */
  count(cost: number, now: number, wall: number): void {
    this.#turn(wall);
    this.#window.add(now, cost);
    this.#second.add(now, cost);
    this.#dayUnits += cost;
  }

  /** What this replica let in until now, and `held`: permits that it was given and can still use. */
  own(now: number, wall: number, held = 0): Own {
    this.#turn(wall);
    return { window: this.#window.used(now) + held, second: this.#second.used(now) + held, day: this.#dayUnits + held };
  }

  /** Takes permits; the reason when they are not there. `wall` is in ms since 1970. */
  take(plan: Plan, cost: number, known: Known | undefined, now: number, wall: number): Exclude<Reason, 'concurrency'> | undefined {
    const own = this.own(now, wall);
    const most = this.#most(plan, known, now);
    if (own.day + cost > most.day) return 'daily-quota';
    if (own.window + cost > most.window) return 'rate';
    if (own.second + cost > most.second) return 'burst';
    this.count(cost, now, wall);
    this.#unreported += cost;
    return undefined;
  }

  /** What is left of the window. */
  remaining(plan: Plan, known: Known | undefined, now: number): number {
    return Math.max(0, this.#most(plan, known, now).window - this.#window.used(now));
  }

  /** How much this replica may have let in, at most. A day has no even parts: they would be refused while much is left. */
  #most({ rate, burst, dailyQuota }: Plan, known: Known | undefined, now: number): Own {
    const replicas = known?.replicas ?? 1;
    const since = known ? now - known.at : Number.POSITIVE_INFINITY;
    const even = (limit: number): number => Math.floor(limit / replicas);
    const left = (limit: number, used: number, own: number): number => own + Math.floor((limit - used) / replicas);
    const quota = dailyQuota ?? Number.POSITIVE_INFINITY;
    return {
      window: Math.max(1, Math.min(even(rate), since < this.windowMs ? left(rate, known!.used, known!.own.window) : rate)),
      second: Math.max(1, Math.min(even(burst), since < 1_000 ? left(burst, known!.usedSecond, known!.own.second) : burst)),
      day: Math.max(1, known?.day === this.#day ? left(quota, known.dayUnits, known.own.day) : even(quota)),
    };
  }

  #turn(wall: number): void {
    const today = Math.floor(wall / DAY_MS);
    if (today !== this.#day) [this.#day, this.#dayUnits] = [today, 0];
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
