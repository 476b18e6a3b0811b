import { randomUUID } from 'node:crypto';
import { Problem } from '#canonical';
import { type Database, inTransaction } from '#persistence';

export interface QuotaGateOptions {
  dataSource: Database;
  vendor: string;
  account: string;
  /** How many calls all processes together may run at once in this account. */
  limit: number;
  /** How long leased permits hold without renewal; a dead process's permits are free after that. */
  leaseMs?: number;
}

interface Waiting {
  go: () => void;
  refuse: (problem: Problem) => void;
  timer: NodeJS.Timeout;
}

const LEASE_MS = 5_000;
const IDLE_MS = 1_000;
const FIRST_RETRY_MS = 10;
const LAST_RETRY_MS = 200;
/** Our own pauses, where a vendor rejects calls without saying for how long. */
const FIRST_PAUSE_MS = 500;
const LAST_PAUSE_MS = 60_000;
/** The longest pause, whatever the vendor asks for. */
export const LONGEST_PAUSE_MS = 900_000;

/**
 * One budget per vendor account for all processes. Each process holds permits, leased from Postgres
 * for some seconds and renewed in the background, so that a call costs no time in Postgres. A
 * process with more than its fair share gives permits back as its calls end; permits that don't
 * divide evenly rotate. A process that can't renew stops starting calls when its lease ends.
 */
export class QuotaGate {
  readonly #id = randomUUID();
  readonly #leaseMs: number;
  #held = 0;
  /** The most calls that may run now; below `held` while permits are being given back. */
  #target = 0;
  #running = 0;
  #leaseEndsAt = 0;
  #pausedUntil = 0;
  #waiting: Waiting[] = [];
  #balancing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #retryMs = FIRST_RETRY_MS;
  #usedAt = 0;
  #pauseMs = FIRST_PAUSE_MS;
  #stopped = false;

  constructor(private readonly options: QuotaGateOptions) {
    this.#leaseMs = options.leaseMs ?? LEASE_MS;
  }

  /**
   * Waits for a permit until `deadline` (ms of performance.now()); returns how to give it back.
   * Throws `rate-limited`, code `not-made`.
   */
  async enter(deadline: number): Promise<() => void> {
    if (this.#stopped) throw this.#refusal('the gate is closed');
    this.#usedAt = performance.now();
    if (this.#pausedUntil > deadline) throw this.#refusal('the vendor asked for a pause', this.#pausedUntil - this.#usedAt);
    if (this.#waiting.length === 0 && this.#free) this.#running++;
    else await this.#wait(deadline);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.#running--;
      this.#usedAt = performance.now();
      this.#serve();
    };
  }

  /**
   * The vendor rejected a call: all calls of the account wait as long as it asks, or, when it does
   * not say, longer each time.
   */
  throttled(askedMs?: number): void {
    if (askedMs !== undefined) return this.pause(Math.min(askedMs, LONGEST_PAUSE_MS));
    // calls that were in flight together with the rejected one
    if (performance.now() < this.#pausedUntil) return;
    this.pause(this.#pauseMs * (0.5 + Math.random() / 2));
    this.#pauseMs = Math.min(this.#pauseMs * 2, LAST_PAUSE_MS);
  }

  /** A call was answered: the next pause starts short again. */
  eased(): void {
    if (performance.now() >= this.#pausedUntil) this.#pauseMs = FIRST_PAUSE_MS;
  }

  /** No call of any process starts for `ms`: the vendor asked for it. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, performance.now() + ms);
    this.#schedule(0);
  }

  /** Gives all permits back. Running calls continue. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const waiting of this.#waiting.splice(0)) this.#turnAway(waiting, 'the process is stopping');
    await this.#balancing;
    const { dataSource, vendor, account } = this.options;
    if (this.#leaseEndsAt > 0 && dataSource.isInitialized)
      await dataSource.query('delete from connector.permit where vendor = $1 and account = $2 and gate = $3', [vendor, account, this.#id]);
  }

  get #free(): boolean {
    const now = performance.now();
    return this.#running < Math.min(this.#held, this.#target) && now < this.#leaseEndsAt && now >= this.#pausedUntil;
  }

  #wait(deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        go: resolve,
        refuse: reject,
        timer: setTimeout(() => this.#late(waiting), Math.max(0, deadline - performance.now())),
      };
      this.#waiting.push(waiting);
      this.#schedule(0);
    });
  }

  #late(waiting: Waiting): void {
    this.#waiting = this.#waiting.filter(other => other !== waiting);
    this.#turnAway(waiting, `no permit of the account's ${this.options.limit} became free in time`);
  }

  #turnAway(waiting: Waiting, why: string): void {
    clearTimeout(waiting.timer);
    waiting.refuse(this.#refusal(why));
  }

  #refusal(why: string, retryAfterMs = LAST_RETRY_MS): Problem {
    const { vendor, account } = this.options;
    return new Problem('rate-limited', `${vendor} ${account}: ${why}`, { code: 'not-made', retryAfterMs: Math.ceil(retryAfterMs) });
  }

  #serve(): void {
    while (this.#waiting.length > 0 && this.#free) {
      const waiting = this.#waiting.shift()!;
      clearTimeout(waiting.timer);
      this.#running++;
      waiting.go();
    }
    // Permits that others wait for are handed over when the last call above our share has ended.
    if (this.#held > this.#target && this.#running <= this.#target) this.#schedule(0);
  }

  #schedule(inMs: number): void {
    if (this.#stopped || this.#balancing) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#balance(), inMs);
    this.#timer.unref();
  }

  #balance(): void {
    this.#balancing = this.#exchange()
      .then(
        () => this.#serve(),
        () => undefined, // Postgres is away: calls go on until the lease ends, then wait
      )
      .finally(() => {
        this.#balancing = undefined;
        this.#admitNext();
      });
  }

  #admitNext(): void {
    if (this.#stopped) return;
    const idle = this.#running === 0 && this.#waiting.length === 0 && performance.now() - this.#usedAt > IDLE_MS;
    if (idle && this.#held === 0) return; // asleep until the next call
    if (this.#waiting.length > 0 && !this.#free) {
      this.#schedule(this.#retryMs);
      this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
    } else {
      this.#retryMs = FIRST_RETRY_MS;
      this.#schedule(Math.min(this.#leaseMs / 4, IDLE_MS));
    }
  }

  /**
   * One transaction: states what we want, reads what the others hold, takes the fair share of what
   * is free.
   */
  async #exchange(): Promise<void> {
    const { dataSource, vendor, account, limit } = this.options;
    const idle = performance.now() - this.#usedAt > IDLE_MS;
    const wanted =
      this.#running + this.#waiting.length > 0 || !idle ? Math.min(limit, Math.max(this.#running + this.#waiting.length, Math.ceil(limit / 4))) : 0;
    const pausedMs = Math.max(0, this.#pausedUntil - performance.now());
    const askedAt = performance.now();
    const settled = await inTransaction(dataSource, async em => {
      await em.query('select pg_advisory_xact_lock(hashtextextended($1, 8001))', [`${vendor}:${account}`]);
      const rows = await em.query<PermitRow[]>(READ, [vendor, account]);
      const share = fairShare(limit, [...rows.filter(row => row.gate !== this.#id), { gate: this.#id, wanted }], Number(rows[0]?.turn ?? 0)).get(
        this.#id,
      )!;
      const others = rows.filter(row => row.gate !== this.#id).reduce((sum, row) => sum + row.held, 0);
      const held = Math.max(0, Math.min(limit - others, Math.max(share, this.#running)));
      await em.query(WRITE, [vendor, account, this.#id, held, wanted, this.#leaseMs, pausedMs]);
      return { held, share, pausedMs: Math.max(pausedMs, ...rows.map(row => Number(row.paused_ms))) };
    });
    this.#held = settled.held;
    this.#target = Math.min(settled.share, settled.held);
    this.#leaseEndsAt = askedAt + this.#leaseMs;
    if (settled.pausedMs > 0) this.#pausedUntil = Math.max(this.#pausedUntil, askedAt + settled.pausedMs);
  }
}

interface PermitRow {
  gate: string;
  held: number;
  wanted: number;
  paused_ms: string;
  turn: string;
}

const READ = `
  select gate, held, wanted, greatest(0, extract(epoch from paused_until - clock_timestamp()) * 1000) paused_ms,
    floor(extract(epoch from clock_timestamp())) turn
  from connector.permit where vendor = $1 and account = $2 and lease_until > clock_timestamp() order by gate`;

const WRITE = `
  insert into connector.permit(vendor, account, gate, held, wanted, lease_until, paused_until)
  values ($1, $2, $3, $4, $5, clock_timestamp() + $6 * interval '1 ms', clock_timestamp() + $7 * interval '1 ms')
  on conflict (vendor, account, gate) do update
  set held = excluded.held, wanted = excluded.wanted, lease_until = excluded.lease_until, paused_until = greatest(permit.paused_until, excluded.paused_until)`;

/**
 * Shares `limit` among the gates: none gets more than it wants, and what one leaves the others
 * divide. What doesn't divide evenly rotates by `turn`, so that with fewer permits than gates each
 * gets its time.
 */
export function fairShare(limit: number, gates: { gate: string; wanted: number }[], turn: number): Map<string, number> {
  const share = new Map(gates.map(({ gate }) => [gate, 0]));
  const order = [...gates].sort((a, b) => (a.gate < b.gate ? -1 : 1));
  const start = order.length === 0 ? 0 : turn % order.length;
  const round = [...order.slice(start), ...order.slice(0, start)];
  for (let left = limit; left > 0;) {
    const hungry = round.filter(({ gate, wanted }) => share.get(gate)! < wanted);
    if (hungry.length === 0) break;
    for (const { gate } of hungry.slice(0, left)) share.set(gate, share.get(gate)! + 1);
    left -= Math.min(left, hungry.length);
  }
  return share;
}
