import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { EventType, RecordedEvent } from '#canonical';
import { log } from '#service';
import { appended, recorded } from './event-log.js';

export interface Subscription {
  /** Unique in the database; the cursor belongs to it. */
  name: string;
  types: EventType[] | '*';
  /** Where a subscription that is new begins: at the first event ever (default) or at what comes next. */
  from?: 'start' | 'now';
  /** Does its work in `em`: work and cursor commit together or not at all. Thrown errors are logged and the batch comes again. */
  handle(em: EntityManager, events: RecordedEvent[]): Promise<void>;
  /** Most events in one transaction, 200 by default. */
  batch?: number;
}

const IDLE_MS = 200;
/** A cursor follows the log at least this often, so that a subscription to rare types never has far to look. */
const FOLLOW_MS = 1_000;
const MAX_BACKOFF_MS = 10_000;

// An event is read only when no transaction older than its own is still open: what commits late is never skipped.
// A page that isn't full has seen all below the horizon, so the cursor moves there and rare types cost no rescan.
const READ = `
  with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) x)
  select h.x::text horizon, e.* from horizon h left join lateral (
    select * from events.event e
    where (e.xid, e.pos) > ($1::xid8, $2::bigint) and e.xid < h.x and ($3::text[] is null or e.type = any($3))
    order by e.xid, e.pos limit $4) e on true`;

const ANYTHING = `
  select s.read_at is null or s.read_at < clock_timestamp() - $3 * interval '1 ms' or exists (
    select 1 from unnest($2::text[]) wanted(type) where exists (
      select 1 from events.event e
      where e.type = wanted.type and (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid < pg_snapshot_xmin(pg_current_snapshot()))
  ) or ($2::text[] is null and exists (
    select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid < pg_snapshot_xmin(pg_current_snapshot()))
  ) anything
  from events.subscription s where s.name = $1`;

/** Reads the log for this process's readers. One replica reads a subscription at a time; another takes over when it goes. */
@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #subscriptions: Subscription[] = [];
  readonly #loops: Promise<void>[] = [];
  #stopping = false;

  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  /** Call in onModuleInit; reading starts when the app is up. */
  subscribe(subscription: Subscription): void {
    this.#subscriptions.push(subscription);
  }

  get names(): string[] {
    return this.#subscriptions.map(subscription => subscription.name);
  }

  onApplicationBootstrap(): void {
    for (const subscription of this.#subscriptions) this.#loops.push(this.#run(subscription));
  }

  /** Before the data source closes, which is at application shutdown. */
  async onModuleDestroy(): Promise<void> {
    this.#stopping = true;
    appended.emit('appended');
    await Promise.all(this.#loops);
  }

  async #run(subscription: Subscription): Promise<void> {
    let failures = 0;
    while (!this.#stopping) {
      try {
        const more = await this.readOnce(subscription);
        failures = 0;
        if (!more) await this.#pause(IDLE_MS);
      } catch (error) {
        if (this.#stopping) return;
        failures++;
        log.error({ part: 'events', subscription: subscription.name, failures, err: error }, 'a batch failed and comes again');
        await this.#pause(Math.min(MAX_BACKOFF_MS, 100 * 2 ** failures));
      }
    }
  }

  /** Reads and handles one batch; true when there may be more at once. */
  async readOnce(subscription: Subscription): Promise<boolean> {
    const { name, types, handle, batch = 200 } = subscription;
    if (!(await this.#anything(subscription))) return false;
    return this.dataSource.transaction(async em => {
      const [cursor] = await em.query<{ last_xid: string; last_pos: string }[]>(
        'select last_xid::text, last_pos from events.subscription where name = $1 for update skip locked',
        [name],
      );
      if (!cursor) return false; // another replica reads it now
      const rows = await em.query<(Parameters<typeof recorded>[0] & { horizon: string; xid: string })[]>(READ, [
        cursor.last_xid,
        cursor.last_pos,
        types === '*' ? null : types,
        batch,
      ]);
      const events = rows.filter(row => row.pos !== null);
      if (events.length > 0) await handle(em, events.map(recorded));
      const full = events.length === batch;
      const [lastXid, lastPos] = full ? [events.at(-1)!.xid, events.at(-1)!.pos] : [rows[0].horizon, '0'];
      await em.query('update events.subscription set last_xid = $2::xid8, last_pos = $3, read_at = now() where name = $1', [name, lastXid, lastPos]);
      return full;
    });
  }

  /** Whether there is an event to handle, or the cursor has to follow the log: one statement, since most looks find nothing. */
  async #anything({ name, types, from = 'start' }: Subscription): Promise<boolean> {
    const [row] = await this.dataSource.query<{ anything: boolean }[]>(ANYTHING, [name, types === '*' ? null : types, FOLLOW_MS]);
    if (row) return row.anything;
    await this.dataSource.query(
      `insert into events.subscription(name, last_xid) values($1, case when $2 then pg_snapshot_xmin(pg_current_snapshot()) else '0'::xid8 end)
       on conflict do nothing`,
      [name, from === 'now'],
    );
    return true;
  }

  /** Waits until something was appended in this process, or `ms`. */
  async #pause(ms: number): Promise<void> {
    await new Promise<void>(resolve => {
      const done = () => {
        clearTimeout(timer);
        appended.off('appended', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      appended.once('appended', done);
    });
    // `appended` fires inside the writer's transaction; a moment later it is committed.
    if (!this.#stopping) await new Promise(resolve => setTimeout(resolve, 5));
  }
}
