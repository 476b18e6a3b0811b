import type { Page, PageQuery } from '#apis';
import { maySeeRows } from '#auth';
import { Problem } from '#canonical';
import { Database, type Transaction } from '#persistence';
import { decodeCursor, DEFAULT_PAGE_SIZE, encodeCursor } from '#service';

/**
 * The viewer, for row security: `*` sees all; `seesUnassigned` is needed for records without a
 * legal entity.
 */
export interface Viewer {
  legalEntities: string[] | '*';
  seesUnassigned: boolean;
}

export interface ShadowQuery {
  /** The last id of the page before. */
  after?: string;
  /** 100 by default. */
  limit?: number;
  /**
   * Values that attributes must have; `a.b` names a nested one. A value, one of several (array), or
   * null for none; undefined is ignored.
   */
  where?: Record<string, string | number | boolean | null | undefined | (string | number | boolean)[]>;
  /** Values that attributes must not have; records without the attribute stay in. */
  whereNot?: Record<string, (string | number | boolean)[]>;
  viewer?: Viewer;
  /** Only records of this legal entity, alone or with others. */
  legalEntity?: string;
}

/** Reads what the vendor last showed of one noun. */
export class ShadowReader<T extends { id: string }> {
  constructor(
    private readonly dataSource: Database,
    private readonly system: string,
    private readonly noun: string,
  ) {}

  async get(id: string, em: Transaction | Database = this.dataSource): Promise<T | undefined> {
    const rows = await em.query<{ state: T }[]>('select state from capture.shadow where system = $1 and noun = $2 and id = $3', [
      this.system,
      this.noun,
      id,
    ]);
    return rows[0]?.state;
  }

  /**
   * Throws `not-found` both for a record that does not exist and for one that the viewer may not
   * see.
   */
  async one(id: string, viewer: Viewer): Promise<T> {
    const [state] = await this.many([id], viewer);
    if (state === undefined) throw new Problem('not-found', `There is no ${this.noun} ${id}.`);
    return state;
  }

  /** Those of the ids that exist and that the viewer may see, ordered by id. */
  async many(ids: string[], viewer?: Viewer): Promise<T[]> {
    const { sql, values } = this.#filter({ viewer });
    const rows = await this.dataSource.query<{ state: T }[]>(
      `select state from capture.shadow where ${sql} and id = any($${values.length + 1}) order by id`,
      [...values, [...new Set(ids)]],
    );
    return rows.map(row => row.state);
  }

  /**
   * A page ordered by id. Pass `next` as `after` for the following page; it is null on the last
   * one. Records that come or go meanwhile don't shift pages.
   */
  async list(query: ShadowQuery = {}): Promise<{ items: T[]; next: string | null }> {
    const limit = query.limit ?? 100;
    const { sql, values, one } = this.#filter(query);
    // Ordered by the attribute with one value, then by id, as the index is. Under row security
    // Postgres does not infer that order from the filter.
    const rows = await this.dataSource.query<{ id: string; state: T }[]>(
      `select id, state from capture.shadow where ${sql} and id > $${values.length + 1} order by ${[...one, 'id'].join(', ')} limit $${values.length + 2}`,
      [...values, query.after ?? '', limit + 1],
    );
    const page = rows.slice(0, limit);
    return { items: page.map(row => row.state), next: rows.length > limit ? page[page.length - 1].id : null };
  }

  /**
   * A page as an API answers it, for the given `cursor` and `limit`. Throws `invalid` for a cursor
   * that isn't ours.
   */
  async page({ cursor, limit = DEFAULT_PAGE_SIZE }: PageQuery, query: Omit<ShadowQuery, 'after' | 'limit'>): Promise<Page<T>> {
    const after = cursor === undefined ? undefined : decodeCursor(cursor, 'text')[0];
    const { items, next } = await this.list({ ...query, after, limit });
    return { items, nextCursor: next === null ? null : encodeCursor([next]) };
  }

  async count(query: Omit<ShadowQuery, 'after' | 'limit'> = {}): Promise<number> {
    const { sql, values } = this.#filter(query);
    const [{ n }] = await this.dataSource.query<{ n: string }[]>(`select count(*) n from capture.shadow where ${sql}`, values);
    return Number(n);
  }

  /** The distinct values of an attribute. */
  async valuesOf(attribute: string): Promise<string[]> {
    const value = attributeOf(attribute);
    const rows = await this.dataSource.query<{ value: string }[]>(
      `select distinct ${value} value from capture.shadow where system = $1 and noun = $2 and ${value} is not null`,
      [this.system, this.noun],
    );
    return rows.map(row => row.value);
  }

  /** The distinct values of an attribute for each value of another one, or for these only. */
  async valuesBy(attribute: string, by: string, only?: string[]): Promise<Map<string, string[]>> {
    const [value, group] = [attributeOf(attribute), attributeOf(by)];
    const rows = await this.dataSource.query<{ group: string; values: string[] }[]>(
      `select ${group} "group", array_agg(distinct ${value}) "values" from capture.shadow
       where system = $1 and noun = $2 and ${value} is not null and ($3::text[] is null or ${group} = any($3)) group by 1`,
      [this.system, this.noun, only ?? null],
    );
    return new Map(rows.map(row => [row.group, row.values]));
  }

  #filter({ where = {}, whereNot = {}, viewer, legalEntity }: ShadowQuery): { sql: string; values: unknown[]; one: string[] } {
    const values: unknown[] = [this.system, this.noun];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const parts = ['system = $1', 'noun = $2'];
    const one: string[] = [];
    for (const [name, wanted] of Object.entries(where)) {
      if (wanted === undefined) continue;
      const attribute = attributeOf(name);
      if (wanted === null) parts.push(`${attribute} is null`);
      // Compare a single value with `=`: only then does an index on the attribute and the id answer
      // pages in order.
      else if (!Array.isArray(wanted)) {
        parts.push(`${attribute} = ${bind(String(wanted))}`);
        one.push(attribute);
      } else parts.push(`${attribute} = any(${bind(wanted.map(String))}::text[])`);
    }
    for (const [name, unwanted] of Object.entries(whereNot))
      parts.push(`coalesce(${attributeOf(name)} <> all(${bind(unwanted.map(String))}::text[]), true)`);
    if (legalEntity !== undefined) parts.push(`legal_entities @> ${bind([legalEntity])}::text[]`);
    if (viewer) parts.push(maySeeRows(viewer, 'legal_entities', bind));
    return { sql: parts.join(' and '), values, one };
  }
}

/** Spelled as in the index on the attribute. Names come from our code, never from a caller. */
export function attributeOf(name: string, alias = 'shadow'): string {
  if (!/^[a-zA-Z]+(\.[a-zA-Z]+)*$/.test(name)) throw new Problem('internal', `${name} is not an attribute`);
  const path = name.split('.').map(part => `'${part}'`);
  return `(${alias}.state ${path.map((part, at) => (at === path.length - 1 ? '->> ' : '-> ') + part).join(' ')})`;
}
