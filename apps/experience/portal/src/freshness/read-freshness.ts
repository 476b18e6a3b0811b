import type { DataSource } from 'typeorm';
import { readWatermarks } from '#capture';
import { READ_MODEL } from '../read-model/read-model.subscription.js';
import type { Reader } from '../reading/reader.js';
import { FreshnessState, type Freshness } from './freshness.model.js';

const BEHIND_MS = 10_000;

/**
 * How far each back end's feeds have been read, and how far this portal has read the event log. Read in the request's own
 * transaction, so that it is told of the very moment its rows are of; the reader's role sees these marks and nothing else of those
 * schemas (read-model/row-security.ts).
 */
export async function readFreshness(reader: Reader): Promise<Freshness[]> {
  const marks = await readWatermarks({ query: reader.query.bind(reader) } as unknown as DataSource);
  return [
    ...marks.map(({ system, feed, readTo, polledAt, state }) => ({ system, feed, readTo, polledAt, state: state as FreshnessState })),
    await own(reader),
  ];
}

/** Behind when an event has waited longer than it should; a log in which nothing happens is read to the present. */
async function own(reader: Reader): Promise<Freshness> {
  const [row] = await reader.query<{ read_to: Date | null; polled_at: Date | null; waiting_since: Date | null }>(
    `select p.read_to, s.read_at polled_at, (
       select min(e.recorded_at) from events.event e where (e.xid, e.pos) > (coalesce(s.last_xid, '0'), coalesce(s.last_pos, 0))) waiting_since
     from (values ($1::text)) as m(name) left join portal.progress p using (name) left join events.subscription s using (name)`,
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
