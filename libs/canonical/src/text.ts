// People's text in a form that may be stored and sent: cleaned once where it comes in, cut by whole
// characters.

/**
 * Whether Postgres can store a text: it accepts no NUL character, and no half of a surrogate pair
 * in JSON.
 */
export const storable = (text: string): boolean => !text.includes('\0') && text.isWellFormed();

const PLAIN = /^[\t\n\x20-\x7e]*$/;
// A line ends in many ways; here it ends in one.
const LINE_ENDS = /\r\n|[\r\v\f\u0085]/g;
const CONTROLS = /[^\t\n\P{Cc}]/gu;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * Removes what Postgres or a vendor would refuse: NUL and other control characters except tab and
 * line feed; half characters become U+FFFD. The result is composed (Unicode NFC), so that equal
 * texts are equal. Cleaning twice gives the same as once.
 */
export function cleanText(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(LINE_ENDS, '\n').replace(CONTROLS, '').replace(LONE_SURROGATES, '\ufffd').normalize('NFC');
}

/**
 * The same for every text of a JSON value, including the names of fields. A clean value is returned
 * as it is, not copied.
 */
export function cleanJson<T>(value: T): T {
  return cleaned(value) as T;
}

function cleaned(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (typeof value !== 'object' || value === null) return value;
  return Array.isArray(value) ? cleanedList(value) : cleanedObject(value as Record<string, unknown>);
}

function cleanedList(list: unknown[]): unknown[] {
  let copy: unknown[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const one = cleaned(list[i]);
    if (one !== list[i]) (copy ??= [...list])[i] = one;
  }
  return copy ?? list;
}

function cleanedObject(object: Record<string, unknown>): Record<string, unknown> {
  const names = Object.keys(object);
  let copy: [string, unknown][] | undefined;
  for (let i = 0; i < names.length; i++) {
    const [name, one] = [cleanText(names[i]), cleaned(object[names[i]])];
    if (!copy && (name !== names[i] || one !== object[name])) copy = names.slice(0, i).map(before => [before, object[before]]);
    copy?.push([name, one]);
  }
  // Made as own fields, whatever their names: `__proto__` would set a prototype.
  return copy ? Object.fromEntries(copy) : object;
}

const characters = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * The beginning of a text, at most so many UTF-16 units long, which is how vendors and JavaScript count. It ends between two characters
 * as people see them: an emoji of several code points or a letter with its marks is kept whole or left out whole. One character that
 * is longer than that is cut between code points.
 */
export function cutText(text: string, most: number): string {
  if (text.length <= most) return text;
  // Whether there is a boundary depends on what is before it and on the next code point only.
  const { index } = characters.segment(text.slice(0, most + 2)).containing(most)!;
  if (index > 0) return text.slice(0, index);
  return text.slice(0, isHalf(text, most) ? most - 1 : most);
}

/** Whether a cut there would part a surrogate pair. */
function isHalf(text: string, at: number): boolean {
  return (text.codePointAt(at - 1) ?? 0) > 0xffff;
}
