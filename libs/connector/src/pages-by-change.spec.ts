import { expect, it } from 'vitest';
import { problemOf } from '#testing';
import { pagesByChange } from './pages-by-change.js';

interface Row {
  id: string;
  at: string;
}

const instant = (second: number): string => new Date(Date.UTC(2026, 10, 30) + second * 1000).toISOString();
const row = (id: string, second: number): Row => ({ id, at: instant(second) });

/** A list of a vendor that shows two rows a page, oldest change first. */
const listed = (rows: Row[], meanwhile: () => void = () => undefined) => ({
  vendor: 'Acme',
  perPage: 2,
  since: instant(0),
  page: async (since: string, number: number) => {
    const changed = rows.filter(({ at }) => at >= since).sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const shown = changed.slice((number - 1) * 2, number * 2);
    meanwhile();
    return { rows: shown, shown: shown.length, last: shown.at(-1)?.at };
  },
});
const read = async (pages: AsyncIterable<{ rows: Row[] }>) => new Set((await Array.fromAsync(pages)).flatMap(({ rows }) => rows.map(({ id }) => id)));

it('reads all that changed since, and no more', async () => {
  const rows = [row('before', -1), row('a', 0), row('b', 1), row('c', 2), row('d', 3), row('e', 4)];
  expect([...(await read(pagesByChange(listed(rows))))]).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect([...(await read(pagesByChange(listed([]))))]).toEqual([]);
});

it('leaves no row out when one that it read changes meanwhile and moves all others', async () => {
  const rows = [row('a', 0), row('b', 1), row('c', 2), row('d', 3), row('e', 4)];
  let reads = 0;
  const changesA = () => {
    if (++reads === 1) rows[0].at = instant(9);
  };
  expect([...(await read(pagesByChange(listed(rows, changesA))))].sort()).toEqual(['a', 'b', 'c', 'd', 'e']);
});

it('reads more of one instant than a page holds', async () => {
  const rows = ['a', 'b', 'c', 'd', 'e'].map(id => row(id, 5));
  expect((await read(pagesByChange(listed(rows)))).size).toBe(5);
});

it('does not go on for ever with a vendor that does', async () => {
  const page = async () => ({ rows: [], shown: 0, last: undefined });
  const endless = pagesByChange({ vendor: 'Acme', perPage: 0, since: instant(0), page });
  expect(await problemOf(read(endless))).toMatchObject({ code: 'malformed-answer' });
});
