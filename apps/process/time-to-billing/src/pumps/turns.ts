import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Database } from '#persistence';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

/** Names this process among its replicas; new at each start, so that a restart never takes itself for its predecessor. */
export const OWNER = randomUUID();

const TAKE = `
  with taken as (
    insert into billing.turn as t (name, owner, until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
    on conflict (name) do update set owner = excluded.owner, until = excluded.until
    where t.owner = excluded.owner or t.until < clock_timestamp() returning name)
  select exists (select 1 from taken) mine, (select extract(epoch from until - clock_timestamp()) * 1000 from billing.turn where name = $1) ms`;

/**
 * Who does what only one process needs to do at a time. It saves work and is no guard: whoever comes back late does nothing wrong, since
 * all work rests on the rows it locks.
 */
@Injectable()
export class Turns {
  /** Until when a turn is ours anyway, in performance.now() ms: a turn that is held costs a statement each half of its lease. */
  readonly #ours = new Map<string, number>();

  constructor(
    private readonly dataSource: Database,
    private readonly config: TimeToBillingConfig,
  ) {}

  /** Undefined when it is this process's turn, for half a lease at least; else when another's turn ends unless that one goes on. */
  async otherwise(name: string): Promise<{ inMs: number } | undefined> {
    const askedAt = performance.now();
    if (askedAt < (this.#ours.get(name) ?? 0)) return undefined;
    const [{ mine, ms }] = await this.dataSource.query<[{ mine: boolean; ms: string | null }]>(TAKE, [name, OWNER, this.config.leaseMs]);
    if (!mine) return { inMs: Math.max(0, Number(ms ?? 0)) + 100 };
    this.#ours.set(name, askedAt + this.config.leaseMs / 2);
    return undefined;
  }
}
