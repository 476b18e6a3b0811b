import { cutText } from './text.js';

// Combining marks of any script. Voice marks are excluded: they make another letter of a kana.
const MARKS = /(?![\u3099\u309a])(?=\p{Mn})\p{Script=Inherited}/gu;

/**
 * Letters that Unicode doesn't decompose, as people write them without the right keyboard, and the
 * final sigma.
 */
const LETTERS: Record<string, string> = {
  ø: 'o',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  æ: 'ae',
  œ: 'oe',
  ħ: 'h',
  ŧ: 't',
  ı: 'i',
  ς: 'σ',
};
const LETTER = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g');
const PLAIN = /^[\x20-\x7e]*$/;

/**
 * A text in its form for search: without case, accents and compatibility forms. `SØNS`, `søns` and
 * `Sons` are equal, and so are `Straße` and `strasse`, `ＡＢＣ` and `abc`. Both stored texts and
 * queries are folded here, so that no database's locale matters.
 */
export function folded(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  // Upper case first: it decomposes what lower case keeps together (ß becomes SS).
  const cased = text.toLowerCase().toUpperCase().toLowerCase();
  const plain = cased.normalize('NFKD').toLowerCase().replace(MARKS, '');
  return plain.replace(LETTER, letter => LETTERS[letter]).normalize('NFC');
}

// Scripts that are written without blanks between words.
const UNBROKEN = ['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Yi', 'Thai', 'Lao', 'Khmer', 'Myanmar', 'Tibetan', 'Javanese', 'Tai_Tham']
  .map(script => `\\p{scx=${script}}`)
  .join('');
const PART = `[\\p{L}\\p{N}\\p{M}]`;
const WORDS = new RegExp(`(?:(?=${PART})[${UNBROKEN}])+|(?:(?![${UNBROKEN}])${PART})+`, 'gu');
const IS_UNBROKEN = new RegExp(`^[${UNBROKEN}]`, 'u');

/** Longer words need not be distinguished, and Postgres accepts none of more than 2 kB. */
const LONGEST = 100;

/**
 * The folded words of a text. Usually each word is one part. In a script without blanks a word is a
 * whole run, with one part per character, so that any piece of it finds it. No dictionary is used:
 * another release of one would split stored texts and queries differently.
 */
export function wordsOf(text: string): string[][] {
  const words = folded(text).match(WORDS) ?? [];
  return words.map(word => (IS_UNBROKEN.test(word) ? Array.from(word) : [cutText(word, LONGEST)]));
}
