import { Injectable } from '@nestjs/common';
import type { Page, PageQuery } from '#apis';
import type { Principal } from '#auth';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { type ListSource, Lists, Reader } from '#read-model';
import { DEFAULT_PAGE_SIZE } from '#service';

/** A list as a partner asks for it. */
export interface PartnerList<Row extends object, Filter extends object, View> {
  source: ListSource<Filter>;
  order: { by: string; descending: boolean };
  viewOf: (row: Row) => View;
}

type PartnerKind = 'agency' | 'client';

/**
 * Reads a partner's lists under row security: Postgres leaves out what is another's, so a foreign
 * id is answered as one that is not there.
 */
@Injectable()
export class PartnerLists {
  constructor(private readonly database: Database) {}

  async page<Row extends object, Filter extends object, View>(
    principal: Principal,
    { source, order, viewOf }: PartnerList<Row, Filter, View>,
    { cursor, limit = DEFAULT_PAGE_SIZE }: PageQuery,
    filter: Filter,
  ): Promise<Page<View>> {
    const args = { first: limit, after: cursor ?? null, filter, order };
    const { rows, hasNextPage } = await this.#reading(principal, lists => lists.page<Row, Filter>({ source, scope: null, parent: null, args }));
    return { items: rows.map(({ row }) => viewOf(row)), nextCursor: hasNextPage ? rows.at(-1)!.cursor : null };
  }

  /** Throws `not-found` for an id that is not there, or another's. */
  async one<Row extends object, Filter extends { id?: string }, View>(
    principal: Principal,
    list: PartnerList<Row, Filter, View>,
    noun: string,
    id: string,
  ): Promise<View> {
    const { items } = await this.page(principal, list, { limit: 1 }, { id } as Filter);
    if (items.length === 0) throw new Problem('not-found', `There is no such ${noun}.`);
    return items[0];
  }

  async #reading<T>(principal: Principal, read: (lists: Lists) => Promise<T>): Promise<T> {
    const reader = new Reader(this.database, principal);
    try {
      return await read(new Lists(reader, 'cursor'));
    } finally {
      await reader.close();
    }
  }
}

/**
 * Throws `forbidden` for a caller who is no partner of this kind, whatever is asked for: row
 * security would show such a caller nothing, which reads like an empty list.
 */
export function refuseOthers({ partner }: Principal, kind: PartnerKind): void {
  if (partner?.kind === kind) return;
  throw new Problem('forbidden', kind === 'client' ? 'Only a client of the firm reads this.' : 'Only an agency that lends people reads this.', {
    code: `not-a-partner-${kind}`,
  });
}
