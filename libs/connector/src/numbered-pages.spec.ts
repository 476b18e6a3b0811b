import { expect, it } from 'vitest';
import { problemOf } from '#testing';
import { numberedPages, pagesAhead, type NumberedPage } from './numbered-pages.js';

interface Rows extends NumberedPage {
  rows: (number | undefined)[];
}

/** Pages of two. */
const pageOf = (all: Rows['rows'], number: number): Rows => {
  const rows = all.slice((number - 1) * 2, number * 2);
  return { rows, shown: rows.length, count: all.length };
};
const whole = { what: 'things', idsOn: ({ rows }: Rows) => rows };
const read = async (pages: AsyncIterable<Rows>) => (await Array.fromAsync(pages)).flatMap(({ rows }) => rows);

it.each([[[]], [[1, 2]], [[1, 2, 3]], [[1, undefined, undefined]]])('reads a list to its end: %j', async all => {
  const page = async (number: number) => pageOf(all, number);
  expect(await read(numberedPages({ vendor: 'Acme', perPage: 2, page, whole }))).toEqual(all);
  expect(await read(pagesAhead(2, 3, page))).toEqual(all);
});

it('notices rows that were never seen, where each must be', async () => {
  const moved = async (number: number) => pageOf(number === 1 ? [1, 2, 3] : [2, 3, 2], number);
  const list = { vendor: 'Acme', perPage: 2, page: moved };
  expect(await read(numberedPages(list))).toEqual([1, 2, 2]);
  expect(await problemOf(read(numberedPages({ ...list, whole })))).toMatchObject({ kind: 'vendor-unavailable', code: 'moved-while-read' });
});
