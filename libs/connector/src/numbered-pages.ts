import { Problem } from '#canonical';
import { ahead } from './ahead.js';
import { Paging } from './paging.js';

/** A page of a list that is read by page number, from 1. */
export interface NumberedPage {
  /** How many rows it contains. */
  shown: number;
  /** How many rows there are in all. */
  count: number;
}

export interface NumberedList<P extends NumberedPage> {
  vendor: string;
  perPage: number;
  page(number: number): Promise<P>;
  /**
   * For a list where every row must be seen: its name, and the ids on a page, so that rows that
   * moved between pages are noticed.
   */
  whole?: { what: string; idsOn(page: P): unknown[] };
}

/**
 * Reads pages one after the other. Throws `vendor-unavailable`, code `moved-while-read`, when a row
 * of a list that must be complete was missed.
 */
export async function* numberedPages<P extends NumberedPage>({ vendor, perPage, page, whole }: NumberedList<P>): AsyncGenerator<P> {
  const paging = new Paging(vendor);
  const seen = new Set<unknown>();
  for (let number = 1; ; number++) {
    const read = await page(number);
    for (const id of whole?.idsOn(read) ?? []) seen.add(id ?? Symbol('unnamed'));
    const last = number * perPage >= read.count || read.shown === 0;
    if (last && whole && seen.size < read.count)
      throw new Problem('vendor-unavailable', `${whole.what} moved while they were read`, { code: 'moved-while-read' });
    paging.page(read.shown, !last);
    yield read;
    if (last) return;
  }
}

/** Reads several pages at once; the first says how many there are. */
export async function* pagesAhead<P extends NumberedPage>(perPage: number, most: number, page: (number: number) => Promise<P>): AsyncGenerator<P> {
  const first = await page(1);
  yield first;
  const rest = Math.max(0, Math.ceil(first.count / perPage) - 1);
  yield* ahead(
    Array.from({ length: rest }, (_, at) => () => page(at + 2)),
    most,
  );
}
