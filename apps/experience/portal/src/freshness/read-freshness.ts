import type { DataSource } from 'typeorm';
import { readWatermarks } from '#capture';
import { SUBSCRIPTIONS } from '../read-model/read-model.subscription.js';
import type { Reader } from '../reading/reader.js';
import { FreshnessState, type Freshness } from './freshness.model.js';

const BEHIND_MS = 10_000;

/**
 * How far each back end's feeds have been read, and how far this portal has read the event log. Read in the request's own
 * transaction, so that it is told of the very moment its rows are of; these marks are all that a query sees of those schemas.
 */
export async function readFreshness(reader: Reader): Promise<Freshness[]> {
  const marks = await readWatermarks({ query: reader.marks.bind(reader) } as unknown as DataSource);
  return [
    ...marks.map(({ system, feed, readTo, polledAt, state }) => ({ system, feed, readTo, polledAt, state: state as FreshnessState })),
    ...(await own(reader)),
  ];
}

/** Of each of its readings: behind when an event has waited longer than it should; a log in which nothing happens is read to the present. */
async function own(reader: Reader): Promise<Freshness[]> {
  const rows = await reader.marks<{ name: string; read_to: Date | null; polled_at: Date | null; waiting_since: Date | null }>(
    `select m.name, p.read_to, s.read_at polled_at, (
       select min(e.recorded_at) from events.event e where (e.xid, e.pos) > (coalesce(s.last_xid, '0'), coalesce(s.last_pos, 0))) waiting_since
     from unnest($1::text[]) with ordinality m(name, n) left join portal.progress p using (name) left join events.subscription s using (name) order by m.n`,
    [SUBSCRIPTIONS],
  );
  return rows.map(({ name, read_to: readTo, polled_at: polledAt, waiting_since: waitingSince }) => {
    const behind = waitingSince !== null && Date.now() - waitingSince.getTime() > BEHIND_MS;
    return { system: 'throughline', feed: name, readTo, polledAt, state: behind ? FreshnessState.BEHIND : FreshnessState.LIVE };
  });
}
