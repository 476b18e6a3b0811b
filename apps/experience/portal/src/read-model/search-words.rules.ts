import { wordsOf } from '#canonical';

// Postgres keeps a megabyte of a text's words, each of up to 300 bytes.
const MOST_PARTS = 3_000;

/**
 * A text in the form in which Postgres stores it for searching, each part with its position. It is
 * a literal, so that no parser of Postgres' changes it.
 */
export function searchVectorOf(text: string): string {
  const parts = wordsOf(text).flat().slice(0, MOST_PARTS);
  return parts.map((part, index) => `'${part}':${index + 1}`).join(' ');
}

/**
 * A query for texts with all these words, the last one as far as it was typed; null when the text
 * contains no word.
 */
export function searchQueryOf(text: string): string | null {
  const words = wordsOf(text);
  if (words.length === 0) return null;
  return words
    .map((parts, index) => `(${parts.map(part => `'${part}'${index === words.length - 1 && parts.length === 1 ? ':*' : ''}`).join(' <-> ')})`)
    .join(' & ');
}
