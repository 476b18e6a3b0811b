import { cleanText } from '#canonical';

// Format characters that nobody sees: soft hyphen, zero-width space and joiners, marks of direction, word joiner, byte order mark.
const UNSEEN = /\p{Cf}/gu;

/** A word as it is kept: composed, without what nobody sees, with single blanks inside and none around. */
export const wordOf = (text: string): string => cleanText(text).normalize('NFC').replace(UNSEEN, '').replace(/\s+/gu, ' ').trim();

/** What two words have in common that people take for one: `larkfield gmbh` and `Larkfield  GmbH `. */
export const wordKey = (text: string): string => wordOf(text).toLowerCase().normalize('NFC');
