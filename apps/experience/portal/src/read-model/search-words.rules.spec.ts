import { expect, it } from 'vitest';
import { searchQueryOf, searchVectorOf } from './search-words.rules.js';

it.each([
  ['Müller & Søns', "'muller':1 'sons':2", "('muller') & ('sons':*)"],
  ['Tokyo東京 支社', "'tokyo':1 '東':2 '京':3 '支':4 '社':5", "('tokyo') & ('東' <-> '京') & ('支' <-> '社')"],
  ['東', "'東':1", "('東':*)"],
  ["O'Neill :*", "'o':1 'neill':2", "('o') & ('neill':*)"],
  ['–', '', null],
])('%s is stored as %s and searched as %s', (text, kept, asked) => {
  expect(searchVectorOf(text)).toBe(kept);
  expect(searchQueryOf(text)).toBe(asked);
});

it('keeps no more of a text than Postgres accepts', () => {
  const words = Array.from({ length: 20_000 }, (_, n) => `${'क'.repeat(95)}${n}`);
  expect(Buffer.byteLength(searchVectorOf(words.join(' ')))).toBeLessThan(2 ** 20 - 1);
});
