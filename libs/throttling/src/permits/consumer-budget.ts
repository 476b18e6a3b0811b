import { Lease, thisMoment, type Clock } from '#persistence';
import type { Plan } from '../plans/plan.table.js';
import { type Known, LocalShare } from './local-share.js';
import { SLOT_LEASE_MS, Slots } from './slots.js';
import type { Answer, Ask, PermitLedger, Reason, Unused } from './permit-ledger.js';

/** Up to this many calls in a window or a day, each call asks the ledger. */
const EXACT_UP_TO = 100;
const MOST_WAITING = 1_000;

export interface Decision {
  /** Why it is refused; undefined when it is let through. */
  reason?: Reason;
  /** When a refused call is welcome, in ms. */
  retryMs: number;
  /** Calls left in the window, and when the oldest of it are free again, in ms. */
  remaining: number;
  resetMs: number;
  /** Gives the slot back; to be called once, whatever becomes of the request. */
  release?: () => void;
}

interface Waiting {
  cost: number;
  slot: boolean;
  decided: boolean;
  resolve: (decision: Decision) => void;
}

interface Refusal {
  reason: Reason;
  cost: number;
  until: number;
}

export interface BudgetContext {
  /** Undefined before the app has connected, and in one without a database. */
  ledger: () => PermitLedger | undefined;
  clock: Clock;
  /** How long a call waits for the ledger. */
  patienceMs: number;
  /** Called with permits that were leased or used at once. */
  granted?: (permits: number) => void;
}

/**
 * One consumer's budget as one replica sees it: leased permits and slots that are used without
 * asking, the calls that wait for the ledger's answer, and the local share while it is away. One
 * statement is under way at a time; it serves all calls that wait.
 */
export class ConsumerBudget {
  #plan: Plan;
  #share: LocalShare;
  #known: Known | undefined;
  #permits: { left: number; lease: Lease; unused: Omit<Unused, 'units'> } | undefined;
  readonly #slots = new Slots();
  /** Permits that were used since the last answer: how many the next lease should hold. */
  #demand = 0;
  #refusal: Refusal | undefined;
  #resetAt = 0;
  #waiting: Waiting[] = [];
  #asking: Promise<void> | undefined;

  constructor(
    readonly clientId: string,
    plan: Plan,
    private readonly context: BudgetContext,
  ) {
    this.#plan = plan;
    this.#share = new LocalShare(plan.windowSeconds * 1000);
  }

  /**
   * Decides about a call of this cost. Never rejects, and never waits longer than the patience of
   * the context.
   */
  take(plan: Plan, cost: number, slot: boolean): Decision | Promise<Decision> {
    this.#use(plan);
    const needsSlot = slot && plan.concurrency !== null;
    const ledger = this.context.ledger();
    if (!ledger || ledger.away) return this.#alone(cost, needsSlot);
    const now = this.#now();
    if (this.#refusal && now < this.#refusal.until && cost >= this.#refusal.cost)
      return this.#refused(this.#refusal.reason, this.#refusal.until - now);
    if (this.#waiting.length === 0 && !this.#asking && this.#has(cost, needsSlot)) return this.#letIn(cost, needsSlot);
    // A flood waits in no queue: beyond this it is refused as a burst.
    if (this.#waiting.length >= MOST_WAITING) return this.#refused('burst', 1_000);
    return this.#wait(ledger, cost, needsSlot);
  }

  /** Whether it holds, or owes the ledger, something. */
  get pending(): boolean {
    return (this.#permits?.left ?? 0) > 0 || this.#slots.pending || this.#share.unreported > 0;
  }

  /**
   * Gives back what was leased and is not used, renews slots of running requests, and reports what
   * was used without the ledger. `all`: also permits whose lease still runs.
   */
  async settle(all = false): Promise<void> {
    const ledger = this.context.ledger();
    if (!ledger || ledger.away) return;
    if (this.#asking) await this.#asking;
    else if (all ? this.pending : this.#owes) await this.#askOnce(ledger);
  }

  get #owes(): boolean {
    const { left = 0, lease } = this.#permits ?? {};
    if (this.#share.unreported > 0 || (left > 0 && lease!.remainingMs() <= 0)) return true;
    return this.#slots.owes(this.#slotsWanted(0));
  }

  /** Of the window, in parts of one: how much all replicas together had used at the last answer. */
  get use(): number {
    return this.#known ? this.#known.used / this.#plan.rate : 0;
  }

  get #isExact(): boolean {
    return this.#plan.rate <= EXACT_UP_TO || (this.#plan.dailyQuota ?? Number.POSITIVE_INFINITY) <= EXACT_UP_TO;
  }

  /** Short beside the window, since what is leased counts as used until the lease ends. */
  get #leaseMs(): number {
    return this.#isExact ? 0 : Math.min(150, this.#plan.windowSeconds * 2.5);
  }

  /** Calls in so many ms, as they came since the last answer; a few at the start. */
  #expected(ms: number): number {
    const sinceMs = this.#known ? Math.max(1, this.#now() - this.#known.at) : ms;
    return Math.ceil(Math.max(this.#demand * 1.2 * (ms / Math.max(ms, sinceMs)), this.#plan.rate / 10_000));
  }

  #now(): number {
    return this.context.clock.now();
  }

  /** Another plan: what is leased was counted by the old one, and is given back. */
  #use(plan: Plan): void {
    const before = this.#plan;
    this.#plan = plan;
    // The same plan, read again.
    if (plan === before || JSON.stringify(plan) === JSON.stringify(before)) return;
    if (plan.windowSeconds !== before.windowSeconds) this.#share = new LocalShare(plan.windowSeconds * 1000);
    this.#refusal = undefined;
    this.#slots.forget();
    if (this.#permits) this.#permits.lease = this.#leaseOf(0);
  }

  #leaseOf(leaseMs: number, asked = thisMoment(this.context.clock)): Lease {
    return new Lease({ key: this.clientId, owner: '', fence: '', leaseMs, asked }, this.context.clock);
  }

  #has(cost: number, slot: boolean): boolean {
    return this.#permits !== undefined && this.#permits.left >= cost && this.#permits.lease.remainingMs() > 0 && (!slot || this.#slots.free > 0);
  }

  /** Slots to hold for running requests and as many that wait. Some are ready besides, where not each call asks. */
  #slotsWanted(waiting: number): number {
    const { concurrency } = this.#plan;
    if (concurrency === null) return 0;
    const needed = this.#slots.running + waiting;
    return this.#isExact || needed === 0 ? needed : needed + Math.max(1, Math.ceil(concurrency / 16));
  }

  #letIn(cost: number, slot: boolean): Decision {
    this.#permits!.left -= cost;
    this.#demand += cost;
    this.#share.count(cost, this.#now(), this.context.clock.wall());
    return this.#passed(slot, this.#remaining());
  }

  #remaining(): number {
    return Math.max(0, this.#plan.rate - (this.#known?.used ?? 0)) + (this.#permits?.left ?? 0);
  }

  #passed(slot: boolean, remaining: number): Decision {
    const decision: Decision = { retryMs: 0, remaining, resetMs: Math.max(1, this.#resetAt - this.#now()) };
    // Where each call counts, another replica may need the slot right when it is free.
    if (slot) decision.release = this.#slots.take(() => this.#isExact && void this.settle());
    return decision;
  }

  #refused(reason: Reason, retryMs: number): Decision {
    const remaining = reason === 'rate' || reason === 'daily-quota' ? 0 : this.#remaining();
    return { reason, retryMs: Math.max(1, retryMs), remaining, resetMs: Math.max(1, this.#resetAt - this.#now()) };
  }

  #wait(ledger: PermitLedger, cost: number, slot: boolean): Promise<Decision> {
    return new Promise<Decision>(resolve => {
      const waiting: Waiting = {
        cost,
        slot,
        decided: false,
        resolve: decision => {
          giveUp();
          waiting.decided = true;
          resolve(decision);
        },
      };
      const alone = (): void => {
        if (waiting.decided) return;
        ledger.missed();
        waiting.resolve(this.#alone(cost, slot));
      };
      // After a standstill of this process the answer may be there, and only not be read yet.
      const giveUp = this.context.clock.after(this.context.patienceMs, () => void setImmediate(alone));
      this.#waiting.push(waiting);
      if (!this.#asking) void this.#askOnce(ledger);
    });
  }

  #askOnce(ledger: PermitLedger): Promise<void> {
    this.#asking = this.#ask(ledger).finally(() => {
      this.#asking = undefined;
      if (this.#waiting.length > 0) void this.#askOnce(ledger);
      else if (this.#isExact) void this.settle();
    });
    return this.#asking;
  }

  async #ask(ledger: PermitLedger): Promise<void> {
    const served = this.#waiting.filter(({ decided }) => !decided);
    this.#waiting = [];
    const spent = this.#share.unreported;
    const ask = this.#askFor(served, spent);
    this.#permits = undefined;
    const asked = thisMoment(this.context.clock);
    try {
      const answer = await ledger.ask(this.clientId, this.#plan, ask);
      this.#share.reported(spent);
      this.#learn(answer, asked);
      this.#serve(served, answer);
    } catch {
      // Whether it counted the ask is not known: what was given back stays given back.
      for (const { cost, slot, decided, resolve } of served) if (!decided) resolve(this.#alone(cost, slot));
    }
  }

  #askFor(served: readonly Waiting[], spent: number): Ask {
    const back = this.#permits && this.#permits.left > 0 ? { ...this.#permits.unused, units: this.#permits.left } : undefined;
    const leaseMs = this.#leaseMs;
    const extra = served.length === 0 || leaseMs === 0 ? 0 : this.#expected(leaseMs);
    this.#demand = 0;
    const waiting = served.filter(({ slot }) => slot).length;
    return {
      calls: served.map(({ cost, slot }) => ({ cost, slot })),
      extra,
      leaseMs,
      grainMs: Math.floor((this.#plan.windowSeconds * 1000) / 300),
      running: this.#slots.running,
      slots: this.#slotsWanted(waiting),
      slotMs: SLOT_LEASE_MS,
      ...(back ? { back } : {}),
      spent,
    };
  }

  #learn(answer: Answer, asked: ReturnType<typeof thisMoment>): void {
    const { granted, slots, leaseMs, stamp, second, day, resetMs, reason, retryMs, replicas, used, usedSecond, dayUnits } = answer;
    const now = this.#now();
    this.#known = { used, usedSecond, dayUnits, day, replicas, at: now, own: this.#share.own(now, this.context.clock.wall(), granted) };
    this.#resetAt = now + resetMs;
    this.#permits = { left: granted, lease: this.#leaseOf(leaseMs, asked), unused: { stamp, second, day } };
    this.#slots.lease(slots, this.#leaseOf(SLOT_LEASE_MS, asked));
    this.#refusal = undefined;
    if (granted > 0) this.context.granted?.(granted);
    if (reason === null) return;
    // A slot, or what another replica gives back, may be free sooner than the ledger knows.
    const mostMs = reason === 'concurrency' ? 0 : this.#isExact ? Number.POSITIVE_INFINITY : Math.min(100, this.#leaseMs);
    this.#refusal = { reason, cost: Number.POSITIVE_INFINITY, until: now + Math.min(retryMs ?? 1_000, mostMs) };
  }

  /** Lets in those of the calls for which there are permits, as the ledger counted them. */
  #serve(served: readonly Waiting[], { slots, reason, retryMs }: Answer): void {
    const permits = this.#permits!;
    for (const { cost, slot, decided, resolve } of served) {
      if (decided) continue;
      const noSlot = slot && slots !== null && slots <= this.#slots.running;
      if (noSlot) resolve(this.#refused('concurrency', 1_000));
      else if (cost <= permits.left) resolve(this.#letIn(cost, slot));
      else {
        const why = reason === null || reason === 'concurrency' ? 'rate' : reason;
        if (this.#refusal) this.#refusal.cost = Math.min(this.#refusal.cost, cost);
        resolve(this.#refused(why, retryMs ?? 1_000));
      }
    }
  }

  /** Decides by the local share. */
  #alone(cost: number, slot: boolean): Decision {
    const now = this.#now();
    const slots = slot ? Math.max(1, Math.floor(this.#plan.concurrency! / (this.#known?.replicas ?? 1))) : Number.POSITIVE_INFINITY;
    this.#resetAt = now + this.#share.resetMs(now);
    if (slot && this.#slots.running >= slots) return this.#refused('concurrency', 1_000);
    const wall = this.context.clock.wall();
    const reason = this.#share.take(this.#plan, cost, this.#known, now, wall);
    if (reason) return this.#refused(reason, this.#share.retryMs(reason, now, wall));
    return this.#passed(slot, this.#share.remaining(this.#plan, this.#known, now));
  }
}
