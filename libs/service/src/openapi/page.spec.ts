import { describe, expect, it } from 'vitest';
import { Problem } from '#canonical';
import { decodeCursor, encodeCursor } from './page.js';

describe('a cursor', () => {
  it('holds the key it was made from', () => expect(decodeCursor(encodeCursor(['p1', 2, null]), 3)).toEqual(['p1', 2, null]));

  it.each([
    ['nonsense', '%%%'],
    ['of another list', encodeCursor(['p1'])],
    ['with an object in it', Buffer.from('[{}, 1]').toString('base64url')],
    ['with a text that no database keeps', encodeCursor(['p\0', 1])],
  ])('that is %s is refused', (_, cursor) => expect(() => decodeCursor(cursor, 2)).toThrow(Problem));
});
