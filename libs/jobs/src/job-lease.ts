import { randomUUID } from 'node:crypto';
import { type Clock, type Database, Lease, thisMoment } from '#persistence';

/** Names this process among its replicas. New at each start, so that a restart is never taken for its predecessor. */
export const THIS_PROCESS = randomUUID();

interface Options {
  dataSource: Database;
  /** The app's table of such leases: `name`, `owner` and `until`. */
  table: string;
  leaseMs: number;
  /** The replica that asks; this process by default. */
  owner?: string;
  clock?: Clock;
}

const takeIn = (table: string) => `
  with taken as (
    insert into ${table} as t (name, owner, until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
    on conflict (name) do update set owner = excluded.owner, until = excluded.until
    where t.owner = excluded.owner or t.until < clock_timestamp() returning name)
  select exists (select 1 from taken) ours, (select extract(epoch from until - clock_timestamp()) * 1000 from ${table} where name = $1) ms`;

/**
 * Decides which replica does a job that only one needs to do at a time. It saves work and is not a
 * lock: a replica that comes back late does no harm, since all work depends on the rows that it
 * locks.
 */
export class JobLease {
  #lease: Lease | undefined;

  constructor(
    private readonly name: string,
    private readonly o: Options,
  ) {}

  /**
   * Undefined when this replica has the job, for at least half a lease; otherwise when the other's
   * lease ends unless renewed. A held lease costs one statement each half of its time.
   */
  async acquire(): Promise<{ inMs: number } | undefined> {
    const { dataSource, table, leaseMs, owner = THIS_PROCESS, clock } = this.o;
    if (this.#lease && this.#lease.remainingMs() > leaseMs / 2) return undefined;
    const asked = thisMoment(clock);
    const [{ ours, ms }] = await dataSource.query<[{ ours: boolean; ms: string | null }]>(takeIn(table), [this.name, owner, leaseMs]);
    this.#lease = ours ? new Lease({ key: this.name, owner, fence: '0', leaseMs, asked }, clock) : undefined;
    return ours ? undefined : { inMs: Math.max(0, Number(ms ?? 0)) + 100 };
  }
}
