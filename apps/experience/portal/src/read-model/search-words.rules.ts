import { wordsOf } from '#canonical';

// Postgres keeps a megabyte of a text's words, each of up to 300 bytes.
const MOST_PARTS = 3_000;

/** A text as Postgres is to keep it for searching, each part where it stands: a literal, so that no parser of its own has a say. */
export function soughtOf(text: string): string {
  const parts = wordsOf(text).flat().slice(0, MOST_PARTS);
  return parts.map((part, index) => `'${part}':${index + 1}`).join(' ');
}

/** What finds a text with all these words, the last one as far as it was typed; null when there is no word in it. */
export function soughtBy(text: string): string | null {
  const words = wordsOf(text);
  if (words.length === 0) return null;
  return words
    .map((parts, index) => `(${parts.map(part => `'${part}'${index === words.length - 1 && parts.length === 1 ? ':*' : ''}`).join(' <-> ')})`)
    .join(' & ');
}
