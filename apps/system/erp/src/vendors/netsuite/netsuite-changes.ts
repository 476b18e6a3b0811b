import { brokenRules } from '#canonical';
import { Readable, rowName, type FeedPage, type SweepPage } from '#capture';
import { notAheadOf, SeenChanges } from '#connector';
import type { NetsuiteApi } from './netsuite.api.js';
import { unfit, type NetsuiteRow } from './netsuite.wire.js';

const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS"Z"'`;
/** Its times have seconds. */
const SETTLED_MS = 1_000;

/** A record type that is followed. */
export interface Followed<T> {
  /** Used in the names of its queries. */
  name: string;
  /** The rows to be followed, `r` the record's own. */
  from: string;
  where: string;
  /** The date, an expression of these rows, from which a record is read anew. */
  changed: string;
  /** Records that are read together. */
  page: number;
  /** Whether the row's record is followed at all. */
  ours(row: NetsuiteRow): boolean;
  read(rows: NetsuiteRow[]): Promise<SweepPage<T>>;
  /** Ids that the record of a row may have had before. */
  formerly?(row: NetsuiteRow): string[];
}

/** Follows one record type by its date of last change, which has seconds. */
export class NetsuiteChanges<T> {
  readonly #read = new SeenChanges(SETTLED_MS);

  constructor(
    private readonly api: NetsuiteApi,
    private readonly followed: Followed<T>,
  ) {}

  async *since(cursor: string | null): AsyncIterable<FeedPage<T>> {
    const { name, from, where, changed, formerly } = this.followed;
    const since = cursor === null ? '' : ` AND ${changed} >= TO_DATE('${oracleInstant(cursor)}', 'YYYY-MM-DD HH24:MI:SS')`;
    const askedAt = Date.now();
    const rows = await this.api.rows(
      `query-changed-${name}`,
      `SELECT r.id, r.externalid, TO_CHAR(${changed}, ${INSTANT}) AS modified, TO_CHAR(SYSDATE, ${INSTANT}) AS now FROM ${from} WHERE ${where}${since} ORDER BY ${changed}, r.id`,
    );
    const mine = rows.filter(row => this.followed.ours(row));
    const fresh = mine.filter(row => !this.#read.has(changeOf(row).key));
    for (const page of this.#pages(fresh)) {
      const gone = formerly ? page.flatMap(formerly) : [];
      yield { ...(await this.followed.read(page)), ...(gone.length > 0 ? { gone } : {}), cursor: readTo(page, cursor) };
    }
    if (cursor !== null) this.#read.forgetBefore(wholeSecond(cursor));
    this.#read.note(mine.filter(isDated).map(changeOf), notAheadOf(askedAt, rows[0]?.now) ?? askedAt);
    if (fresh.length === 0 && rows.length > 0) yield { items: [], cursor: readTo(rows, cursor) };
  }

  async *all(): AsyncIterable<SweepPage<T>> {
    const { name, from, where } = this.followed;
    const query = `SELECT r.id, r.externalid FROM ${from} WHERE ${where} ORDER BY r.id`;
    for await (const rows of this.api.pages(`query-all-${name}`, query)) for (const page of this.#pages(rows)) yield await this.followed.read(page);
  }

  *#pages(rows: NetsuiteRow[]): Iterable<NetsuiteRow[]> {
    const { page } = this.followed;
    for (let at = 0; at < rows.length; at += page) yield rows.slice(at, at + page);
  }
}

/** How records are followed that are read one by one. */
export interface FollowedSingly<T> {
  /** The row's canonical id; null: not one of ours; undefined: the row doesn't state it. */
  idOf(row: NetsuiteRow): string | null | undefined;
  get(id: string, row: NetsuiteRow): Promise<T | null>;
}

export const singly = <T>({ idOf, get }: FollowedSingly<T>): Pick<Followed<T>, 'page' | 'ours' | 'read'> => ({
  page: 200,
  ours: row => idOf(row) !== null,
  read: async rows => {
    const page = new Readable<T>();
    await Promise.all(
      rows.map(async (row, index) => {
        const id = idOf(row);
        if (id === undefined) page.unreadable.push({ nativeId: row.id ?? rowName(index), error: unfit('externalid', 'present') });
        if (typeof id !== 'string') return;
        await page.take({ id, nativeId: id }, async () => {
          const item = await get(id, row);
          return item === null ? [] : [item];
        });
      }),
    );
    return page;
  },
});

/** A row without a time of change is read each time. */
const isDated = (row: NetsuiteRow): boolean => brokenRules<NetsuiteRow>(row, { modified: 'instant' }).length === 0;

/** Up to when these rows, in the order of their change, were read. */
const readTo = (rows: NetsuiteRow[], since: string | null): string => rows.findLast(isDated)?.modified ?? since ?? '1970-01-01T00:00:00Z';

const changeOf = ({ id, externalid, modified = '' }: NetsuiteRow) => ({
  key: `${id}:${externalid}:${modified}`,
  at: Date.parse(modified),
});

/** `2026-11-21T10:00:00.5Z` as `2026-11-21 10:00:00`. */
const oracleInstant = (instant: string): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

const wholeSecond = (instant: string): number => Math.floor(Date.parse(instant) / 1000) * 1000;
