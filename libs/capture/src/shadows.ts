import type { Database, Transaction } from '#persistence';
import type { SweepWindow } from './feed.js';

export interface ShadowRow<T = { id: string }> {
  id: string;
  state: T;
  last_written: object | null;
  written_at: Date | null;
  legal_entities: string[];
}

export interface NewShadow {
  id: string;
  state: object;
  lastWritten: object | null;
  version: string;
  entities: string[];
}

/** The last state of a deleted shadow. */
export interface DeletedShadow<T> {
  state: T;
  legal_entities: string[];
}

/** The shadow's rows of one noun, set-wise. */
export class Shadows {
  constructor(
    private readonly system: string,
    private readonly noun: string,
  ) {}

  /**
   * For the feed's one reader: it holds the feed's row, so every other writer of its shadows waits.
   */
  async read<T>(em: Transaction, ids: string[], lock = ''): Promise<Map<string, ShadowRow<T>>> {
    if (ids.length === 0) return new Map();
    const rows = await em.query<ShadowRow<T>[]>(
      `select id, state, last_written, written_at, legal_entities from capture.shadow where system = $1 and noun = $2 and id = any($3) ${lock}`,
      [this.system, this.noun, ids],
    );
    return new Map(rows.map(row => [row.id, row]));
  }

  /** Ordered by id, after the given one. */
  page<T>(em: Transaction, after: string, limit: number): Promise<ShadowRow<T>[]> {
    return em.query<ShadowRow<T>[]>(
      `select id, state, last_written, written_at, legal_entities from capture.shadow
       where system = $1 and noun = $2 and id > $3 order by id limit $4`,
      [this.system, this.noun, after, limit],
    );
  }

  /** Locks in the order of ids, so that two writers can't deadlock. */
  lock<T>(em: Transaction, ids: string[]): Promise<Map<string, ShadowRow<T>>> {
    return this.read<T>(em, ids, 'order by id for update');
  }

  async versions(em: Transaction, count: number): Promise<string[]> {
    if (count === 0) return [];
    const rows = await em.query<{ v: string }[]>(`select nextval('capture.version') v from generate_series(1, $1)`, [count]);
    return rows.map(row => row.v);
  }

  async put(em: Transaction, rows: NewShadow[], byUs: boolean): Promise<void> {
    if (rows.length === 0) return;
    await em.query(
      `insert into capture.shadow(system, noun, id, state, last_written, version, legal_entities, seen_at, written_at)
       select $1, $2, id, state, nullif("lastWritten", 'null'), version, array(select jsonb_array_elements_text(entities)), clock_timestamp(),
         case when $4 then clock_timestamp() end
       from jsonb_to_recordset($3::jsonb) as t(id text, state jsonb, "lastWritten" jsonb, version bigint, entities jsonb) order by id
       on conflict (system, noun, id) do update set state = excluded.state, last_written = excluded.last_written, version = excluded.version,
         legal_entities = excluded.legal_entities, seen_at = excluded.seen_at, written_at = coalesce(excluded.written_at, shadow.written_at)`,
      [this.system, this.noun, JSON.stringify(rows), byUs],
    );
  }

  /** Notes what a sweep saw, in a separate table: the shadow's rows don't change. */
  async noteSeen(em: Transaction, ids: string[], sweep: string): Promise<void> {
    await em.query(`insert into capture.swept(system, noun, sweep, id) select $1, $2, $3, id from unnest($4::text[]) id on conflict do nothing`, [
      this.system,
      this.noun,
      sweep,
      ids,
    ]);
  }

  /**
   * How many records the window contains, and how many of them the sweep did not see. Records
   * created after the sweep began don't count as unseen.
   */
  async countUnseen(dataSource: Database, sweep: string, startedAt: Date, window?: SweepWindow): Promise<{ known: number; unseen: number }> {
    const [counts] = await dataSource.query<{ known: number; unseen: number }[]>(
      `select (select count(*)::int from capture.shadow where system = $1 and noun = $2 and ${IN_WINDOW}) known, count(*)::int unseen
       from (${UNSEEN}) unseen`,
      [this.system, this.noun, sweep, startedAt, window?.attribute ?? null, window?.from ?? null],
    );
    return counts;
  }

  /** A page of the records that the sweep did not see, as they were last seen. */
  async unseen<T>(dataSource: Database, sweep: string, startedAt: Date, window: SweepWindow | undefined, limit: number): Promise<T[]> {
    const ids = await dataSource.query<{ id: string }[]>(`${UNSEEN} order by id limit $7`, [
      this.system,
      this.noun,
      sweep,
      startedAt,
      window?.attribute ?? null,
      window?.from ?? null,
      limit,
    ]);
    const rows = await this.read<T>(
      dataSource.manager,
      ids.map(({ id }) => id),
    );
    return ids.flatMap(({ id }) => rows.get(id)?.state ?? []);
  }

  /**
   * Deletes these, except those that we wrote at or after the instant: whoever reported them as
   * deleted can't have known of that write.
   */
  async delete<T>(em: Transaction, ids: string[], unlessWrittenAt: Date): Promise<DeletedShadow<T>[]> {
    if (ids.length === 0) return [];
    const [rows] = await em.query<[DeletedShadow<T>[], number]>(
      `delete from capture.shadow where system = $1 and noun = $2 and id = any($3) and coalesce(written_at < $4, true) returning state, legal_entities`,
      [this.system, this.noun, ids, unlessWrittenAt],
    );
    return rows;
  }

  /** Deletes the notes of this sweep and of earlier ones that failed. */
  async forgetSeen(dataSource: Database, sweep: string): Promise<void> {
    await dataSource.query('delete from capture.swept where system = $1 and noun = $2 and sweep <= $3', [this.system, this.noun, sweep]);
  }
}

const IN_WINDOW = '($5::text is null or state ->> $5 >= $6)';
const UNSEEN = `
  select id from capture.shadow where system = $1 and noun = $2 and seen_at < $4 and ${IN_WINDOW}
  except select id from capture.swept where system = $1 and noun = $2 and sweep = $3`;
