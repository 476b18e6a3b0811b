import type { EntityManager } from 'typeorm';

export interface ShadowRow<T = { id: string }> {
  id: string;
  state: T;
  last_written: object | null;
  written_at: Date | null;
}

export interface NewShadow {
  id: string;
  state: object;
  lastWritten: object | null;
  version: string;
  entities: string[];
}

/** The shadow's rows of one noun, set-wise. */
export class Shadows {
  constructor(private readonly system: string, private readonly noun: string) {}

  /** Locked in the order of ids, so that two writers can't wait for each other. */
  async lock<T>(em: EntityManager, ids: string[]): Promise<Map<string, ShadowRow<T>>> {
    const rows = await em.query<ShadowRow<T>[]>(
      `select id, state, last_written, written_at from capture.shadow where system = $1 and noun = $2 and id = any($3) order by id for update`,
      [this.system, this.noun, ids],
    );
    return new Map(rows.map(row => [row.id, row]));
  }

  async versions(em: EntityManager, count: number): Promise<string[]> {
    if (count === 0) return [];
    const rows = await em.query<{ v: string }[]>(`select nextval('capture.version') v from generate_series(1, $1)`, [count]);
    return rows.map(row => row.v);
  }

  async put(em: EntityManager, rows: NewShadow[], sweep: string, byUs: boolean): Promise<void> {
    if (rows.length === 0) return;
    await em.query(
      `insert into capture.shadow(system, noun, id, state, last_written, version, legal_entities, seen_at, written_at, sweep)
       select $1, $2, id, state, nullif("lastWritten", 'null'), version, array(select jsonb_array_elements_text(entities)), clock_timestamp(),
         case when $5 then clock_timestamp() end, $4
       from jsonb_to_recordset($3::jsonb) as t(id text, state jsonb, "lastWritten" jsonb, version bigint, entities jsonb) order by id
       on conflict (system, noun, id) do update set state = excluded.state, last_written = excluded.last_written, version = excluded.version,
         legal_entities = excluded.legal_entities, seen_at = excluded.seen_at, written_at = coalesce(excluded.written_at, shadow.written_at),
         sweep = greatest(shadow.sweep, excluded.sweep)`,
      [this.system, this.noun, JSON.stringify(rows), sweep, byUs],
    );
  }

  /** Marks what a sweep saw unchanged. */
  async mark(em: EntityManager, ids: string[], sweep: string): Promise<void> {
    if (ids.length === 0) return;
    await em.query('update capture.shadow set sweep = $4, seen_at = clock_timestamp() where system = $1 and noun = $2 and id = any($3)', [
      this.system,
      this.noun,
      ids,
      sweep,
    ]);
  }

  /** Takes away a page of what the sweep didn't see; nothing that came after it began. */
  async takeUnseen<T>(em: EntityManager, sweep: string, startedAt: Date, limit: number): Promise<T[]> {
    const rows = await em.query<[{ state: T }[], number]>(
      `delete from capture.shadow where system = $1 and noun = $2 and id in (
         select id from capture.shadow where system = $1 and noun = $2 and sweep <> $3 and seen_at < $4 order by id limit $5 for update)
       returning state`,
      [this.system, this.noun, sweep, startedAt, limit],
    );
    return rows[0].map(row => row.state);
  }
}
