import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { readWatermarks } from '#capture';
import { READ_MODEL } from '../read-model/read-model.subscription.js';
import { FreshnessState, type Freshness } from './freshness.model.js';

const BEHIND_MS = 10_000;

/**
 * How far each back end's feeds have been read, and how far this portal has read the event log. Read with the app's own role: it
 * says nothing of any row.
 */
@Injectable()
export class FreshnessReader {
  constructor(@Inject(DataSource) private readonly dataSource: DataSource) {}

  async read(): Promise<Freshness[]> {
    const [feeds, own] = await Promise.all([readWatermarks(this.dataSource), this.#own()]);
    return [...feeds.map(({ system, feed, readTo, polledAt, state }) => ({ system, feed, readTo, polledAt, state: state as FreshnessState })), own];
  }

  /** Behind when an event has waited longer than it should; a log in which nothing happens is read to the present. */
  async #own(): Promise<Freshness> {
    const [row] = await this.dataSource.query<{ read_to: Date | null; polled_at: Date | null; waiting_since: Date | null }[]>(
      `select p.read_to, s.read_at polled_at,
         (select min(e.recorded_at) from events.event e where e.xid >= coalesce(s.last_xid, '0') and (e.xid, e.pos) > (coalesce(s.last_xid, '0'), coalesce(s.last_pos, 0))) waiting_since
       from (select 1) one left join portal.progress p on p.name = $1 left join events.subscription s on s.name = $1`,
      [READ_MODEL],
    );
    const behind = row?.waiting_since != null && Date.now() - row.waiting_since.getTime() > BEHIND_MS;
    return {
      system: 'throughline',
      feed: READ_MODEL,
      readTo: row?.read_to ?? null,
      polledAt: row?.polled_at ?? null,
      state: behind ? FreshnessState.BEHIND : FreshnessState.LIVE,
    };
  }
}
