import type { Principal } from '#auth';
import { feedPlace, readWatermarks } from '#capture';
import { readerMarks, readerPlace, setAsideByPlace } from '#events';
import type { Database } from '#persistence';
import type { ReadModel } from './read-model.js';
import type { Reader } from './reader.js';
import { FreshnessState, type Freshness } from './freshness.model.js';

const BEHIND_MS = 10_000;

/**
 * How far each back end's feeds have been read, and how far this read model has read the event log.
 * It is read in the request's transaction, so it describes the same moment as the rows. A query
 * sees nothing else of those schemas.
 */
export async function readFreshness(model: ReadModel, reader: Reader, viewer: Principal): Promise<Freshness[]> {
  const marked = { query: reader.marks.bind(reader) } as unknown as Database;
  const feeds = (await readWatermarks(marked)).map(({ system, feed, readTo, polledAt, state }) => ({
    system,
    feed,
    readTo,
    polledAt,
    state: state as FreshnessState,
  }));
  const marks = [...feeds, ...(await ownMarks(model, reader))];
  const aside = await setAsideByPlace(marked, viewer);
  return marks.map(mark => {
    const nouns = aside.get(placeOf(mark)) ?? [];
    return { ...mark, setAside: nouns.reduce((sum, { records }) => sum + records, 0), setAsideNouns: nouns };
  });
}

type Mark = Omit<Freshness, 'setAside' | 'setAsideNouns'>;

const OWN = 'throughline';

const placeOf = ({ system, feed }: Mark): string => (system === OWN ? readerPlace({ name: feed }) : feedPlace(system, feed));

/**
 * The state of each of the model's own readers. Failing: too much could not be taken. Behind: an
 * event has waited longer than it should. A reader of a log without new events is up to date.
 */
async function ownMarks({ schema, parts }: ReadModel, reader: Reader): Promise<Mark[]> {
  const rows = await reader.marks<{ name: string; read_to: Date | null; polled_at: Date | null; stopped: boolean; waiting_since: Date | null }>(
    `select m.*, p.read_to from (${readerMarks('$1', '$2')}) m left join ${schema}.progress p using (name) order by m.n`,
    [parts.map(({ name }) => name), parts.map(({ name }) => readerPlace({ name }))],
  );
  return rows.map(({ name, read_to: readTo, polled_at: polledAt, stopped, waiting_since: waitingSince }) => {
    const behind = waitingSince !== null && Date.now() - waitingSince.getTime() > BEHIND_MS;
    const state = stopped ? FreshnessState.FAILING : behind ? FreshnessState.BEHIND : FreshnessState.LIVE;
    return { system: OWN, feed: name, readTo, polledAt, state };
  });
}
