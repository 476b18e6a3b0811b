import { maySeeRows, type Principal } from '#auth';
import { feedPlace, readWatermarks } from '#capture';
import { readerPlace } from '#events';
import type { Database } from '#persistence';
import type { ReadModel } from './read-model.js';
import type { Reader } from './reader.js';
import { FreshnessState, type Freshness } from './freshness.model.js';
import type { SetAsideNoun } from './set-aside.model.js';

const BEHIND_MS = 10_000;

/**
 * How far each back end's feeds have been read, and how far this read model has read the event log.
 * It is read in the request's transaction, so it describes the same moment as the rows. A query
 * sees nothing else of those schemas.
 */
export async function readFreshness(model: ReadModel, reader: Reader, viewer: Principal): Promise<Freshness[]> {
  const feeds = (await readWatermarks({ query: reader.marks.bind(reader) } as unknown as Database)).map(
    ({ system, feed, readTo, polledAt, state }) => ({ system, feed, readTo, polledAt, state: state as FreshnessState }),
  );
  const marks = [...feeds, ...(await ownMarks(model, reader))];
  const aside = await setAsideByPlace(reader, viewer);
  return marks.map(mark => {
    const nouns = aside.get(placeOf(mark)) ?? [];
    return { ...mark, setAside: nouns.reduce((sum, { records }) => sum + records, 0), setAsideNouns: nouns };
  });
}

type Mark = Omit<Freshness, 'setAside' | 'setAsideNouns'>;

const OWN = 'throughline';

const placeOf = ({ system, feed }: Mark): string => (system === OWN ? readerPlace({ name: feed }) : feedPlace(system, feed));

/** How many of the records that the viewer may see are set aside, by place. */
async function setAsideByPlace(reader: Reader, viewer: Principal): Promise<Map<string, SetAsideNoun[]>> {
  const values: unknown[] = [];
  const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
  const rows = await reader.marks<SetAsideNoun & { place: string }>(
    `select place, noun, count(*)::int records from events.set_aside where ${seen} group by place, noun order by place, noun`,
    values,
  );
  return Map.groupBy(rows, ({ place }) => place);
}

/**
 * The state of each of the model's own readers. Failing: too much could not be taken. Behind: an
 * event has waited longer than it should. A reader of a log without new events is up to date.
 */
async function ownMarks({ schema, parts }: ReadModel, reader: Reader): Promise<Mark[]> {
  const rows = await reader.marks<{ name: string; read_to: Date | null; polled_at: Date | null; stopped: boolean; waiting_since: Date | null }>(
    `select m.name, p.read_to, s.read_at polled_at, exists (select 1 from events.stopped where place = m.place) stopped, (
       select min(e.recorded_at) from events.event e where (e.xid, e.pos) > (coalesce(s.last_xid, '0'), coalesce(s.last_pos, 0))) waiting_since
     from unnest($1::text[], $2::text[]) with ordinality m(name, place, n) left join ${schema}.progress p using (name) left join events.subscription s using (name) order by m.n`,
    [parts.map(({ name }) => name), parts.map(({ name }) => readerPlace({ name }))],
  );
  return rows.map(({ name, read_to: readTo, polled_at: polledAt, stopped, waiting_since: waitingSince }) => {
    const behind = waitingSince !== null && Date.now() - waitingSince.getTime() > BEHIND_MS;
    const state = stopped ? FreshnessState.FAILING : behind ? FreshnessState.BEHIND : FreshnessState.LIVE;
    return { system: OWN, feed: name, readTo, polledAt, state };
  });
}
