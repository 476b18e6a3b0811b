import { type Database, inTransaction, type Lease, type Transaction } from '#persistence';
import type { FoundOfSet } from './vendor-record.js';
import type { Leases } from './key-leases.js';

export interface Decision {
  /** Per key, the one record in use. */
  kept: Map<string, FoundOfSet>;
  /** Live records that must be taken out of use. */
  retire: FoundOfSet[];
}

/** What is stored about a record at the vendor. */
interface KnownDuplicates {
  key: string;
  id: string;
  is: 'in-use' | 'retiring' | 'retired';
}

/** A decision, with the part of it that isn't stored yet. */
interface Decided extends Decision {
  started: FoundOfSet[];
  ended: { one: FoundOfSet; kept: string }[];
}

/**
 * Remembers which record of a key is in use and which duplicates were found (`connector.in_use`,
 * `connector.duplicate`).
 */
export class DuplicateKeeper {
  constructor(
    private readonly dataSource: Database,
    private readonly system: string,
    private readonly account: string,
  ) {}

  /**
   * Decides, per key, which of the found records is in use: the former one if it still exists, else
   * the lowest id; never one that was retired before. New facts are stored, in a transaction that
   * holds the lease, before the decision is returned.
   */
  async decide(lease: Lease, leases: Leases, kind: string, found: FoundOfSet[]): Promise<Decision> {
    if (found.length === 0) return { kept: new Map(), retire: [] };
    const asBefore = decided(found, await this.#known(this.dataSource, kind, found));
    if (asBefore.started.length === 0 && asBefore.ended.length === 0) return asBefore;
    return inTransaction(this.dataSource, async em => {
      await leases.hold(em, lease);
      const decision = decided(found, await this.#known(em, kind, found));
      await this.#write(em, kind, decision);
      return decision;
    });
  }

  /**
   * How long, in ms, after a record of these keys was put to use its absence still proves nothing;
   * 0 when it does.
   */
  async freshMs(kind: string, keys: string[], settlingMs: number): Promise<number> {
    const [{ ms }] = await this.dataSource.query<{ ms: string | null }[]>(
      `select extract(epoch from max(since) - clock_timestamp()) * 1000 + $5 ms from connector.in_use where system = $1 and account = $2 and kind = $3 and key = any($4)`,
      [this.system, this.account, kind, keys, settlingMs],
    );
    return Math.max(0, Number(ms ?? 0));
  }

  /** The records in use of these keys, by key. */
  async inUse(kind: string, keys: string[]): Promise<Map<string, string>> {
    const rows = await this.dataSource.query<{ key: string; id: string }[]>(
      'select key, native_id id from connector.in_use where system = $1 and account = $2 and kind = $3 and key = any($4)',
      [this.system, this.account, kind, keys],
    );
    return new Map(rows.map(({ key, id }) => [key, id]));
  }

  /** The keys of records in use, by the vendor's id. */
  async keysOf(kind: string, ids: string[]): Promise<Map<string, string>> {
    const rows = await this.dataSource.query<{ key: string; id: string }[]>(
      'select key, native_id id from connector.in_use where system = $1 and account = $2 and kind = $3 and native_id = any($4)',
      [this.system, this.account, kind, ids],
    );
    return new Map(rows.map(({ key, id }) => [id, key]));
  }

  async retired(kind: string, found: FoundOfSet): Promise<void> {
    await this.dataSource.query(
      'update connector.duplicate set retired_at = clock_timestamp() where system = $1 and account = $2 and kind = $3 and key = $4 and retired = $5',
      [this.system, this.account, kind, found.key, found.id],
    );
  }

  #known(em: Transaction | Database, kind: string, found: FoundOfSet[]): Promise<KnownDuplicates[]> {
    return em.query<KnownDuplicates[]>(
      `select key, native_id id, 'in-use' "is" from connector.in_use where system = $1 and account = $2 and kind = $3 and key = any($4)
       union all
       select key, retired id, case when retired_at is null then 'retiring' else 'retired' end "is"
       from connector.duplicate where system = $1 and account = $2 and kind = $3 and key = any($4)`,
      [this.system, this.account, kind, [...new Set(found.map(one => one.key))]],
    );
  }

  async #write(em: Transaction, kind: string, { started, ended }: Decided): Promise<void> {
    const scope = [this.system, this.account, kind];
    if (started.length > 0)
      await em.query(
        `insert into connector.in_use(system, account, kind, key, native_id) select $1, $2, $3, key, id from unnest($4::text[], $5::text[]) t(key, id)
         on conflict (system, account, kind, key) do update set native_id = excluded.native_id, since = clock_timestamp()`,
        [...scope, started.map(one => one.key), started.map(one => one.id)],
      );
    if (ended.length > 0)
      await em.query(
        `insert into connector.duplicate(system, account, kind, key, kept, retired)
         select $1, $2, $3, key, kept, id from unnest($4::text[], $5::text[], $6::text[]) t(key, kept, id) on conflict do nothing`,
        [...scope, ended.map(({ one }) => one.key), ended.map(loser => loser.kept), ended.map(({ one }) => one.id)],
      );
  }
}

function decided(found: FoundOfSet[], known: KnownDuplicates[]): Decided {
  const status = new Map(known.map(({ key, id, is }) => [`${key}\n${id}`, is]));
  const statusOf = ({ key, id }: FoundOfSet) => status.get(`${key}\n${id}`);
  const decision: Decided = { kept: new Map(), retire: [], started: [], ended: [] };
  for (const [key, all] of Map.groupBy(found, one => one.key)) {
    const candidates = all.filter(one => statusOf(one) === undefined || statusOf(one) === 'in-use').sort(byId);
    const keep = candidates.find(one => statusOf(one) === 'in-use') ?? candidates[0];
    if (keep) decision.kept.set(key, keep);
    if (keep && statusOf(keep) !== 'in-use') decision.started.push(keep);
    for (const one of all.filter(other => other !== keep)) {
      const is = statusOf(one);
      if (is === undefined || is === 'in-use') decision.ended.push({ one, kept: keep?.id ?? '' });
      // Retire again a record that was retired and is live nevertheless, and one whose retiring
      // never finished.
      if (!one.archived || is !== 'retired') decision.retire.push(one);
    }
  }
  return decision;
}

/** Numbers by size, other ids by length and then letters. */
function byId(a: FoundOfSet, b: FoundOfSet): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
