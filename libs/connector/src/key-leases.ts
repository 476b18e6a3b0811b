import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import { type Clock, type Database, Lease, systemClock, thisMoment, type Transaction } from '#persistence';

export const leaseLost = (key: string): Problem =>
  new Problem('vendor-unavailable', `the lease on ${key} ran out before the write`, { code: 'lease-lost', retryAfterMs: 0 });

/** Throws `vendor-unavailable`, code `lease-lost`, when another process may hold the key by now. */
export function refuseLost(lease: Lease): void {
  if (lease.remainingMs() <= 0) throw leaseLost(lease.key);
}

/** One caller at a time per key, over all processes. */
export interface Leases {
  take(key: string): Promise<Lease>;
  /**
   * Locks the key's row until the transaction ends; throws `lease-lost` unless its holder still has
   * the lease.
   */
  hold(em: Transaction, lease: Lease): Promise<void>;
  give(lease: Lease): Promise<void>;
  /** Extends the lease to its full length from now; false when its holder no longer has it. */
  renew(lease: Lease): Promise<boolean>;
}

const POLL_MS = 25;

/**
 * Leases in Postgres (`connector.write_key`). Callers of this process queue up here; for other
 * processes they wait a limited time.
 */
export class KeyLeases implements Leases {
  readonly #queues = new Map<string, Promise<void>>();
  readonly #leave = new Map<string, () => void>();

  constructor(
    private readonly dataSource: Database,
    private readonly system: string,
    private readonly account: string,
    private readonly leaseMs: number,
    private readonly patienceMs: number,
    private readonly clock: Clock = systemClock,
  ) {}

  /**
   * Throws `vendor-unavailable`, code `key-leased`, when another process holds the key for longer
   * than that time.
   */
  async take(key: string): Promise<Lease> {
    const giveUpAt = performance.now() + this.patienceMs;
    const leave = await this.#enterQueue(key);
    const owner = randomUUID();
    this.#leave.set(owner, leave);
    try {
      for (;;) {
        const asked = thisMoment(this.clock);
        const fence = await this.#tryTake(key, owner);
        if (fence !== undefined) return new Lease({ key, owner, fence, leaseMs: this.leaseMs, asked }, this.clock);
        if (performance.now() >= giveUpAt) throw await this.#leased(key);
        await sleep(POLL_MS + Math.random() * POLL_MS);
      }
    } catch (error) {
      this.#leaveQueue(owner);
      throw error;
    }
  }

  async hold(em: Transaction, { key, owner, fence }: Lease): Promise<void> {
    const rows = await em.query<unknown[]>(
      `select 1 from connector.write_key where system = $1 and account = $2 and key = $3 and owner = $4 and fence = $5 for update`,
      [this.system, this.account, key, owner, fence],
    );
    if (rows.length === 0) throw leaseLost(key);
  }

  async give({ key, owner }: Lease): Promise<void> {
    this.#leaveQueue(owner);
    await this.dataSource.query(
      `update connector.write_key set owner = null, lease_until = '-infinity' where system = $1 and account = $2 and key = $3 and owner = $4`,
      [this.system, this.account, key, owner],
    );
  }

  renew(lease: Lease): Promise<boolean> {
    return lease.renew(async () => {
      const [, renewed] = await this.dataSource.query<[unknown[], number]>(
        `update connector.write_key set lease_until = clock_timestamp() + $6 * interval '1 ms'
         where system = $1 and account = $2 and key = $3 and owner = $4 and fence = $5 returning 1`,
        [this.system, this.account, lease.key, lease.owner, lease.fence, this.leaseMs],
      );
      return renewed === 1;
    });
  }

  async #tryTake(key: string, owner: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ fence: string }[]>(
      `insert into connector.write_key(system, account, key, owner, fence, lease_until)
       values ($1, $2, $3, $4, 1, clock_timestamp() + $5 * interval '1 ms')
       on conflict (system, account, key) do update
       set owner = excluded.owner, fence = write_key.fence + 1, lease_until = excluded.lease_until
       where write_key.lease_until < clock_timestamp()
       returning fence`,
      [this.system, this.account, key, owner, this.leaseMs],
    );
    return rows[0]?.fence;
  }

  async #leased(key: string): Promise<Problem> {
    const rows = await this.dataSource.query<{ ms: string }[]>(
      `select extract(epoch from lease_until - clock_timestamp()) * 1000 ms from connector.write_key where system = $1 and account = $2 and key = $3`,
      [this.system, this.account, key],
    );
    const retryAfterMs = Math.max(POLL_MS, Math.ceil(Number(rows[0]?.ms ?? 0)));
    return new Problem('vendor-unavailable', `another is writing ${key} at ${this.system}`, { code: 'key-leased', retryAfterMs });
  }

  async #enterQueue(key: string): Promise<() => void> {
    const before = this.#queues.get(key) ?? Promise.resolve();
    let leave = () => {};
    const mine = new Promise<void>(resolve => (leave = resolve));
    const tail = before.then(() => mine);
    this.#queues.set(key, tail);
    await before;
    return () => {
      leave();
      if (this.#queues.get(key) === tail) this.#queues.delete(key);
    };
  }

  #leaveQueue(owner: string): void {
    this.#leave.get(owner)?.();
    this.#leave.delete(owner);
  }
}
