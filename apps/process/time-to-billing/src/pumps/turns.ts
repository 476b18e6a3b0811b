import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { TimeToBillingConfig } from '../time-to-billing.config.js';

/** Names this process among its replicas; new at each start, so that a restart never takes itself for its predecessor. */
export const OWNER = randomUUID();

/**
 * Who does what only one process needs to do at a time. It saves work and is no guard: whoever comes back late does nothing wrong, since
 * all work rests on the rows it locks.
 */
@Injectable()
export class Turns {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(TimeToBillingConfig) private readonly config: TimeToBillingConfig,
  ) {}

  /** True when it is this process's turn, for the length of a lease from now. */
  async mine(name: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `insert into billing.turn as t (name, owner, until) values ($1, $2, clock_timestamp() + $3 * interval '1 ms')
       on conflict (name) do update set owner = excluded.owner, until = excluded.until
       where t.owner = excluded.owner or t.until < clock_timestamp() returning name`,
      [name, OWNER, this.config.leaseMs],
    );
    return rows.length > 0;
  }
}
