const SUFFIX = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/**
 * The 18-character form of a 15-character id: for each block of five, bit i says whether character
 * i is an upper-case letter, so that ids stay distinct where case is lost. `001D000000IqhSL` ->
 * `001D000000IqhSLIAZ`.
 */
export function to18(id: string): string {
  if (id.length === 18) return id;
  const suffix = [0, 5, 10].map(start => {
    const block = Array.from(id.slice(start, start + 5));
    return SUFFIX[block.reduce((bits, char, i) => (char >= 'A' && char <= 'Z' ? bits | (1 << i) : bits), 0)];
  });
  return id + suffix.join('');
}

/**
 * The 18-character form of a well-formed id of either length; null for anything else, a wrong
 * checksum included.
 */
export function parseId(text: unknown): string | null {
  if (typeof text !== 'string' || !/^([a-zA-Z0-9]{15}|[a-zA-Z0-9]{18})$/.test(text)) return null;
  const id = to18(text.slice(0, 15));
  return text.length === 15 || id === text ? id : null;
}

/**
 * The nth id of an object: key prefix, the org's instance `LF`, a reserved `0`, and the number in
 * base 62.
 */
export function idOf(keyPrefix: string, n: number): string {
  let digits = '';
  for (let rest = n; rest > 0; rest = Math.floor(rest / 62)) digits = BASE62[rest % 62] + digits;
  return to18(`${keyPrefix}LF0${digits.padStart(9, '0')}`);
}
