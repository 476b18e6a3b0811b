import { Problem, type Shape as RecordShape } from '#canonical';
import { rowName, type Unreadable } from '#capture';
import { numberedPages, type Connector, type VendorAnswer, type VendorCall } from '#connector';
import { rowsOf, type Associations, type Rows, type UnfitRow } from './kantata-envelope.js';

export type Query = Record<string, string | number | boolean | undefined>;
export type Body = Record<string, unknown>;

export interface Page<T> extends Rows<T> {
  /**
   * The time up to which the page certainly shows every change, in ms; undefined when Kantata
   * doesn't state the time.
   */
  now?: number;
}

export type Gathered<T> = Pick<Rows<T>, 'rows' | 'unfit'>;

/**
 * How to read an answer: the rows' key where it isn't the path, and what `include` puts inside each
 * row.
 */
export interface Shape {
  plural?: string;
  associations?: Associations;
}

export const PER_PAGE = 200;

/**
 * The rows of a page where every row is needed. If one can't be read, throws its fault as that of
 * the answer.
 */
export function every<T>(plural: string, { rows, unfit }: Rows<T>): T[] {
  for (const { id, error } of unfit) throw error.within(`${plural} ${id ?? ''}`);
  return rows;
}

export const byId = (a: { id: string }, b: { id: string }): number => Number(a.id) - Number(b.id);
export const oldest = <T extends { id: string }>(records: T[]): T | undefined => records.toSorted(byId)[0];

/** A row that can't be read, as it is set aside. */
export function unreadableOf<T>({ id, at, row, error }: UnfitRow<T>, idOf: (nativeId: string, row: Partial<T>) => string | undefined): Unreadable {
  const known = id === undefined ? undefined : idOf(id, row);
  return { ...(known === undefined ? {} : { id: known }), nativeId: id ?? rowName(at), error };
}

/** Calls Kantata: pages, and the answers of writes. Rows are returned as they came, checked. */
export class KantataApi {
  constructor(private readonly connector: Connector) {}

  /** A moment that has passed by Kantata's clock, as far as known, and by ours, in ms. */
  now(): number {
    return Date.now() + this.connector.clock.behindMs;
  }

  async made(operation: string, plural: string, body: Body): Promise<string> {
    return (await this.created<{ id: string }>(operation, plural, body)).id;
  }

  async created<T>(operation: string, plural: string, body: Body): Promise<T> {
    const answer = await this.send({ operation, kind: 'write', method: 'POST', path: `/api/v1/${plural}`, body });
    return this.rows<T>(answer, plural)[0];
  }

  async put(operation: string, path: string, body: Body): Promise<void> {
    await this.send({ operation, kind: 'write', method: 'PUT', path: `/api/v1/${path}`, body });
  }

  /**
   * A write was made even if its answer can't be read: its outcome is then unknown, as after any
   * lost answer.
   */
  rows<T>(answer: VendorAnswer, plural: string): T[] {
    try {
      const rows = every(plural, rowsOf<T>(answer, plural, {}));
      if (rows.length > 0) return rows;
    } catch (cause) {
      throw new Problem('vendor-unavailable', "kantata's answer to a write can't be read", { code: 'outcome-unknown', cause });
    }
    throw new Problem('vendor-unavailable', 'kantata answered a write with no record', { code: 'outcome-unknown' });
  }

  async page<T>(
    operation: string,
    path: string,
    query: Query,
    shape: RecordShape<T>,
    { plural = path, associations = {} }: Shape = {},
  ): Promise<Page<T>> {
    const answer = await this.send({ operation, kind: 'read', method: 'GET', path: `/api/v1/${path}`, query: { per_page: PER_PAGE, ...query } });
    return { ...rowsOf<T>(answer, plural, shape, associations), ...(answer.asOf === undefined ? {} : { now: answer.asOf }) };
  }

  async all<T>(operation: string, path: string, query: Query, shape: RecordShape<T>, o: Shape = {}): Promise<T[]> {
    const all: T[] = [];
    for await (const page of this.pages<T>(operation, path, query, shape, o)) all.push(...every(path, page));
    return all;
  }

  /** All pages in one, with the rows that can't be read by themselves. */
  async gathered<T>(operation: string, path: string, query: Query, shape: RecordShape<T>, o: Shape = {}): Promise<Gathered<T>> {
    const all: Gathered<T> = { rows: [], unfit: [] };
    for await (const { rows, unfit } of this.pages<T>(operation, path, query, shape, o)) {
      all.rows.push(...rows);
      all.unfit.push(...unfit);
    }
    return all;
  }

  /**
   * Page by page; unreadable rows are returned separately. Throws when rows moved between pages so
   * that some were never seen.
   */
  pages<T>(operation: string, path: string, query: Query, shape: RecordShape<T>, o: Shape = {}): AsyncGenerator<Page<T>> {
    return numberedPages({
      vendor: 'Kantata',
      perPage: PER_PAGE,
      page: number => this.page<T>(operation, path, { ...query, page: number }, shape, o),
      whole: { what: path, idsOn: ({ rows, unfit }) => [...(rows as { id: unknown }[]), ...unfit].map(({ id }) => id) },
    });
  }

  send(call: VendorCall): Promise<VendorAnswer> {
    return this.connector.send(call);
  }
}
