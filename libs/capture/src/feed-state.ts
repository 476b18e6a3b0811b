import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import { nextCursor, withinClock } from '#connector';
import { isAside, isStopped } from '#events';
import { type Database, RELEASE, renewing, type Transaction } from '#persistence';
import type { Feed } from './feed.js';

/** The right to read a feed for one poll or sweep. Only one replica has it at a time. */
export interface Reading {
  fence: string;
  cursor: string | null;
  /** Whether the feed has been read to its end before. */
  loaded: boolean;
  /** Number of the newest sweep; for a sweep, its own. */
  sweep: string;
  /** Whether any record of the feed is set aside. */
  aside: boolean;
  /** Keys of the records that could not be read so far. */
  unreadable: Set<string>;
  /** Whether one of them has no known id. */
  unnamed: boolean;
  /** Postgres' time when the reading began. */
  startedAt: Date;
  /** performance.now() when the reading began, or a moment later. */
  startedMs: number;
  /** Stops renewing the lease. */
  release(): void;
}

const LEASE_MS = 15_000;
export const LONGEST_PAUSE_MS = 60_000;
const WAIT_MS = 60_000;
const POLL_MS = 20;

/** How set-aside records name their feed. */
export const feedPlace = (system: string, feed: string): string => `feed ${system}/${feed}`;

/** The state of reading a feed (`capture.feed`): its cursor, its one reader, its health. */
export class FeedState {
  constructor(
    private readonly dataSource: Database,
    private readonly system: string,
    private readonly feed: Feed,
  ) {}

  get place(): string {
    return feedPlace(this.system, this.feed.name);
  }

  get #leaseMs(): number {
    return this.feed.leaseMs ?? LEASE_MS;
  }

  async declare(): Promise<void> {
    const { name, noun, everyMs, sweepEveryMs } = this.feed;
    await this.dataSource.query(
      `insert into capture.feed(system, name, noun, every_ms, sweep_every_ms, next_sweep_at)
       values ($1, $2, $3, $4, $5, clock_timestamp() + $5::bigint * interval '1 ms')
       on conflict (system, name) do update set noun = excluded.noun, every_ms = excluded.every_ms, sweep_every_ms = excluded.sweep_every_ms`,
      [this.system, name, noun, everyMs, sweepEveryMs],
    );
  }

  /** Takes the reading when it is due and nobody else has it. */
  async takeDue(what: 'poll' | 'sweep'): Promise<Reading | undefined> {
    return this.#take(what, what === 'poll' ? 'next_poll_at <= clock_timestamp()' : 'next_sweep_at <= clock_timestamp() and loaded');
  }

  /** Takes the reading as soon as nobody else has it. Throws `conflict`, code `feed-paused`. */
  async takeNow(what: 'poll' | 'sweep'): Promise<Reading> {
    const giveUpAt = performance.now() + WAIT_MS;
    for (;;) {
      const reading = await this.#take(what, 'true');
      if (reading) return reading;
      if (await this.paused()) throw new Problem('conflict', `Feed ${this.feed.name} is paused.`, { code: 'feed-paused' });
      if (await this.#stopped())
        throw new Problem('conflict', `Feed ${this.feed.name} is stopped, since too much of it can not be taken.`, { code: 'feed-stopped' });
      if (performance.now() > giveUpAt)
        throw new Problem('conflict', `Feed ${this.feed.name} is being read.`, { code: 'feed-busy', retryable: true });
      await sleep(POLL_MS);
    }
  }

  /**
   * Called first in a page's transaction: moves the cursor and checks that we still hold the
   * reading.
   */
  async advance(em: Transaction, reading: Reading, proposed: string | null): Promise<void> {
    const cursor = nextCursor(reading.cursor, proposed, reading.startedAt.getTime());
    const rows = await em.query<[unknown[], number]>(
      `update capture.feed set cursor = coalesce($4, cursor), reader_until = clock_timestamp() + $5 * interval '1 ms'
       where system = $1 and name = $2 and fence = $3 and reader is not null and not paused returning 1`,
      [this.system, this.feed.name, reading.fence, cursor, this.#leaseMs],
    );
    if (rows[1] === 0) throw new ReadingLost(this.feed.name);
    reading.cursor = cursor;
  }

  /**
   * `paceMs`: when the feed is read again unless something happens before. It is stored, so that
   * others can see whether the feed is late.
   */
  async finishPoll(reading: Reading, paceMs: number): Promise<void> {
    await this.#finish(
      reading,
      `loaded = true, read_to = $4, polled_at = clock_timestamp(), next_poll_at = clock_timestamp() + $5 * interval '1 ms', every_ms = $6`,
      [reading.startedAt, this.feed.everyMs, paceMs],
    );
  }

  async finishSweep(reading: Reading): Promise<void> {
    await this.#finish(reading, `swept_at = $4, next_sweep_at = clock_timestamp() + sweep_every_ms * interval '1 ms'`, [reading.startedAt]);
  }

  /** Stores the reason, and waits longer after each failure. */
  async fail(reading: Reading, what: 'poll' | 'sweep', why: string): Promise<void> {
    const wait = `least($5, $6 * power(2, least(failures, 10))) * interval '1 ms'`;
    reading.release();
    await this.dataSource.query(
      `update capture.feed set failures = failures + 1, last_error = $4, next_${what}_at = clock_timestamp() + ${wait}, reader = null, reader_until = '-infinity'
       where system = $1 and name = $2 and fence = $3`,
      [this.system, this.feed.name, reading.fence, why, LONGEST_PAUSE_MS, this.feed.everyMs],
    );
  }

  /**
   * Releases the feed after a lost reading, so that whoever waits need not wait for the lease to
   * expire. Does nothing to another's reading.
   */
  async abandon(reading: Reading): Promise<void> {
    reading.release();
    await this.dataSource.query(`update capture.feed set reader = null, reader_until = '-infinity' where system = $1 and name = $2 and fence = $3`, [
      this.system,
      this.feed.name,
      reading.fence,
    ]);
  }

  async paused(): Promise<boolean> {
    const rows = await this.dataSource.query<{ paused: boolean }[]>('select paused from capture.feed where system = $1 and name = $2', [
      this.system,
      this.feed.name,
    ]);
    return rows[0]?.paused ?? false;
  }

  async #stopped(): Promise<boolean> {
    const [{ stopped }] = await this.dataSource.query<[{ stopped: boolean }]>(`select ${isStopped('$1', '$2')} stopped`, [this.place, RELEASE]);
    return stopped;
  }

  /** A set-aside record can only be found again by a sweep. */
  async sweepSoon(): Promise<void> {
    await this.dataSource.query('update capture.feed set next_sweep_at = clock_timestamp() where system = $1 and name = $2', [
      this.system,
      this.feed.name,
    ]);
  }

  async setPaused(paused: boolean): Promise<void> {
    await this.dataSource.query(
      `update capture.feed set paused = $3, next_poll_at = clock_timestamp() where system = $1 and name = $2 and paused <> $3`,
      [this.system, this.feed.name, paused],
    );
  }

  /** Waits until no process reads the feed any more. */
  async quiet(): Promise<void> {
    const giveUpAt = performance.now() + WAIT_MS;
    while (performance.now() < giveUpAt) {
      const rows = await this.dataSource.query<unknown[]>(
        'select 1 from capture.feed where system = $1 and name = $2 and reader is not null and reader_until > clock_timestamp()',
        [this.system, this.feed.name],
      );
      if (rows.length === 0) return;
      await sleep(POLL_MS);
    }
    throw new Problem('conflict', `Feed ${this.feed.name} is paused, and a reading that began before still runs.`, {
      code: 'feed-busy',
      retryable: true,
    });
  }

  async #take(what: 'poll' | 'sweep', due: string): Promise<Reading | undefined> {
    const [rows] = await this.dataSource.query<
      [{ cursor: string | null; loaded: boolean; fence: string; sweep: string; now: Date; aside: boolean }[], number]
    >(
      `update capture.feed set reader = $3, reader_until = clock_timestamp() + $4 * interval '1 ms', fence = fence + 1 ${what === 'sweep' ? ', sweep = sweep + 1' : ''}
       where system = $1 and name = $2 and not paused and reader_until < clock_timestamp() and ${due}
         and not ${isStopped('$5', '$6')}
       returning cursor, loaded, fence, sweep, clock_timestamp() now, ${isAside('$5')} or ${isStopped('$5')} aside`,
      [this.system, this.feed.name, randomUUID(), this.#leaseMs, this.place, RELEASE],
    );
    const row = rows[0];
    if (!row) return undefined;
    return {
      fence: row.fence,
      cursor: withinClock(row.cursor, row.now.getTime()),
      loaded: row.loaded,
      sweep: row.sweep,
      aside: row.aside,
      unreadable: new Set(),
      unnamed: false,
      startedAt: row.now,
      // Taken after the answer, so that a page never looks newer than it is, even after a long wait
      // for the feed.
      startedMs: performance.now(),
      release: this.#renew(row.fence),
    };
  }

  /**
   * Renews the lease while the vendor takes its time over a page. When a reader dies, the lease
   * expires and the feed is free.
   */
  #renew(fence: string): () => void {
    // The next page's transaction finds out whether we still hold it.
    return renewing(this.#leaseMs, () =>
      this.dataSource.query(
        `update capture.feed set reader_until = clock_timestamp() + $4 * interval '1 ms' where system = $1 and name = $2 and fence = $3 and reader is not null`,
        [this.system, this.feed.name, fence, this.#leaseMs],
      ),
    );
  }

  async #finish(reading: Reading, set: string, values: unknown[]): Promise<void> {
    reading.release();
    await this.dataSource.query(
      `update capture.feed set ${set}, failures = 0, last_error = null, reader = null, reader_until = '-infinity' where system = $1 and name = $2 and fence = $3`,
      [this.system, this.feed.name, reading.fence, ...values],
    );
  }
}

/**
 * Another reader took the feed over, the feed was paused, or this process stops. The page that was
 * read last is discarded.
 */
export class ReadingLost extends Error {
  constructor(name: string) {
    super(`feed ${name}: no longer the reader`);
  }
}
