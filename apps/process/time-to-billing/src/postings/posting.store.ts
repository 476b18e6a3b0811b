import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { BILLABLE_KINDS, type BatchOperation, type BillableKind, type BillableTransaction, type BillingBatch } from '#canonical';
import { THIS_PROCESS } from '#jobs';
import { Database, inTransaction, signal, signalOf, type Transaction } from '#persistence';
import { TOPICS } from '../jobs/topics.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

/** A batch that this process drives: its members and their content never change. */
export interface OpenBatch {
  id: string;
  operation: BatchOperation;
  kind: BillableKind;
  lineIds: string[];
}

// The oldest posting of each kind and operation, removals first, counted only up to a batch. As
// fast behind a million postings as behind one.
const NEXT = `
  select operation, kind, (
    select count(*) from (
      select 1 from billing.posting p where p.state = 'ready' and p.operation = head.operation and p.kind = head.kind limit $1) ready)::int lines
  from (
    select sort.operation, sort.kind
    from (select operation, kind from unnest(array['remove', 'post']) operation, unnest($2::text[]) kind) sort,
      lateral (
        select p.seq from billing.posting p where p.state = 'ready' and p.operation = sort.operation and p.kind = sort.kind order by p.seq limit 1) oldest
    order by sort.operation = 'post', oldest.seq limit 1) head`;

const CLAIM = `
  with heads as (
    select external_id from billing.posting where state = 'ready' and operation = $2 and kind = $3 order by seq limit $4 for update skip locked),
  batch as (
    insert into billing.batch(id, operation, kind, lines, state, owner, lease_until)
    select $1::uuid, $2, $3, count(*), 'open', $5, clock_timestamp() + $6 * interval '1 ms' from heads having count(*) > 0 returning id)
  update billing.posting p set state = 'claimed', batch = batch.id from heads, batch where p.external_id = heads.external_id
  returning p.line_id`;

/** The kind of the next batch, and how many lines it would have. */
export interface NextBatch {
  operation: BatchOperation;
  kind: BillableKind;
  lines: number;
}

/** Why no process may take a batch over; kept in place of its owner. */
type Parked = 'set aside' | 'stopped';
const PARKED: Parked[] = ['set aside', 'stopped'];

/**
 * Claims, leases and the state of batches in flight, all in SQL, so that a batch outlives the
 * process that claimed it.
 */
@Injectable()
export class PostingStore {
  constructor(
    private readonly dataSource: Database,
    private readonly config: TimeToBillingConfig,
  ) {}

  /**
   * The next batch of at most so many lines, and how many it would have now; undefined when nothing
   * is ready.
   */
  async next(most: number): Promise<NextBatch | undefined> {
    const [next] = await this.dataSource.query<NextBatch[]>(NEXT, [most, BILLABLE_KINDS]);
    return next;
  }

  /** Claims up to a batch of it in one statement; undefined when other processes took it. */
  async claim(id: string, { operation, kind }: NextBatch, most: number): Promise<OpenBatch | undefined> {
    const [rows] = await this.dataSource.query<[{ line_id: string }[], number]>(CLAIM, [
      id,
      operation,
      kind,
      most,
      THIS_PROCESS,
      this.config.leaseMs,
    ]);
    return rows.length === 0 ? undefined : { id, operation, kind, lineIds: rows.map(row => row.line_id) };
  }

  /** Takes over one batch of a process that is gone; undefined when there is none. */
  async takeOver(): Promise<OpenBatch | undefined> {
    const [[batch]] = await this.dataSource.query<[{ id: string; operation: BatchOperation; kind: BillableKind }[], number]>(
      `update billing.batch set owner = $1, lease_until = clock_timestamp() + $2 * interval '1 ms'
       where id = (select id from billing.batch where state = 'open' and lease_until < clock_timestamp() order by lease_until limit 1 for update skip locked)
       returning id, operation, kind`,
      [THIS_PROCESS, this.config.leaseMs],
    );
    if (!batch) return undefined;
    const rows = await this.dataSource.query<{ line_id: string }[]>(`select line_id from billing.posting where batch = $1 and state = 'claimed'`, [
      batch.id,
    ]);
    return { ...batch, lineIds: rows.map(row => row.line_id) };
  }

  /**
   * The batch waits for a person or another release: no process takes it over before it is woken.
   */
  async park(em: Transaction, id: string, why: Parked): Promise<void> {
    await em.query(`update billing.batch set owner = $2, lease_until = 'infinity' where id = $1 and state = 'open'`, [id, why]);
  }

  /** Lets parked batches be taken over again. */
  async wake(em: Transaction, ids: string[]): Promise<void> {
    await em.query(`update billing.batch set lease_until = clock_timestamp() where id = any($1::uuid[]) and state = 'open' and owner = any($2)`, [
      ids,
      PARKED,
    ]);
    await signal(em, TOPICS.takeOver);
  }

  /** The parked batches, locked. */
  async parked(em: Transaction): Promise<{ batch: OpenBatch; why: Parked; externalIds: string[] }[]> {
    const rows = await em.query<(Omit<OpenBatch, 'lineIds'> & { why: Parked; line_ids: string[]; external_ids: string[] })[]>(
      `select b.id, b.operation, b.kind, b.owner why, array(select p.line_id from billing.posting p where p.batch = b.id and p.state = 'claimed') line_ids,
         array(select p.external_id from billing.posting p where p.batch = b.id and p.state = 'claimed') external_ids
       from billing.batch b where b.state = 'open' and b.owner = any($1) and b.lease_until = 'infinity' for update of b skip locked`,
      [PARKED],
    );
    return rows.map(({ id, operation, kind, why, line_ids: lineIds, external_ids: externalIds }) => ({
      batch: { id, operation, kind, lineIds },
      why,
      externalIds,
    }));
  }

  /** When the next lease of a batch ends, unless it is renewed; null when no batch is in flight. */
  async nearestLeaseMs(): Promise<string | null> {
    const [{ ms }] = await this.dataSource.query<[{ ms: string | null }]>(
      `select extract(epoch from min(lease_until) - clock_timestamp()) * 1000 ms from billing.batch where state = 'open' and lease_until < 'infinity'`,
    );
    return ms;
  }

  /**
   * Renews the leases of the batches that this process drives. A batch that it claimed and dropped
   * (Postgres went away) is taken over like one of a dead process.
   */
  async renew(ids: string[]): Promise<void> {
    await this.dataSource.query(
      // A batch whose outcomes are being recorded is locked and needs no lease, so don't wait for
      // it.
      `update billing.batch set lease_until = clock_timestamp() + $2 * interval '1 ms'
       where id in (select id from billing.batch where state = 'open' and owner = $1 and id = any($3) order by id for update skip locked)`,
      [THIS_PROCESS, this.config.leaseMs, ids],
    );
  }

  /** Lets other processes take this process's batches at once. */
  async releaseAll(): Promise<void> {
    await this.dataSource.query(
      `update billing.batch set lease_until = clock_timestamp() where state = 'open' and owner = $1
       returning ${signalOf(`'${TOPICS.takeOver}'`)}`,
      [THIS_PROCESS],
    );
  }

  /**
   * The batch's request to the ERP. It is frozen, so it is read again each time. Undefined when
   * another process has ended the batch.
   */
  async content({ id, operation, kind }: OpenBatch): Promise<BillingBatch | undefined> {
    const rows = await this.dataSource.query<{ external_id: string; transaction: BillableTransaction }[]>(
      `select p.external_id, p.transaction from billing.batch b join billing.posting p on p.batch = b.id
       where b.id = $1 and b.state = 'open' and p.state = 'claimed' order by p.external_id`,
      [id],
    );
    if (rows.length === 0) return undefined;
    return {
      operation,
      kind,
      transactions: operation === 'post' ? rows.map(row => row.transaction) : [],
      externalIds: operation === 'remove' ? rows.map(row => row.external_id) : [],
    };
  }

  /**
   * Replaces a batch that was rejected as a whole, with nothing taken up, by two batches of half
   * the lines, with ids of their own.
   */
  async halve(batch: OpenBatch): Promise<OpenBatch[]> {
    return inTransaction(this.dataSource, async em => {
      if (!(await this.end(em, batch.id))) return [];
      const half = batch.lineIds.length >> 1;
      const halves = [batch.lineIds.slice(0, half), batch.lineIds.slice(half)].map(lineIds => ({ ...batch, id: randomUUID(), lineIds }));
      for (const { id, operation, kind, lineIds } of halves) {
        await em.query(
          `insert into billing.batch(id, operation, kind, lines, state, owner, lease_until)
           values ($1, $2, $3, $4, 'open', $5, clock_timestamp() + $6 * interval '1 ms')`,
          [id, operation, kind, lineIds.length, THIS_PROCESS, this.config.leaseMs],
        );
        await em.query(`update billing.posting set batch = $1 where batch = $2 and state = 'claimed' and line_id = any($3)`, [id, batch.id, lineIds]);
      }
      return halves;
    });
  }

  /**
   * True for the process that ends the batch. One that comes later, after a takeover, records
   * nothing.
   */
  async end(em: Transaction, id: string): Promise<boolean> {
    const [, count] = await em.query<[unknown[], number]>(
      `update billing.batch set state = 'done', done_at = clock_timestamp() where id = $1 and state = 'open'`,
      [id],
    );
    return count > 0;
  }

  /**
   * Records that the ERP can't be reached, or can again: published once, with the time since when.
   */
  async hold(reason: string | null): Promise<void> {
    if (reason === null) await this.dataSource.query(`delete from billing.hold where name = 'erp'`);
    else
      await this.dataSource.query(
        `insert into billing.hold(name, reason, since) values ('erp', $1, clock_timestamp()) on conflict (name) do update set reason = excluded.reason`,
        [reason],
      );
  }
}
