import type { DataSource, EntityManager } from 'typeorm';

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
  constructor(
    private readonly system: string,
    private readonly noun: string,
  ) {}

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

  async put(em: EntityManager, rows: NewShadow[], byUs: boolean): Promise<void> {
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

  /** Notes what a sweep saw: beside the shadow, whose rows stay as they are. */
  async noteSeen(em: EntityManager, ids: string[], sweep: string): Promise<void> {
    await em.query(`insert into capture.swept(system, noun, sweep, id) select $1, $2, $3, id from unnest($4::text[]) id on conflict do nothing`, [
      this.system,
      this.noun,
      sweep,
      ids,
    ]);
  }

  /** How many there are, and how many of them the sweep didn't see; what came after it began doesn't count as unseen. */
  async unseen(dataSource: DataSource, sweep: string, startedAt: Date): Promise<{ known: number; unseen: number }> {
    const [counts] = await dataSource.query<{ known: number; unseen: number }[]>(
      `select (select count(*)::int from capture.shadow where system = $1 and noun = $2) known, count(*)::int unseen from (${UNSEEN}) unseen`,
      [this.system, this.noun, sweep, startedAt],
    );
    return counts;
  }

  /** Takes away a page of what the sweep didn't see. */
  async takeUnseen<T>(em: EntityManager, sweep: string, startedAt: Date, limit: number): Promise<T[]> {
    const rows = await em.query<{ state: T }[]>(
      `with gone as materialized (${UNSEEN} order by id limit $5),
       taken as (delete from capture.shadow s using gone where s.system = $1 and s.noun = $2 and s.id = gone.id returning s.state)
       select state from taken`,
      [this.system, this.noun, sweep, startedAt, limit],
    );
    return rows.map(row => row.state);
  }

  /** Notes of this sweep and of earlier ones that failed. */
  async forgetSeen(dataSource: DataSource, sweep: string): Promise<void> {
    await dataSource.query('delete from capture.swept where system = $1 and noun = $2 and sweep <= $3', [this.system, this.noun, sweep]);
  }
}

const UNSEEN = `
  select id from capture.shadow where system = $1 and noun = $2 and seen_at < $4
  except select id from capture.swept where system = $1 and noun = $2 and sweep = $3`;
