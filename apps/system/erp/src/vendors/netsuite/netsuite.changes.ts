import { brokenRules } from '#canonical';
import { Readable, rowName, type FeedPage, type SweepPage } from '#capture';
import { notAheadOf, SeenChanges } from '#connector';
import type { NetsuiteApi } from './netsuite.api.js';
import { unfit, type NetsuiteRow } from './netsuite.wire.js';

/** One page of what changed. */
export type ChangedPage<T> = FeedPage<T> & { cursor: string };

export const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS"Z"'`;
const PAGE = 200;
/** Its times have seconds. */
const SETTLED_MS = 1_000;

/** A record type that is followed. */
export interface Followed<T> {
  table: 'customer' | 'job';
  /** The rows to be followed, `r` the record's own. */
  from: string;
  where: string;
  /** The date, an expression of these rows, from which a record is read anew. */
  changed: string;
  /** The canonical id that a row shows; null: none of ours; undefined: it doesn't tell. */
  idOf(row: NetsuiteRow): string | null | undefined;
  get(id: string, row: NetsuiteRow): Promise<T | null>;
  /** Ids that the record of a row may have had before. */
  formerly?(row: NetsuiteRow): string[];
}

/**
 * Follows one record type by its date of last change, which has seconds.
 */
export class NetsuiteChanges<T> {
  readonly #read = new SeenChanges(SETTLED_MS);

  constructor(
    private readonly api: NetsuiteApi,
    private readonly followed: Followed<T>,
  ) {}

  async *since(cursor: string | null): AsyncIterable<ChangedPage<T>> {
    const { table, from, where, changed, formerly } = this.followed;
    const since = cursor === null ? '' : ` AND ${changed} >= TO_DATE('${oracleInstant(cursor)}', 'YYYY-MM-DD HH24:MI:SS')`;
    const askedAt = Date.now();
    const rows = await this.api.rows(
      `query-changed-${table}s`,
      `SELECT r.id, r.externalid, TO_CHAR(${changed}, ${INSTANT}) AS modified, TO_CHAR(SYSDATE, ${INSTANT}) AS now FROM ${from} WHERE ${where}${since} ORDER BY ${changed}, r.id`,
    );
    const mine = rows.filter(row => this.followed.idOf(row) !== null);
    const fresh = mine.filter(row => !this.#read.has(changeOf(row).key));
    for (let at = 0; at < fresh.length; at += PAGE) {
      const page = fresh.slice(at, at + PAGE);
      const gone = formerly ? page.flatMap(formerly) : [];
      yield { ...(await this.#records(page)), ...(gone.length > 0 ? { gone } : {}), cursor: readTo(page, cursor) };
    }
    if (cursor !== null) this.#read.forgetBefore(wholeSecond(cursor));
    this.#read.note(mine.filter(isDated).map(changeOf), notAheadOf(askedAt, rows[0]?.now) ?? askedAt);
    if (fresh.length === 0 && rows.length > 0) yield { items: [], cursor: readTo(rows, cursor) };
  }

  async #records(rows: NetsuiteRow[]): Promise<SweepPage<T>> {
    const page = new Readable<T>();
    await Promise.all(
      rows.map(async (row, index) => {
        const id = this.followed.idOf(row);
        if (id === undefined) page.unreadable.push({ nativeId: row.id ?? rowName(index), error: unfit('externalid', 'present') });
        if (typeof id !== 'string') return;
        await page.take({ id, nativeId: id }, async () => {
          const item = await this.followed.get(id, row);
          return item === null ? [] : [item];
        });
      }),
    );
    return page;
  }

  async *all(): AsyncIterable<SweepPage<T>> {
    const { table, from, where } = this.followed;
    const query = `SELECT r.id, r.externalid FROM ${from} WHERE ${where} ORDER BY r.id`;
    for await (const rows of this.api.pages(`query-all-${table}s`, query)) {
      for (let at = 0; at < rows.length; at += PAGE) yield await this.#records(rows.slice(at, at + PAGE));
    }
  }
}

/** One that doesn't tell when it changed is read each time. */
export const isDated = (row: NetsuiteRow): boolean => brokenRules<NetsuiteRow>(row, { modified: 'instant' }).length === 0;

/** Up to when these rows, in the order of their change, were read. */
export const readTo = (rows: NetsuiteRow[], since: string | null): string => rows.findLast(isDated)?.modified ?? since ?? '1970-01-01T00:00:00Z';

const changeOf = ({ id, externalid, modified = '' }: NetsuiteRow) => ({
  key: `${id}:${externalid}:${modified}`,
  at: Date.parse(modified),
});

/** `2026-11-21T10:00:00.5Z` as `2026-11-21 10:00:00`. */
export const oracleInstant = (instant: string): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

const wholeSecond = (instant: string): number => Math.floor(Date.parse(instant) / 1000) * 1000;
