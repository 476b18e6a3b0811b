import { maySeeRows, type Principal } from '#auth';
import type { SetAsideNoun } from '#canonical';
import type { Transaction } from '#persistence';

type Viewer = Pick<Principal, 'legalEntities' | 'seesUnassigned'>;
type Asked = Pick<Transaction, 'query'>;

/** How many of the records that the viewer may see are set aside, by place. */
export async function setAsideByPlace(database: Asked, viewer: Viewer): Promise<Map<string, SetAsideNoun[]>> {
  const values: unknown[] = [];
  const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
  const rows = await database.query<(SetAsideNoun & { place: string })[]>(
    `select place, noun, count(*)::int records from events.set_aside where ${seen} group by place, noun order by place, noun`,
    values,
  );
  return new Map([...Map.groupBy(rows, ({ place }) => place)].map(([place, own]) => [place, own.map(({ noun, records }) => ({ noun, records }))]));
}

/** Which of these native ids are set aside at a place in a row that the viewer may see. */
export async function visibleSetAside(database: Asked, place: string, nativeIds: string[], viewer: Viewer): Promise<string[]> {
  const values: unknown[] = [place, nativeIds];
  const seen = maySeeRows(viewer, 'legal_entities', value => `$${values.push(value)}`);
  const rows = await database.query<{ id: string }[]>(
    `select distinct native_id id from events.set_aside where place = $1 and native_id = any($2) and ${seen}`,
    values,
  );
  return rows.map(({ id }) => id);
}

/** Which places are stopped and why, the longest stopped first. */
export const stoppedPlaces = (database: Asked): Promise<{ place: string; what: string }[]> =>
  database.query('select place, what from events.stopped order by at');
