import { brokenRules } from '#canonical';
import { Readable, rowName, type SweepPage, type Unreadable } from '#capture';
import { notAheadOf, SeenChanges } from '#connector';
import type { NetsuiteApi } from './netsuite.api.js';
import { unfit, type NetsuiteRow } from './netsuite.wire.js';

/** One page of what changed. */
export type ChangedPage<T> = SweepPage<T> & { cursor: string };

export const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS"Z"'`;
const PAGE = 200;
/** Its times have seconds. */
const SETTLED_MS = 1_000;

/**
 * Follows one record type by its date of last change, which has seconds.
 */
export class NetsuiteChanges<T> {
  readonly #read = new SeenChanges(SETTLED_MS);

  constructor(
    private readonly api: NetsuiteApi,
    private readonly table: 'customer' | 'job',
    /** Whether a record with this external id is one of ours. */
    private readonly ours: (externalId: string) => boolean,
    private readonly get: (externalId: string) => Promise<T | null>,
  ) {}

  async *since(cursor: string | null): AsyncIterable<ChangedPage<T>> {
    const from = cursor === null ? '' : ` AND r.lastmodifieddate >= TO_DATE('${oracleInstant(cursor)}', 'YYYY-MM-DD HH24:MI:SS')`;
    const askedAt = Date.now();
    const rows = await this.api.rows(
      `query-changed-${this.table}s`,
      `SELECT r.id, r.externalid, TO_CHAR(r.lastmodifieddate, ${INSTANT}) AS modified, TO_CHAR(SYSDATE, ${INSTANT}) AS now FROM ${this.table} r WHERE r.externalid IS NOT NULL${from} ORDER BY r.lastmodifieddate, r.id`,
    );
    const mine = rows.filter(row => this.#isOurs(row));
    const fresh = mine.filter(row => !this.#read.has(changeOf(row).key));
    for (let at = 0; at < fresh.length; at += PAGE) {
      const page = fresh.slice(at, at + PAGE);
      yield { ...(await this.#records(page)), cursor: readTo(page, cursor) };
    }
    if (cursor !== null) this.#read.forgetBefore(wholeSecond(cursor));
    this.#read.note(mine.filter(isDated).map(changeOf), notAheadOf(askedAt, rows[0]?.now) ?? askedAt);
    if (fresh.length === 0 && rows.length > 0) yield { items: [], cursor: readTo(rows, cursor) };
  }

  /** Only those with an external id were asked for: one that shows none may be ours. */
  #isOurs({ externalid }: NetsuiteRow): boolean {
    return externalid === undefined || this.ours(externalid);
  }

  async #records(rows: NetsuiteRow[]): Promise<SweepPage<T>> {
    const page = new Readable<T>();
    // An external id of ours is the record's canonical id.
    const take = (id: string) =>
      page.take({ id, nativeId: id }, async () => {
        const item = await this.get(id);
        return item === null ? [] : [item];
      });
    await Promise.all(rows.flatMap(({ externalid }) => (externalid === undefined ? [] : [take(externalid)])));
    const unnamed = rows.flatMap(({ id, externalid }, index): Unreadable[] =>
      externalid === undefined ? [{ nativeId: id ?? rowName(index), error: unfit('externalid', 'present') }] : [],
    );
    page.unreadable.push(...unnamed);
    return page;
  }

  async *all(): AsyncIterable<SweepPage<T>> {
    const query = `SELECT id, externalid FROM ${this.table} WHERE externalid IS NOT NULL ORDER BY id`;
    for await (const rows of this.api.pages(`query-all-${this.table}s`, query)) {
      for (let at = 0; at < rows.length; at += PAGE) {
        yield await this.#records(rows.slice(at, at + PAGE).filter(row => this.#isOurs(row)));
      }
    }
  }
}

/** One that doesn't tell when it changed is read each time. */
export const isDated = (row: NetsuiteRow): boolean => brokenRules<NetsuiteRow>(row, { modified: 'instant' }).length === 0;

/** Up to when these rows, in the order of their change, were read. */
export const readTo = (rows: NetsuiteRow[], since: string | null): string => rows.findLast(isDated)?.modified ?? since ?? '1970-01-01T00:00:00Z';

const changeOf = ({ externalid, modified = '' }: NetsuiteRow) => ({
  key: `${externalid}:${modified}`,
  at: Date.parse(modified),
});

/** `2026-11-21T10:00:00.5Z` as `2026-11-21 10:00:00`. */
export const oracleInstant = (instant: string): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');

const wholeSecond = (instant: string): number => Math.floor(Date.parse(instant) / 1000) * 1000;
