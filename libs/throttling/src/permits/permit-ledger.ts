import { randomUUID } from 'node:crypto';
import { whileWaitedFor, withView, type Database } from '#persistence';
import type { Plan } from '../plans/plan.table.js';

/** Why a plan refuses a call. */
export type Reason = 'rate' | 'burst' | 'daily-quota' | 'concurrency' | 'person-share';

/** Permits that were not used, by where the ledger has counted them. */
export interface Unused {
  units: number;
  stamp: number;
  second: number;
  day: number;
}

export interface Ask {
  /** Calls that wait, in their order; `slot`: it needs one of the consumer's slots too. */
  calls: readonly { cost: number; slot: boolean }[];
  /** Permits to lease besides, for one lease of the shortest length. */
  extra: number;
  /** How long the permits are leased; 0: they are used at once, and counted to the millisecond. */
  leaseMs: number;
  /** Leased permits are counted together in steps of this length. */
  grainMs: number;
  /** Requests of the consumer that run here. */
  running: number;
  /** Slots that are wanted here, those of running requests among them, and for how long. */
  slots: number;
  slotMs: number;
  back?: Unused;
  /** Permits that were used without the ledger while it was away. */
  spent: number;
}

/** All durations are ms. */
export interface Answer {
  /** Permits for the calls that fit, in their order, and of those asked for besides. */
  granted: number;
  /** Null where the plan limits no concurrency. */
  slots: number | null;
  leaseMs: number;
  stamp: number;
  second: number;
  day: number;
  /** Why a call of those that wait is refused, and when it is welcome. */
  reason: Exclude<Reason, 'person-share'> | null;
  retryMs: number | null;
  /** What all replicas hold or have used: in the window, in a second, today. */
  used: number;
  usedSecond: number;
  dayUnits: number;
  /** When the oldest permits of the window are free again. */
  resetMs: number;
  /** Replicas that the consumer called lately. */
  replicas: number;
}

export interface LedgerOptions {
  /** The moment in ms since 1970, for specs; Postgres' clock by default. */
  movedMs?: () => number;
  replica?: string;
}

/**
 * What consumers have used, in Postgres: one for all replicas and apps. A statement an ask. Once it
 * failed it counts as away, so that no call waits for it, until it answers a `probe`.
 */
export class PermitLedger {
  readonly #replica: string;
  #away = false;

  constructor(
    private readonly database: Database,
    private readonly options: LedgerOptions = {},
  ) {
    this.#replica = options.replica ?? randomUUID();
  }

  get away(): boolean {
    return this.#away;
  }

  async ask(clientId: string, { rate, burst, concurrency, dailyQuota, windowSeconds }: Plan, ask: Ask): Promise<Answer> {
    const plan = { rate, burst, concurrency, dailyQuota, windowMs: windowSeconds * 1000 };
    const values = [clientId, this.#replica, JSON.stringify(plan), JSON.stringify(ask), this.options.movedMs?.() ?? null];
    const statement = 'select governance.take_permits($1, $2, $3, $4, $5) as answer';
    try {
      // For all callers that wait: it doesn't end with one of them, and sees no rows of anybody.
      const send = () => withView(undefined, () => this.database.query<[{ answer: Answer }]>(statement, values));
      const [{ answer }] = await whileWaitedFor(undefined, send);
      return answer;
    } catch (error) {
      this.missed();
      throw error;
    }
  }

  /** It did not answer in time. */
  missed(): void {
    this.#away = true;
  }

  /** Looks whether it is there again. */
  async probe(): Promise<void> {
    await withView(undefined, () => this.database.query('select 1')).then(
      () => (this.#away = false),
      () => undefined,
    );
  }
}
