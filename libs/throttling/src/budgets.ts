import { isIP } from 'node:net';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { FastifyRequest } from 'fastify';
import type { Consumers, Principal } from '#auth';
import { Problem } from '#canonical';
import { type Clock, type Database, ownConnections, systemClock } from '#persistence';
import { headersOf } from './headers.rules.js';
import { ConsumerBudget, type Decision } from './permits/consumer-budget.js';
import { PermitLedger, type LedgerOptions, type Reason } from './permits/permit-ledger.js';
import { personShareOf } from './plans/plan.rules.js';
import type { Plan } from './plans/plan.table.js';
import type { Plans } from './plans/plans.js';
import { Recent } from './recent.js';
import { neverFits, refusalOf } from './refusal.rules.js';
import { Windows } from './windows.js';

export const MINUTE_MS = 60_000;

/** How many callers are counted at once; beyond that, the oldest are forgotten first. */
export const MOST_COUNTED = 20_000;

const SETTLE_EVERY_MS = 1_000;
/** A call waits no longer than this for Postgres; then the local share decides. */
const PATIENCE_MS = 500;

/** How many calls an app takes in a minute. */
export interface Limits {
  /** The built-in plan's, of a deployment that has made none; over all replicas and apps. */
  perMinute: number;
  /** Calls without a good token from one address, per replica. */
  perMinuteOfAddress: number;
}

export interface BudgetsOptions {
  limits: Limits;
  plans: Plans;
  consumers: Consumers;
  /** Undefined in an app without a database: it counts for itself. */
  database?: Database;
  clock?: Clock;
  patienceMs?: number;
  ledger?: LedgerOptions;
}

/** What is told of budgets, for metrics. A consumer that nobody registered is `unknown`. */
export interface BudgetsWatcher {
  refused(consumer: string, reason: Reason | 'address' | 'suspended' | 'too-small'): void;
  granted(consumer: string, permits: number): void;
}

/**
 * The network address that a call counts for. Fastify reads X-Forwarded-For only as far as trusted
 * proxies wrote it; an invalid value counts for the socket's address. One IPv6 site has 2^64
 * addresses, so these count by their first 64 bits.
 */
export function addressOf(request: FastifyRequest): string {
  const stated = isIP(request.ip) === 0 ? (request.socket.remoteAddress ?? 'none') : request.ip;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(stated);
  if (mapped) return mapped[1];
  return isIP(stated) === 6 ? siteOf(stated) : stated;
}

function siteOf(address: string): string {
  const [head, tail] = address.split('%')[0].split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? [] : Array.from({ length: Math.max(0, 8 - before.length - after.length) }, () => '0');
  return [...before, ...zeros, ...after]
    .slice(0, 4)
    .map(part => Number.parseInt(part, 16).toString(16))
    .join(':');
}

/**
 * What each caller may ask. Calls with a good token count for their consumer by its plan, over all
 * apps and replicas, whatever their outcome; a person may use half of it. Other calls count per
 * address, in each process. A spent address budget refuses only calls without a good token. Services
 * of the house (scope act-for) call each other as often as the work needs: their calls don't count.
 */
export class Budgets implements ThrottlerStorage, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #clock: Clock;
  readonly #consumers = new Recent<ConsumerBudget>(MOST_COUNTED);
  readonly #people: Windows;
  readonly #addresses: Windows;
  /** Consumers that called since all was settled with the ledger. */
  readonly #unsettled = new Set<ConsumerBudget>();
  #connections: Database | undefined;
  #ledger: PermitLedger | undefined;
  #cancel: () => void = () => undefined;
  #watcher: BudgetsWatcher | undefined;

  constructor(private readonly o: BudgetsOptions) {
    this.#clock = o.clock ?? systemClock;
    const now = () => this.#clock.now();
    this.#people = new Windows(MINUTE_MS, MOST_COUNTED, now);
    this.#addresses = new Windows(MINUTE_MS, MOST_COUNTED, now);
  }

  async onApplicationBootstrap(): Promise<void> {
    const { database, ledger } = this.o;
    if (!database) return;
    this.#connections = ownConnections(database, { name: 'throughline permits', poolSize: 2, patienceMs: 2_000 });
    await this.#connections.initialize();
    this.#ledger = new PermitLedger(this.#connections, ledger);
    this.#settleSoon();
  }

  /** Gives back what is leased. */
  async onApplicationShutdown(): Promise<void> {
    this.#cancel();
    await this.#settle(true);
    if (this.#connections?.isInitialized) await this.#connections.destroy();
  }

  watch(watcher: BudgetsWatcher): void {
    this.#watcher = watcher;
  }

  /**
   * Charges a request one call as it comes in, and takes one of its consumer's slots until it has
   * ended. Throws `rate-limited` when the plan does not allow it, `forbidden` for a suspended
   * consumer.
   */
  async admit(request: FastifyRequest): Promise<void> {
    const raw = request.reply?.raw;
    const release = await this.#charge(request, { cost: 1, calls: 1, slot: raw !== undefined });
    if (!release || !raw) return;
    // Closed is the end of every request, also of one that its caller broke off.
    if (raw.closed || raw.destroyed) release();
    else {
      raw.once('close', release);
      raw.once('finish', release);
    }
  }

  /**
   * Charges a request that has come in what it costs beyond one call. Throws `rate-limited` when
   * that is too much now, and `unprocessable` when the plan never allows so much; then nothing more
   * is charged.
   */
  async charge(request: FastifyRequest, cost: number): Promise<void> {
    if (cost > 0) await this.#charge(request, { cost, calls: cost + 1, slot: false });
  }

  /**
   * Counts a call without a good token for its address. Throws `rate-limited` once the address has
   * spent its budget.
   */
  chargeAddress(request: FastifyRequest): void {
    const { perMinuteOfAddress } = this.o.limits;
    const { spent, resetS } = this.#addresses.add(addressOf(request), 1, perMinuteOfAddress);
    if (!spent) return;
    this.#watcher?.refused('none', 'address');
    const detail = `This address may make ${perMinuteOfAddress} calls without a valid token in 60 s; the next is welcome in ${resetS} s.`;
    throw new Problem('rate-limited', detail, { retryAfterMs: resetS * 1000, code: 'address-budget' });
  }

  /** The framework's way to count one call of a client. */
  async increment(clientId: string): ReturnType<ThrottlerStorage['increment']> {
    const plan = this.o.plans.of(clientId);
    const { reason, remaining, resetMs, retryMs } = await this.#budgetOf(clientId, plan).take(plan, 1, false);
    return {
      totalHits: plan.rate - remaining,
      timeToExpire: Math.ceil(resetMs / 1000),
      isBlocked: reason !== undefined,
      timeToBlockExpire: Math.ceil(retryMs / 1000),
    };
  }

  /** Resolves when what is owed to the ledger now has been told it. */
  settled(): Promise<void> {
    return this.#settle(false);
  }

  /** How many callers are held, for tests and metrics. */
  get held(): Record<'consumers' | 'unsettled' | 'people' | 'addresses', number> {
    return { consumers: this.#consumers.size, unsettled: this.#unsettled.size, people: this.#people.size, addresses: this.#addresses.size };
  }

  /** Whether plans are shared with other processes now; otherwise local shares hold. */
  get shared(): boolean {
    return this.#ledger?.away === false;
  }

  /**
   * The consumers that called here a moment ago, and how much of their window all processes used, in
   * parts of one; of those that nobody registered, the one that used most.
   */
  uses(): { consumer: string; use: number }[] {
    const uses = new Map<string, number>();
    for (const { clientId, use } of this.#unsettled) uses.set(this.#nameOf(clientId), Math.max(use, uses.get(this.#nameOf(clientId)) ?? 0));
    return [...uses].map(([consumer, use]) => ({ consumer, use }));
  }

  #nameOf(clientId: string): string {
    return this.o.consumers.find(clientId) ? clientId : 'unknown';
  }

  /** `calls`: as how many the whole request counts, with what it was charged before. */
  async #charge(request: FastifyRequest, { cost, calls, slot }: { cost: number; calls: number; slot: boolean }): Promise<(() => void) | undefined> {
    const { principal } = request;
    if (!principal) return undefined;
    const { clientId } = principal;
    const known = this.o.consumers.find(clientId);
    if (known?.state === 'suspended') {
      this.#watcher?.refused(clientId, 'suspended');
      throw new Problem('forbidden', 'This client is suspended; ask whoever runs these APIs.', { code: 'consumer-suspended' });
    }
    if (principal.scopes.includes('act-for')) return undefined;
    const plan = this.o.plans.of(clientId);
    // A single call fits every plan.
    const never = calls > 1 ? neverFits(plan, calls, principal.id !== clientId) : undefined;
    if (never) {
      this.#watcher?.refused(this.#nameOf(clientId), 'too-small');
      throw never;
    }
    const decision = this.#personOf(principal, plan, cost) ?? (await this.#budgetOf(clientId, plan).take(plan, cost, slot));
    request.reply?.headers(headersOf(plan, decision));
    if (decision.reason === undefined) return decision.release;
    this.#watcher?.refused(this.#nameOf(clientId), decision.reason);
    throw refusalOf(plan, decision.reason, cost, decision.retryMs);
  }

  #budgetOf(clientId: string, plan: Plan): ConsumerBudget {
    const budget = this.#consumers.touch(clientId, () => {
      const granted = (permits: number): void => this.#watcher?.granted(this.#nameOf(clientId), permits);
      const { patienceMs = PATIENCE_MS } = this.o;
      return new ConsumerBudget(clientId, plan, { ledger: () => this.#ledger, clock: this.#clock, patienceMs, granted });
    });
    if (this.#unsettled.size < MOST_COUNTED) this.#unsettled.add(budget);
    return budget;
  }

  /**
   * One of the people of a consumer uses at most half of its plan in a minute, so that none of them
   * locks out the others. Counted in each process. Undefined when that is not exceeded.
   */
  #personOf({ id, clientId }: Principal, plan: Plan, cost: number): Decision | undefined {
    if (id === clientId) return undefined;
    const { spent, resetS } = this.#people.add(`${clientId} ${id}`, cost, personShareOf(plan));
    return spent ? { reason: 'person-share', retryMs: resetS * 1000, remaining: 0, resetMs: resetS * 1000 } : undefined;
  }

  #settleSoon(): void {
    this.#cancel = this.#clock.after(SETTLE_EVERY_MS, () => {
      void this.#settle(false).finally(() => this.#settleSoon());
    });
  }

  async #settle(all: boolean): Promise<void> {
    if (this.#ledger?.away) await this.#ledger.probe();
    for (const budget of this.#unsettled) {
      await budget.settle(all);
      if (!budget.pending) this.#unsettled.delete(budget);
    }
  }
}
