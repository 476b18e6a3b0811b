import { Paging } from './paging.js';

/** A page of a list in the order of change. */
export interface ChangedPage {
  /** How many rows it shows. */
  shown: number;
  /** When its last row changed; absent where that row doesn't state it. */
  last?: string;
}

export interface ChangedList<P extends ChangedPage> {
  vendor: string;
  perPage: number;
  since: string;
  /** Reads rows that changed at an instant or later, oldest change first, by page number from 1. */
  page(since: string, number: number): Promise<P>;
}

/**
 * Reads what changed since an instant. It continues from the last change that it read, not by page
 * number: a row that changes meanwhile moves to the end, which shifts every row behind its old
 * place to an earlier position. It continues by number only where more rows changed in one instant
 * than fit on a page.
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
