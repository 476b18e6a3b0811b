import { cleanText } from '#canonical';

// Invisible format characters: soft hyphen, zero-width space and joiners, marks of direction, word
// joiner, byte order mark.
const UNSEEN = /\p{Cf}/gu;

/**
 * A word as it is stored: composed, without invisible characters, with single blanks inside and
 * none around.
 */
export const wordOf = (text: string): string => cleanText(text).normalize('NFC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();

/**
 * The common form of spellings that people read as one word: `larkfield gmbh` and `Larkfield GmbH
 * `.
 */
export const wordKey = (text: string): string => wordOf(text).toLowerCase().normalize('NFC');
