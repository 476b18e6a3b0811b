import { cutText } from './text.js';

// Marks that stand on letters of any script. Those of voice make another letter of a kana.
const MARKS = /(?![\u3099\u309a])(?=\p{Mn})\p{Script=Inherited}/gu;

/** Letters that Unicode doesn't take apart, as people write them who haven't got them, and the sigma that ends a word. */
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
 * A text as it is searched: without case, accents and compatibility forms. `SØNS`, `søns` and `Sons` are one, and so are `Straße` and
 * `strasse`, `ＡＢＣ` and `abc`. It is done here for what is kept and for what is asked, so that no database's locale has a say.
 */
export function folded(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  // Capitals first: they take apart what small letters hold together (ß is SS).
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

/** Nobody tells longer words apart, and Postgres takes none of more than 2 kB. */
const LONGEST = 100;

/**
 * The folded words of a text. Each is one part; where a script has no blanks, a word is as long as the run, in parts of one character,
 * which is found by any piece of it. No dictionary is asked: another release of one would break what is kept otherwise than what is asked.
 */
export function wordsOf(text: string): string[][] {
  const words = folded(text).match(WORDS) ?? [];
  return words.map(word => (IS_UNBROKEN.test(word) ? Array.from(word) : [cutText(word, LONGEST)]));
}
