import { Problem } from '#canonical';
import { Paging, type Connector, type VendorAnswer, type VendorCall } from '#connector';
import { rowsOf, type Associations } from './kantata.wire.js';

export type Query = Record<string, string | number | boolean | undefined>;
export type Body = Record<string, unknown>;

export interface Page<T> {
  rows: T[];
  /** How many there are in all. */
  count: number;
  /** Up to when the page surely shows every change, in ms; undefined when Kantata doesn't tell the time. */
  now?: number;
}

/** How an answer is read: the rows' key where it isn't the path, and what `include` is to put inside each row. */
export interface Shape {
  plural?: string;
  associations?: Associations;
}

export const PER_PAGE = 200;

/** How Kantata is called: pages, and what a write answers. Rows come as they are, checked. */
export class KantataCalls {
  constructor(private readonly connector: Connector) {}

  /** A moment that has passed by Kantata's clock, as far as it was heard, and by ours, in ms. */
  now(): number {
    return Date.now() + this.connector.clock.behindMs;
  }

  async made(operation: string, plural: string, body: Body): Promise<string> {
    return (await this.created<{ id: string }>(operation, plural, body)).id;
  }

  async created<T>(operation: string, plural: string, body: Body): Promise<T> {
    const answer = await this.send({ operation, kind: 'write', method: 'POST', path: `/api/v1/${plural}`, body });
    return this.rows<T>(answer, plural, [])[0];
  }

  async put(operation: string, path: string, body: Body): Promise<void> {
    await this.send({ operation, kind: 'write', method: 'PUT', path: `/api/v1/${path}`, body });
  }

  /** A write was made even if its answer can't be read: what came of it is then unknown, like any lost answer. */
  rows<T>(answer: VendorAnswer, plural: string, needed: (keyof T & string)[]): T[] {
    try {
      const { rows } = rowsOf<T>(answer, plural, needed);
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
    needed: readonly (keyof T & string)[],
    { plural = path, associations = {} }: Shape = {},
  ): Promise<Page<T>> {
    const answer = await this.send({ operation, kind: 'read', method: 'GET', path: `/api/v1/${path}`, query: { per_page: PER_PAGE, ...query } });
    return { ...rowsOf<T>(answer, plural, [...needed], associations), ...(answer.asOf === undefined ? {} : { now: answer.asOf }) };
  }

  async all<T>(operation: string, path: string, query: Query, needed: readonly (keyof T & string)[], o: Shape = {}): Promise<T[]> {
    const all: T[] = [];
    for await (const { rows } of this.pages<T>(operation, path, query, needed, o)) all.push(...rows);
    return all;
  }

  /** Page by page. Throws when rows moved between pages so that some were never seen. */
  async *pages<T>(operation: string, path: string, query: Query, needed: readonly (keyof T & string)[], o: Shape = {}): AsyncGenerator<Page<T>> {
    const seen = new Set<unknown>();
    const paging = new Paging('Kantata');
    for (let page = 1; ; page++) {
      const answer = await this.page<T>(operation, path, { ...query, page }, needed, o);
      for (const row of answer.rows) seen.add((row as { id: unknown }).id);
      const last = page * PER_PAGE >= answer.count || answer.rows.length === 0;
      if (last && seen.size < answer.count)
        throw new Problem('vendor-unavailable', `${path} moved while they were read`, { code: 'moved-while-read' });
      paging.page(answer.rows.length, !last);
      yield answer;
      if (last) return;
    }
  }

  send(call: VendorCall): Promise<VendorAnswer> {
    return this.connector.send(call);
  }
}
