import DataLoader from 'dataloader';
import { canonicalJson, money } from '#canonical';
import { decodeCursor, encodeCursor } from './cursor.js';
import { Sql, type ListArgs, type ListSource } from './list-source.js';
import type { Reader } from './reader.js';

export interface PageRow<R> {
  row: R;
  cursor: string;
}

export interface Page<R> {
  rows: PageRow<R>[];
  hasNextPage: boolean;
}

export interface Count {
  value: number;
  exact: boolean;
}

export interface FacetValue {
  value: string;
  count: number;
}

export interface Total {
  amount: string;
  currency: string;
  items: number;
  estimated: boolean;
}

/** Counting stops here; a larger count is marked as not exact. */
export const COUNTED_AT_MOST = 10_000;
const FACET_VALUES_AT_MOST = 100;
const ROOT = '';

interface KeyedRow {
  ord: string;
}

/** One parent's list: which list, of which parent, and its arguments. */
export interface ListRequest<F extends object> {
  source: ListSource<F>;
  /** A name in `source.scopes`, or null for the whole list. */
  scope: string | null;
  parent: string | null;
  args: ListArgs<F>;
}

/**
 * Reads lists: a page, its count, sums and facets. Each is one statement, however many parents it
 * is requested for at once. Postgres' row security keeps rows out; this code does not know viewers.
 */
export class Lists {
  readonly #loaders = new Map<string, DataLoader<string, unknown>>();

  constructor(
    private readonly reader: Reader,
    /** What callers name the cursor, for problems about it. */
    private readonly cursorName = 'after',
  ) {}

  page<R extends object, F extends object>(ask: ListRequest<F>): Promise<Page<R>> {
    return this.#load('page', ask, parents => this.#pages<R, F>(ask, parents));
  }

  count<F extends object>(ask: ListRequest<F>): Promise<Count> {
    return this.#load('count', ask, parents => this.#counts(ask, parents));
  }

  totals<F extends object>(ask: ListRequest<F>): Promise<Total[]> {
    return this.#load('totals', ask, parents => this.#totals(ask, parents));
  }

  facet<F extends object>(ask: ListRequest<F>, facet: string): Promise<FacetValue[]> {
    return this.#load(`facet ${facet}`, ask, parents => this.#facets(ask, facet, parents));
  }

  #load<T, F extends object>(what: string, ask: ListRequest<F>, read: (parents: readonly string[]) => Promise<T[]>): Promise<T> {
    const name = `${what}:${ask.source.name}:${ask.scope ?? ''}:${canonicalJson(ask.args)}`;
    let loader = this.#loaders.get(name) as DataLoader<string, T> | undefined;
    if (!loader) this.#loaders.set(name, (loader = new DataLoader<string, T>(read)));
    return loader.load(ask.parent ?? ROOT);
  }

  async #pages<R extends object, F extends object>({ source, scope, args }: ListRequest<F>, parents: readonly string[]): Promise<Page<R>[]> {
    const sql = new Sql([parents]);
    const key = source.orders[args.order.by];
    const order = `${args.order.by} ${args.order.descending ? 'descending' : 'ascending'}`;
    const [direction, beyond] = args.order.descending ? ['desc', '<'] : ['asc', '>'];
    const conditions = this.#conditions(source, scope, args.filter, sql);
    if (args.after !== null) {
      const { value, id } = decodeCursor(args.after, order, key.type, this.cursorName);
      conditions.push(`(${key.sql}, ${source.id}) ${beyond} (${sql.add(value)}::${key.type}, ${sql.add(id)}::text)`);
    }
    const rows = await this.reader.query<KeyedRow & R & { at_value: string; at_id: string }>(
      `select k.ord, x.* from unnest($1::text[]) with ordinality k(key, ord) cross join lateral (
         select ${source.columns}, ${key.sql} order_value, (${key.sql})::text at_value, ${source.id} at_id
         from ${source.from} where ${conditions.join(' and ')}
         order by ${key.sql} ${direction}, ${source.id} ${direction} limit ${args.first + 1}) x
       order by k.ord, x.order_value ${direction}, x.at_id ${direction}`,
      sql.params,
    );
    return inOrderOf(parents, rows).map(mine => ({
      hasNextPage: mine.length > args.first,
      rows: mine.slice(0, args.first).map(row => ({ row, cursor: encodeCursor({ order, value: row.at_value, id: row.at_id }) })),
    }));
  }

  async #counts<F extends object>({ source, scope, args }: ListRequest<F>, parents: readonly string[]): Promise<Count[]> {
    const sql = new Sql([parents]);
    const conditions = this.#conditions(source, scope, args.filter, sql);
    const rows = await this.reader.query<KeyedRow & { n: string }>(
      `select k.ord, (select count(*) from (
         select from ${source.from} where ${conditions.join(' and ')} limit ${COUNTED_AT_MOST + 1}) c) n
       from unnest($1::text[]) with ordinality k(key, ord) order by k.ord`,
      sql.params,
    );
    return rows.map(({ n }) => ({ value: Math.min(Number(n), COUNTED_AT_MOST), exact: Number(n) <= COUNTED_AT_MOST }));
  }

  async #totals<F extends object>({ source, scope, args }: ListRequest<F>, parents: readonly string[]): Promise<Total[][]> {
    const { amount, currency, estimated = 'false', once = source.id, join = '' } = source.money!;
    const sql = new Sql([parents]);
    const conditions = this.#conditions(source, scope, args.filter, sql);
    const rows = await this.reader.query<KeyedRow & { currency: string; amount: string; items: string; estimated: boolean }>(
      `select k.ord, x.* from unnest($1::text[]) with ordinality k(key, ord) cross join lateral (
         select o.currency, sum(o.amount)::text amount, count(*) items, bool_or(o.estimated) estimated from (
           select distinct on (${once}, ${currency}) ${currency} currency, ${amount} amount, ${estimated} estimated
           from ${source.from} ${join} where ${conditions.join(' and ')} and ${currency} is not null
           order by ${once}, ${currency}, ${amount} desc) o
         group by o.currency) x
       order by k.ord, x.currency`,
      sql.params,
    );
    return inOrderOf(parents, rows).map(mine =>
      mine.map(({ items: n, estimated: any, ...total }) => ({ ...money(total.amount, total.currency), items: Number(n), estimated: any })),
    );
  }

  /**
   * Counts per value under the list's filter, but without the filter that chooses among these
   * values. Values are spelled as that filter takes them.
   */
  async #facets<F extends object>({ source, scope, args }: ListRequest<F>, name: string, parents: readonly string[]): Promise<FacetValue[][]> {
    const facet = source.facets[name];
    const sql = new Sql([parents]);
    const conditions = this.#conditions(source, scope, { ...args.filter, [facet.filter]: undefined }, sql);
    const rows = await this.reader.query<KeyedRow & { value: string; n: string }>(
      `select k.ord, x.* from unnest($1::text[]) with ordinality k(key, ord) cross join lateral (
         select ${facet.sql} as value, count(*) n from ${source.from}
         where ${conditions.join(' and ')} and ${facet.sql} is not null group by 1 order by n desc, value limit ${FACET_VALUES_AT_MOST}) x
       order by k.ord, x.n desc, x.value`,
      sql.params,
    );
    const spelled = new Map(Object.entries(facet.words ?? {}).map(([name, word]) => [word, name]));
    return inOrderOf(parents, rows).map(mine => mine.map(({ value, n }) => ({ value: spelled.get(value) ?? value, count: Number(n) })));
  }

  #conditions<F extends object>(source: ListSource<F>, scope: string | null, filter: F, sql: Sql): string[] {
    const stated = (Object.keys(source.filters) as (keyof F & string)[]).filter(name => filter[name] !== undefined && filter[name] !== null);
    return [
      source.always ?? 'true',
      scope === null ? 'true' : source.scopes![scope],
      ...stated.map(name => `(${source.filters[name](filter[name] as NonNullable<F[typeof name]>, sql)})`),
    ];
  }
}

function inOrderOf<T extends KeyedRow>(parents: readonly string[], rows: T[]): T[][] {
  const byOrd = Map.groupBy(rows, row => Number(row.ord));
  return parents.map((_, index) => byOrd.get(index + 1) ?? []);
}
