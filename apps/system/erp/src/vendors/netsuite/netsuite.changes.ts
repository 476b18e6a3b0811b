import type { NetsuiteApi } from './netsuite.api.js';

/** One page of what changed. */
export interface ChangedPage<T> {
  items: T[];
  cursor: string;
}

export const INSTANT = `'YYYY-MM-DD"T"HH24:MI:SS"Z"'`;
const PAGE = 200;

/**
 * Follows one record type by its date of last change, which has seconds. What was read a whole second or more after its last change needs
 * no second reading when the overlap shows it again.
 */
export class NetsuiteChanges<T> {
  #read = new Map<string, string>();

  constructor(
    private readonly api: NetsuiteApi,
    private readonly table: 'customer' | 'job',
    /** Whether a record with this external id is one of ours. */
    private readonly ours: (externalId: string) => boolean,
    private readonly get: (externalId: string) => Promise<T | null>,
  ) {}

  async *since(cursor: string | null): AsyncIterable<ChangedPage<T>> {
    const from = cursor === null ? '' : ` AND r.lastmodifieddate >= TO_DATE('${oracleInstant(cursor)}', 'YYYY-MM-DD HH24:MI:SS')`;
    const rows = await this.api.rows(
      `query-changed-${this.table}s`,
      `SELECT r.id, r.externalid, TO_CHAR(r.lastmodifieddate, ${INSTANT}) AS modified, TO_CHAR(SYSDATE, ${INSTANT}) AS now FROM ${this.table} r WHERE r.externalid IS NOT NULL${from} ORDER BY r.lastmodifieddate, r.id`,
    );
    const mine = rows.filter(({ externalid }) => externalid !== undefined && this.ours(externalid));
    const fresh = mine.filter(({ externalid, modified }) => this.#read.get(externalid!) !== modified);
    for (let at = 0; at < fresh.length; at += PAGE) {
      const page = fresh.slice(at, at + PAGE);
      const items = await Promise.all(page.map(({ externalid }) => this.get(externalid!)));
      yield { items: items.filter(item => item !== null), cursor: page.at(-1)!.modified! };
    }
    this.#remember(mine);
    if (fresh.length === 0 && rows.length > 0) yield { items: [], cursor: rows.at(-1)!.modified! };
  }

  async *all(): AsyncIterable<{ items: T[] }> {
    const query = `SELECT id, externalid FROM ${this.table} WHERE externalid IS NOT NULL ORDER BY id`;
    for await (const rows of this.api.pages(`query-all-${this.table}s`, query)) {
      for (let at = 0; at < rows.length; at += PAGE) {
        const mine = rows.slice(at, at + PAGE).filter(({ externalid }) => externalid !== undefined && this.ours(externalid));
        const items = await Promise.all(mine.map(({ externalid }) => this.get(externalid!)));
        yield { items: items.filter(item => item !== null) };
      }
    }
  }

  #remember(rows: Record<string, string | undefined>[]): void {
    const settled = rows.filter(({ modified, now }) => modified !== undefined && now !== undefined && Date.parse(now) - Date.parse(modified) >= 1000);
    this.#read = new Map(settled.map(({ externalid, modified }) => [externalid!, modified!]));
  }
}

/** `2026-11-21T10:00:00.5Z` as `2026-11-21 10:00:00`. */
export const oracleInstant = (instant: string): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
