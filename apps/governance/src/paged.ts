import type { Page, PageQuery } from '#apis';
import { decodeCursor, DEFAULT_PAGE_SIZE, pageOf } from '#service';

/** A page of a list whose order does not change between two pages: the cursor counts. */
export function paged<T>(all: readonly T[], { cursor, limit = DEFAULT_PAGE_SIZE }: PageQuery): Page<T> {
  const [after] = cursor ? decodeCursor(cursor, 'count') : [0];
  return pageOf(
    all.slice(after, after + limit + 1),
    limit,
    () => [after + limit],
    item => item,
  );
}

/** A page of rows in the order of their keys: it survives rows that come and go. */
export function pagedByKey<Row, View>(
  all: Row[],
  { cursor, limit = DEFAULT_PAGE_SIZE }: PageQuery,
  keyOf: (row: Row) => string,
  viewOf: (row: Row) => View,
): Page<View> {
  const [after] = cursor ? decodeCursor(cursor, 'text') : [''];
  const rows = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)).filter(row => keyOf(row) > after);
  return pageOf(rows.slice(0, limit + 1), limit, row => [keyOf(row)], viewOf);
}
