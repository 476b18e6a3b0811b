/**
 * What a value adds to its text in JSON: quotes, a comma, a colon; or a number, a word, a pair of
 * brackets.
 */
const AROUND = 4;

/**
 * Whether an answer takes more than this many bytes as JSON. Stops as early as possible and builds
 * no text.
 */
export function isLargerThan(answer: unknown, bytes: number): boolean {
  let left = bytes;
  const waiting: unknown[] = [answer];
  while (waiting.length > 0 && left >= 0) {
    const value = waiting.pop();
    left -= AROUND;
    if (typeof value === 'string') left -= Buffer.byteLength(value);
    else if (Array.isArray(value)) for (const item of value) waiting.push(item);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, part] of Object.entries(value)) {
        left -= name.length;
        waiting.push(part);
      }
    }
  }
  return left < 0;
}
