import type { Database, Lease } from '#persistence';
import { leaseLost } from './key-leases.js';

export interface Attempt {
  id: string;
  kind: string;
  key: string;
}

/** Logs what was sent, and its outcome. */
export interface AttemptLog {
  /**
   * Notes a write before it is sent. Throws `lease-lost` when this process no longer has the lease.
   */
  begin(lease: Lease, kind: string, key: string, hash: string): Promise<Attempt>;
  /**
   * Extends the lease, and with it the time in which the attempt may commit, to its full length
   * from now.
   */
  goesOn(lease: Lease, attempt: Attempt): Promise<void>;
  end(attempt: Attempt, state: 'answered' | 'refused' | 'unknown'): Promise<void>;
  /**
   * How long, in ms, an attempt on the key may still commit without our seeing it; 0 when none can.
   * Attempts of `sameHash` don't count.
   */
  unsettledMs(kind: string, key: string, sameHash?: string): Promise<number>;
  /** Unanswered attempts that are due to be looked at. */
  due(): Promise<Attempt[]>;
  /** In how many ms the next attempt is due; null when there is none. */
  nextDueMs(): Promise<number | null>;
  /** Notes a look; after the last one the attempt is closed. */
  looked(attempt: Attempt): Promise<void>;
  /** Closes an attempt that needs no look. */
  close(attempt: Attempt): Promise<void>;
}

/**
 * An attempt in doubt is looked at twice: when it can't commit any more, and after the same time
 * again.
 */
const LOOKS = 2;
const KEEP_DAYS = 30;

/** Attempts in Postgres (`connector.attempt`). */
export class Attempts implements AttemptLog {
  #purgedAt = 0;

  constructor(
    private readonly dataSource: Database,
    private readonly system: string,
    private readonly account: string,
    private readonly settlingMs: number,
  ) {}

  async begin(lease: Lease, kind: string, key: string, hash: string): Promise<Attempt> {
    // The write is sent within the lease, renewed here, or not at all. It may commit for the
    // in-doubt time after that.
    const id = await lease.renew(async () => {
      const rows = await this.dataSource.query<{ id: string }[]>(
        `with held as (
           update connector.write_key set lease_until = clock_timestamp() + $10 * interval '1 ms'
           where system = $1 and account = $2 and key = $3 and owner = $8 and fence = $9 returning lease_until, fence)
         insert into connector.attempt(system, account, kind, key, hash, state, sent_at, unsettled_until, fence)
         select $1, $2, $4, $5, $6, 'sent', clock_timestamp(), lease_until + $7 * interval '1 ms', fence from held
         returning id`,
        [this.system, this.account, lease.key, kind, key, hash, this.settlingMs, lease.owner, lease.fence, lease.leaseMs],
      );
      return rows.at(0)?.id;
    });
    if (!id) throw leaseLost(key);
    return { id, kind, key };
  }

  async goesOn(lease: Lease, { id }: Attempt): Promise<void> {
    await lease.renew(async () => {
      const [, renewed] = await this.dataSource.query<[unknown[], number]>(
        `with held as (
           update connector.write_key set lease_until = clock_timestamp() + $6 * interval '1 ms'
           where system = $1 and account = $2 and key = $3 and owner = $4 and fence = $5 returning lease_until)
         update connector.attempt set unsettled_until = held.lease_until + $8 * interval '1 ms' from held where id = $7 and state = 'sent' returning 1`,
        [this.system, this.account, lease.key, lease.owner, lease.fence, lease.leaseMs, id, this.settlingMs],
      );
      return renewed === 1;
    });
  }

  async end({ id }: Attempt, state: 'answered' | 'refused' | 'unknown'): Promise<void> {
    await this.dataSource.query(
      `update connector.attempt set state = $2,
         settled_at = case when $2 = 'unknown' then null else clock_timestamp() end,
         unsettled_until = clock_timestamp() + $3 * interval '1 ms'
       where id = $1`,
      [id, state, this.settlingMs],
    );
  }

  async unsettledMs(kind: string, key: string, sameHash?: string): Promise<number> {
    const [{ ms }] = await this.dataSource.query<{ ms: string | null }[]>(
      `select extract(epoch from max(unsettled_until) - clock_timestamp()) * 1000 ms from connector.attempt
       where system = $1 and account = $2 and kind = $3 and key = $4 and settled_at is null and ($5::text is null or hash <> $5)`,
      [this.system, this.account, kind, key, sameHash ?? null],
    );
    return Math.max(0, Number(ms ?? 0));
  }

  async due(): Promise<Attempt[]> {
    await this.#purge();
    return this.dataSource.query<Attempt[]>(
      `select id, kind, key from connector.attempt
       where system = $1 and account = $2 and settled_at is null and unsettled_until + looks * $3 * interval '1 ms' <= clock_timestamp()
       order by unsettled_until limit 100`,
      [this.system, this.account, this.settlingMs],
    );
  }

  async nextDueMs(): Promise<number | null> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(
      `select extract(epoch from min(unsettled_until + looks * $3 * interval '1 ms') - clock_timestamp()) * 1000 ms from connector.attempt
       where system = $1 and account = $2 and settled_at is null`,
      [this.system, this.account, this.settlingMs],
    );
    return ms === null ? null : Number(ms);
  }

  async looked({ id }: Attempt): Promise<void> {
    await this.dataSource.query(
      `update connector.attempt set looks = looks + 1, settled_at = case when looks + 1 >= $2 then clock_timestamp() end where id = $1 and settled_at is null`,
      [id, LOOKS],
    );
  }

  async close({ id }: Attempt): Promise<void> {
    await this.dataSource.query('update connector.attempt set settled_at = clock_timestamp() where id = $1 and settled_at is null', [id]);
  }

  /** Once an hour: attempts that were closed long ago are of no use. */
  async #purge(): Promise<void> {
    if (performance.now() - this.#purgedAt < 3_600_000 && this.#purgedAt > 0) return;
    this.#purgedAt = performance.now();
    await this.dataSource.query(
      `delete from connector.attempt where system = $1 and account = $2 and settled_at < clock_timestamp() - $3 * interval '1 day'`,
      [this.system, this.account, KEEP_DAYS],
    );
  }
}
