import { Paging } from './paging.js';

/** A page of a list in the order of change. */
export interface ChangedPage {
  /** How many rows it shows. */
  shown: number;
  /** When its last row changed; absent where that row doesn't say. */
  last?: string;
}

export interface ChangedList<P extends ChangedPage> {
  vendor: string;
  perPage: number;
  since: string;
  /** Of the rows that changed at an instant or later, oldest change first, a page by its number, from 1. */
  page(since: string, number: number): Promise<P>;
}

/**
 * Reads what changed since an instant. It goes on from the last change that it read, not by number: a row that changes meanwhile moves to the end, and
 * every row behind its old place to an earlier one. By number it goes on only where more changed in one instant than a page holds.
 */
export async function* pagesByChange<P extends ChangedPage>({ vendor, perPage, since, page }: ChangedList<P>): AsyncGenerator<P> {
  const paging = new Paging(vendor);
  for (let from = since, number = 1; ;) {
    const read = await page(from, number);
    yield read;
    if (read.shown < perPage) return;
    paging.page(read.shown, true);
    const { last = from } = read;
    if (Date.parse(last) > Date.parse(from)) [from, number] = [last, 1];
    else number++;
  }
}
