import type { DataSource } from 'typeorm';
import { inTransaction } from '#persistence';
import type { Lease, Leases } from './key-leases.js';
import type { FoundOfSet } from './once-writer.js';

export interface Decision {
  /** Per key, the one record in use. */
  kept: Map<string, FoundOfSet>;
  /** Live records that must be taken out of use. */
  retire: FoundOfSet[];
}

/** Remembers which record of a key is in use and which were found beside it (`connector.in_use`, `connector.duplicate`). */
export class DuplicateKeeper {
  constructor(
    private readonly dataSource: DataSource,
    private readonly system: string,
    private readonly account: string,
  ) {}

  /**
   * Of all records found, per key: the one in use if it is still there, else the lowest id; never one that was retired before.
   * Written down, in one transaction that holds the lease, before anybody is told.
   */
  async decide(lease: Lease, leases: Leases, kind: string, found: FoundOfSet[]): Promise<Decision> {
    if (found.length === 0) return { kept: new Map(), retire: [] };
    const byKey = Map.groupBy(found, one => one.key);
    const keys = [...byKey.keys()];
    return inTransaction(this.dataSource, async em => {
      await leases.hold(em, lease);
      const scope = [this.system, this.account, kind];
      const used = await em.query<{ key: string; native_id: string }[]>(
        'select key, native_id from connector.in_use where system = $1 and account = $2 and kind = $3 and key = any($4)',
        [...scope, keys],
      );
      const gone = await em.query<{ key: string; retired: string; done: boolean }[]>(
        'select key, retired, retired_at is not null done from connector.duplicate where system = $1 and account = $2 and kind = $3 and key = any($4)',
        [...scope, keys],
      );
      const inUse = new Map(used.map(row => [row.key, row.native_id]));
      const retired = new Map(gone.map(row => [row.retired, row.done]));
      const kept = new Map<string, FoundOfSet>();
      const losers: { one: FoundOfSet; kept: string }[] = [];
      for (const [key, all] of byKey) {
        const candidates = all.filter(one => !retired.has(one.id)).sort(byId);
        const keep = candidates.find(one => one.id === inUse.get(key)) ?? candidates[0];
        if (keep) kept.set(key, keep);
        losers.push(...all.filter(one => one !== keep).map(one => ({ one, kept: keep?.id ?? '' })));
      }
      const started = [...kept.values()].filter(one => inUse.get(one.key) !== one.id);
      if (started.length > 0)
        await em.query(
          `insert into connector.in_use(system, account, kind, key, native_id) select $1, $2, $3, key, id from unnest($4::text[], $5::text[]) t(key, id)
           on conflict (system, account, kind, key) do update set native_id = excluded.native_id, since = clock_timestamp()`,
          [...scope, started.map(one => one.key), started.map(one => one.id)],
        );
      const fresh = losers.filter(({ one }) => !retired.has(one.id));
      if (fresh.length > 0)
        await em.query(
          `insert into connector.duplicate(system, account, kind, key, kept, retired) select $1, $2, $3, key, kept, id from unnest($4::text[], $5::text[], $6::text[]) t(key, kept, id)
           on conflict do nothing`,
          [...scope, fresh.map(({ one }) => one.key), fresh.map(loser => loser.kept), fresh.map(({ one }) => one.id)],
        );
      // One that was retired already and is live nevertheless is retired again; one that was never finished, too.
      return { kept, retire: losers.filter(({ one }) => !one.archived || retired.get(one.id) !== true).map(({ one }) => one) };
    });
  }

  /** How long, in ms, after a record of these keys was put to use its absence still proves nothing; 0 when it does. */
  async freshMs(kind: string, keys: string[], settlingMs: number): Promise<number> {
    const [{ ms }] = await this.dataSource.query<{ ms: string | null }[]>(
      `select extract(epoch from max(since) - clock_timestamp()) * 1000 + $5 ms from connector.in_use where system = $1 and account = $2 and kind = $3 and key = any($4)`,
      [this.system, this.account, kind, keys, settlingMs],
    );
    return Math.max(0, Number(ms ?? 0));
  }

  async retired(kind: string, found: FoundOfSet): Promise<void> {
    await this.dataSource.query(
      'update connector.duplicate set retired_at = clock_timestamp() where system = $1 and account = $2 and kind = $3 and key = $4 and retired = $5',
      [this.system, this.account, kind, found.key, found.id],
    );
  }
}

/** Numbers by size, other ids by length and then letters. */
function byId(a: FoundOfSet, b: FoundOfSet): number {
  return a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
