import { randomUUID } from 'node:crypto';
import { Problem } from '#canonical';
import { type Clock, type Database, inTransaction, Lease, thisMoment, type Transaction } from '#persistence';
import { leaseLost } from './key-leases.js';

/** Identifies a batch and its content. */
export interface BatchKey {
  /** A UUID; the vendor's request key. */
  id: string;
  /** The hash of the content, which never changes under the same id. */
  hash: string;
  /** The legal entities of the batch: only a caller who may see all of them may read it. */
  legalEntities: string[];
}

/** What is known about a batch. */
export interface BatchFacts<O> {
  legalEntities: string[];
  done: boolean;
  outcomes: O[];
  /** Addresses of the vendor's jobs that accepted it, oldest first. */
  jobs: string[];
  /** How often it was sent or may have been sent. */
  attempts: number;
  /** How long, in ms, an unanswered request may still commit; 0 when none can. */
  unsettledMs: number;
}

/** A batch that only this call is working on, in all processes. */
export interface HeldBatch<O> extends BatchFacts<O> {
  lease: Lease;
  /** An attempt is recorded already, since the batch is new. */
  begun: boolean;
}

export type Taken<O> = { held: HeldBatch<O> } | { done: O[] } | { another: { retryAfterMs: number } };

/** Who works on a batch, what was sent of it, and the outcome. */
export interface BatchLog {
  /**
   * Takes the batch. Throws `conflict`, code `batch-differs`, when the id belongs to other content.
   * A new batch is taken with its first attempt begun.
   */
  take<O>(batch: BatchKey): Promise<Taken<O>>;
  /** Notes that the batch is about to be sent, or sent again. Throws `lease-lost`. */
  begin(lease: Lease): Promise<void>;
  /**
   * Extends the lease, and while `sending` the time in which the attempt may commit, to its full
   * length from now.
   */
  goesOn(lease: Lease, sending: boolean): Promise<void>;
  /**
   * The vendor accepted it as `job`. This is a fact, so it is noted even if another process has the
   * batch by now.
   */
  accepted(lease: Lease, job: string): Promise<void>;
  /**
   * The attempt's answer was lost: it may commit for the in-doubt time from now, which is returned
   * in ms. Releases the batch.
   */
  unanswered(lease: Lease): Promise<number>;
  /** The attempt certainly had no effect: treats it as never begun. Releases the batch. */
  withdraw(lease: Lease): Promise<void>;
  /**
   * Every line has its outcome and nothing can commit any more. Releases the batch. False when
   * another process has the batch by now; it will find the same outcome.
   */
  finish(lease: Lease, outcomes: object[], also?: (em: Transaction) => Promise<void>): Promise<boolean>;
  give(lease: Lease): Promise<void>;
  /** Null when there is none. */
  read<O>(id: string): Promise<BatchFacts<O> | null>;
}

interface Row {
  hash: string;
  legal_entities: string[];
  done: boolean;
  outcomes: unknown[] | null;
  jobs: string[];
  attempts: number;
  unsettled_ms: string | null;
  leased_ms: string;
  fence: string;
}

const COLUMNS = `hash, legal_entities, done, outcomes, jobs, cardinality(sent_at) attempts, fence,
  extract(epoch from nullif(unsettled_until, '-infinity') - clock_timestamp()) * 1000 unsettled_ms,
  coalesce(extract(epoch from nullif(lease_until, '-infinity') - clock_timestamp()) * 1000, 0) leased_ms`;
const ASK_AGAIN_MS = 250;
const MOST_MS = 1_000;
const KEEP_DAYS = 30;

/**
 * Batches in Postgres (`connector.batch`): one row each, with its lease, so that a batch without
 * trouble takes three statements.
 */
export class Batches implements BatchLog {
  #purgedAt = performance.now();

  constructor(
    private readonly dataSource: Database,
    private readonly o: { system: string; account: string; settlingMs: number; leaseMs: number; clock?: Clock },
  ) {}

  async take<O>({ id, hash, legalEntities }: BatchKey): Promise<Taken<O>> {
    const { system, account, leaseMs, settlingMs } = this.o;
    const owner = randomUUID();
    const asked = thisMoment(this.o.clock);
    // The first caller inserts the batch with its first attempt. One that finds it open and free
    // takes it over. Any other gets no row.
    const rows = await this.dataSource.query<Row[]>(
      `insert into connector.batch as b (system, account, id, hash, legal_entities, owner, fence, lease_until, sent_at, unsettled_until)
       values ($1, $2, $3, $4, $5, $6, 1, clock_timestamp() + $7 * interval '1 ms', array[clock_timestamp()],
         clock_timestamp() + ($7::int + $8::int) * interval '1 ms')
       on conflict (system, account, id) do update
       set owner = excluded.owner, fence = b.fence + 1, lease_until = excluded.lease_until
       where not b.done and b.hash = excluded.hash and b.lease_until < clock_timestamp()
       returning ${COLUMNS}`,
      [system, account, id, hash, legalEntities, owner, leaseMs, settlingMs],
    );
    if (rows.length === 0) return this.#notTaken(id, hash);
    const lease = new Lease({ key: id, owner, fence: rows[0].fence, leaseMs, asked }, this.o.clock);
    return { held: { ...factsOf<O>(rows[0]), lease, begun: rows[0].fence === '1' } };
  }

  async begin(lease: Lease): Promise<void> {
    const ours = await lease.renew(async () => {
      const [, changed] = await this.#update(
        lease,
        `sent_at = sent_at || clock_timestamp(), lease_until = clock_timestamp() + $6 * interval '1 ms',
         unsettled_until = clock_timestamp() + ($6::int + $7::int) * interval '1 ms'`,
        [lease.leaseMs, this.o.settlingMs],
      );
      return changed === 1;
    });
    if (!ours) throw leaseLost(lease.key);
  }

  async goesOn(lease: Lease, sending: boolean): Promise<void> {
    await lease.renew(async () => {
      const [, changed] = await this.#update(
        lease,
        `lease_until = clock_timestamp() + $6 * interval '1 ms',
         unsettled_until = case when $8 then clock_timestamp() + ($6::int + $7::int) * interval '1 ms' else unsettled_until end`,
        [lease.leaseMs, this.o.settlingMs, sending],
      );
      return changed === 1;
    });
  }

  async accepted({ key, owner, fence }: Lease, job: string): Promise<void> {
    const { system, account } = this.o;
    await this.dataSource.query(
      `update connector.batch set jobs = case when $6 = any(jobs) then jobs else jobs || $6::text end,
         unsettled_until = case when owner = $4 and fence = $5 then '-infinity' else unsettled_until end
       where system = $1 and account = $2 and id = $3`,
      [system, account, key, owner, fence, job],
    );
  }

  async unanswered(lease: Lease): Promise<number> {
    const { settlingMs } = this.o;
    await this.#update(lease, `unsettled_until = clock_timestamp() + $6 * interval '1 ms', owner = null, lease_until = '-infinity'`, [settlingMs]);
    return settlingMs;
  }

  async withdraw(lease: Lease): Promise<void> {
    const { system, account } = this.o;
    const scope = [system, account, lease.key, lease.owner, lease.fence];
    const [, gone] = await this.dataSource.query<[unknown[], number]>(
      `delete from connector.batch where system = $1 and account = $2 and id = $3 and owner = $4 and fence = $5 and cardinality(sent_at) <= 1 and jobs = '{}'`,
      scope,
    );
    if (gone === 1) return;
    await this.#update(lease, `sent_at = trim_array(sent_at, 1), unsettled_until = '-infinity', owner = null, lease_until = '-infinity'`, []);
  }

  async finish(lease: Lease, outcomes: object[], also?: (em: Transaction) => Promise<void>): Promise<boolean> {
    const finished = await inTransaction(this.dataSource, async em => {
      const [, changed] = await this.#update(
        lease,
        `done = true, outcomes = $6, unsettled_until = '-infinity', owner = null, lease_until = '-infinity', done_at = clock_timestamp()`,
        [JSON.stringify(outcomes)],
        em,
      );
      if (changed === 1) await also?.(em);
      return changed === 1;
    });
    await this.#purge();
    return finished;
  }

  async give(lease: Lease): Promise<void> {
    await this.#update(lease, `owner = null, lease_until = '-infinity'`, []);
  }

  async read<O>(id: string): Promise<BatchFacts<O> | null> {
    const row = await this.#row(id);
    return row ? factsOf<O>(row) : null;
  }

  async #notTaken<O>(id: string, hash: string): Promise<Taken<O>> {
    const row = await this.#row(id);
    if (!row) return { another: { retryAfterMs: 0 } }; // withdrawn just now
    if (row.hash !== hash)
      throw new Problem('conflict', `The batch ${id} was sent with other content; another content needs another id.`, { code: 'batch-differs' });
    if (row.done) return { done: (row.outcomes ?? []) as O[] };
    return { another: { retryAfterMs: Math.round(Math.max(ASK_AGAIN_MS, Math.min(MOST_MS, Number(row.leased_ms)))) } };
  }

  async #row(id: string): Promise<Row | undefined> {
    const rows = await this.dataSource.query<Row[]>(`select ${COLUMNS} from connector.batch where system = $1 and account = $2 and id = $3`, [
      this.o.system,
      this.o.account,
      id,
    ]);
    return rows[0];
  }

  /** Changes the batch while its holder has the lease; `values` are $6 and following. */
  #update({ key, owner, fence }: Lease, set: string, values: unknown[], em: Transaction | Database = this.dataSource): Promise<[unknown[], number]> {
    const { system, account } = this.o;
    return em.query<[unknown[], number]>(
      `update connector.batch set ${set} where system = $1 and account = $2 and id = $3 and owner = $4 and fence = $5`,
      [system, account, key, owner, fence, ...values],
    );
  }

  /** Once an hour: nobody asks for a batch that was done long ago. */
  async #purge(): Promise<void> {
    if (performance.now() - this.#purgedAt < 3_600_000) return;
    this.#purgedAt = performance.now();
    const { system, account } = this.o;
    await this.dataSource.query(
      `delete from connector.batch where system = $1 and account = $2 and done and done_at < clock_timestamp() - $3 * interval '1 day'`,
      [system, account, KEEP_DAYS],
    );
  }
}

const factsOf = <O>(row: Row): BatchFacts<O> => ({
  legalEntities: row.legal_entities,
  done: row.done,
  outcomes: (row.outcomes ?? []) as O[],
  jobs: row.jobs,
  attempts: row.attempts,
  unsettledMs: Math.max(0, Math.ceil(Number(row.unsettled_ms ?? 0))),
});
