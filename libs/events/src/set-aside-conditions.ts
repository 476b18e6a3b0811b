// Conditions on the log's tables for statements of other rooms. Arguments are SQL: parameters or columns.

/** A place is stopped, by this release if one is given: another release tries again. */
export const isStopped = (place: string, release?: string): string =>
  `exists (select 1 from events.stopped st where st.place = ${place}${release === undefined ? '' : ` and st.release = ${release}`})`;

/** Something is set aside at a place, with this key if one is given. */
export const isAside = (place: string, key?: string): string =>
  `exists (select 1 from events.set_aside sa where sa.place = ${place}${key === undefined ? '' : ` and sa.key = ${key}`})`;

/** Rows of name, n, polled_at, stopped and waiting_since for readers of the log, from arrays of their names and places. */
export const readerMarks = (names: string, places: string): string => `
  select m.name, m.n, s.read_at polled_at, ${isStopped('m.place')} stopped, (
    select min(e.recorded_at) from events.event e where (e.xid, e.pos) > (coalesce(s.last_xid, '0'), coalesce(s.last_pos, 0))) waiting_since
  from unnest(${names}::text[], ${places}::text[]) with ordinality m(name, place, n) left join events.subscription s using (name)`;
