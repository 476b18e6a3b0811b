import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy, Optional } from '@nestjs/common';
import { JobLoop, type Next, type Pace } from '#jobs';
import { type Clock, Database, inTransaction, isOwnFault, RELEASE, signalsOf, systemClock } from '#persistence';
import { Delivery, placeOf } from './delivery.js';
import { recorded, topicOf } from './event-log.js';
import { asideTopic, SetAsides, TooManyFailures } from './set-aside.js';
import type { Subscription } from './subscription.js';

/**
 * How often the log is looked at without a signal: because a signal may get lost, and to report
 * that nothing is left to read.
 */
const PACE: Pace = { firstMs: 5_000, mostMs: 30_000 };
/** The wait when an older transaction holds one of our events back: its end gives no signal. */
const HELD_MS = 25;
/**
 * The wait when another replica is reading one of our events: if it dies meanwhile, no signal
 * comes.
 */
const OTHER_READER_MS = 250;
/**
 * While others' events are appended, a cursor follows the log at least this often, so a reader of
 * rare types never has a long way to look.
 */
const FOLLOW_MS = 1_000;

// An event is read only when no older transaction is open, so events that commit late are never
// skipped. A page that isn't full has seen everything below the horizon. The cursor moves there, so
// rare types cost no rescan.
const READ = `
  with horizon as (select pg_snapshot_xmin(pg_current_snapshot()) x)
  select h.x::text horizon, e.* from horizon h left join lateral (
    select * from events.event e
    where (e.xid, e.pos) > ($1::xid8, $2::bigint) and e.xid < h.x and ($3::text[] is null or e.type = any($3))
    order by e.xid, e.pos limit $4) e on true`;

// What lies beyond the cursor: events of the wanted types, readable or held back by an older
// transaction; only others' events; nothing. When something set aside is due for retry, the cursor
// counts as stale; a stopped reader finds nothing.
const LOOK = `
  select not stopped and (due or s.read_at is null or s.read_at < clock_timestamp() - $3 * interval '1 ms') stale, case
    when stopped then 'nothing'
    when $2::text[] is not null and exists (select 1 from unnest($2::text[]) wanted(type) where exists (
      select 1 from events.event e
      where e.type = wanted.type and (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid < pg_snapshot_xmin(pg_current_snapshot()))) then 'own'
    when $2::text[] is not null and exists (select 1 from unnest($2::text[]) wanted(type) where exists (
      select 1 from events.event e where e.type = wanted.type and (e.xid, e.pos) > (s.last_xid, s.last_pos))) then 'held'
    when $2::text[] is null and exists (
      select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.xid < pg_snapshot_xmin(pg_current_snapshot())) then 'own'
    when exists (select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos))
      then case when $2::text[] is null then 'held' else 'others' end
    else 'nothing' end beyond
  from events.subscription s, lateral (
    select exists (select 1 from events.stopped where place = $4 and release = $5) stopped,
      exists (select 1 from events.set_aside where place = $4 and (again or release <> $5)) due) aside
  where s.name = $1`;

interface LogState {
  /** The cursor has not moved for a while. */
  stale: boolean;
  beyond: 'own' | 'held' | 'others' | 'nothing';
}

interface Reader {
  subscription: Subscription;
  loop: JobLoop;
  /** How many looks in a row found our events held back. */
  held: number;
  cancelFollow?: () => void;
}

/**
 * Reads the log for this process's readers. One replica at a time reads a subscription; another
 * takes over when it goes away.
 */
@Injectable()
export class Subscriptions implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #readers: Reader[] = [];
  #unfollow: () => void = () => undefined;

  readonly #delivery: Delivery;

  constructor(
    private readonly dataSource: Database,
    private readonly setAsides: SetAsides,
    @Optional() private readonly clock: Clock = systemClock,
  ) {
    this.#delivery = new Delivery(setAsides);
  }

  /** Call in onModuleInit; reading starts when the app has started. */
  subscribe(subscription: Subscription): void {
    const { types, name } = subscription;
    const loop = new JobLoop({
      part: 'events',
      name,
      work: () => this.#work(reader),
      pace: PACE,
      topics: [...(types === '*' ? [topicOf('*')] : types.map(topicOf)), asideTopic(placeOf(subscription))],
      signals: () => signalsOf(this.dataSource),
      clock: this.clock,
    });
    const reader: Reader = { subscription, loop, held: 0 };
    this.#readers.push(reader);
    this.setAsides.declare(placeOf(subscription));
  }

  /** The types that are read; `*` for all of them. */
  get types(): Set<string> {
    return new Set(this.#readers.flatMap(({ subscription }) => subscription.types));
  }

  get names(): string[] {
    return this.#readers.map(({ subscription }) => subscription.name);
  }

  onApplicationBootstrap(): void {
    if (this.#readers.length === 0) return;
    for (const { loop } of this.#readers) loop.start();
    this.#unfollow = signalsOf(this.dataSource).on(topicOf('*'), () => this.#readers.forEach(reader => this.#follow(reader)));
  }

  /** Runs before the data source closes, which is at application shutdown. */
  async onModuleDestroy(): Promise<void> {
    this.#unfollow();
    for (const reader of this.#readers) reader.cancelFollow?.();
    await Promise.all(this.#readers.map(({ loop }) => loop.stop()));
  }

  /**
   * Something was appended that may be of another type than ours: moves the cursor past it soon.
   */
  #follow(reader: Reader): void {
    reader.cancelFollow ??= this.clock.after(FOLLOW_MS, () => {
      reader.cancelFollow = undefined;
      reader.loop.wake();
    });
  }

  async #work(reader: Reader): Promise<Next> {
    const { subscription } = reader;
    const first = await this.#look(subscription);
    const reads = first.stale || first.beyond === 'own';
    if (reads && (await this.read(subscription))) return true;
    const { beyond } = reads ? await this.#look(subscription) : first;
    reader.held = beyond === 'held' ? reader.held + 1 : 0;
    if (beyond === 'held') return { inMs: Math.min(FOLLOW_MS, HELD_MS * 2 ** reader.held) };
    if (beyond === 'own') return { inMs: OTHER_READER_MS };
    return beyond === 'others' ? { inMs: FOLLOW_MS } : false;
  }

  /** Reads and handles one batch; true when there may be more at once. */
  async readOnce(subscription: Subscription): Promise<boolean> {
    const { stale, beyond } = await this.#look(subscription);
    return (stale || beyond === 'own') && this.read(subscription);
  }

  protected async read(subscription: Subscription): Promise<boolean> {
    try {
      return await this.#take(subscription).catch((error: unknown) => {
        if (!isOwnFault(error)) throw error;
        return this.#take(subscription, true);
      });
    } catch (error) {
      if (!(error instanceof TooManyFailures)) throw error;
      await inTransaction(this.dataSource, em => this.setAsides.stop(em, error));
      return false;
    }
  }

  /** `carefully`: some event of the batch can't be taken. */
  #take(subscription: Subscription, carefully = false): Promise<boolean> {
    const { name, types, handle, batch = 200 } = subscription;
    return inTransaction(this.dataSource, async em => {
      const [cursor] = await em.query<{ last_xid: string; last_pos: string; aside: boolean }[]>(
        `select last_xid::text, last_pos, exists (select 1 from events.set_aside where place = $2) or exists (
           select 1 from events.stopped where place = $2) aside
         from events.subscription where name = $1 for update skip locked`,
        [name, placeOf(subscription)],
      );
      if (!cursor) return false; // another replica reads it now
      const rows = await em.query<(Parameters<typeof recorded>[0] & { horizon: string; xid: string })[]>(READ, [
        cursor.last_xid,
        cursor.last_pos,
        types === '*' ? null : types,
        batch,
      ]);
      const events = rows.filter(row => row.pos !== null);
      if (cursor.aside && (await this.setAsides.stopped(em, placeOf(subscription)))) return false;
      if (carefully || cursor.aside) await this.#delivery.deliver(em, subscription, events.map(recorded));
      else if (events.length > 0) await handle(em, events.map(recorded));
      const full = events.length === batch;
      const [lastXid, lastPos] = full ? [events.at(-1)!.xid, events.at(-1)!.pos] : [rows[0].horizon, '0'];
      await em.query('update events.subscription set last_xid = $2::xid8, last_pos = $3, read_at = now() where name = $1', [name, lastXid, lastPos]);
      return full;
    });
  }

  /** One statement, because most looks find nothing. */
  async #look({ name, types, from = 'start' }: Subscription): Promise<LogState> {
    const [row] = await this.dataSource.query<LogState[]>(LOOK, [name, types === '*' ? null : types, FOLLOW_MS, placeOf({ name }), RELEASE]);
    if (row) return row;
    await this.dataSource.query(
      `insert into events.subscription(name, last_xid) values($1, case when $2 then pg_snapshot_xmin(pg_current_snapshot()) else '0'::xid8 end)
       on conflict do nothing`,
      [name, from === 'now'],
    );
    return { stale: true, beyond: 'own' };
  }
}
