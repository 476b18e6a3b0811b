import { describe, expect, it } from 'vitest';
import { Problem } from '#canonical';
import { decodeCursor, encodeCursor } from './page.js';

const made = (json: string): string => Buffer.from(json).toString('base64url');

describe('a cursor', () => {
  it('holds the key it was made from', () => {
    expect(decodeCursor(encodeCursor(['p1', 2, '2026-11-20T09:15:00.000Z']), 'text', 'whole', 'instant')).toEqual([
      'p1',
      2,
      '2026-11-20T09:15:00.000Z',
    ]);
  });

  it.each([
    ['nonsense', '%%%'],
    ['of another list', encodeCursor(['p1'])],
    ['with an object in it', made('[{}, 1]')],
    ['with nothing in it', made('[null, 1]')],
    ['with a number for a text', made('[1, 1]')],
    ['with a text for a number', made('["p", "1"]')],
    ['with a number beyond those that are exact', made('["p", 1e300]')],
    ['with a number beyond those that are kept', encodeCursor(['p', 3_000_000_000])],
    ['with a number as far below zero', encodeCursor(['p', Number.MIN_SAFE_INTEGER])],
    ['with a text that no database keeps', encodeCursor(['p\0', 1])],
    ['with a text that is no key', encodeCursor(['p'.repeat(1_001), 1])],
    ['of many levels', made('['.repeat(100_000))],
  ])('that is %s is refused, naming the field', (_, cursor) => {
    const refused = (() => {
      try {
        return decodeCursor(cursor, 'text', 'whole');
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(Problem);
    expect(refused).toMatchObject({ kind: 'invalid', fields: [{ field: 'cursor' }] });
  });

  it.each(['x', '2026-02-31T00:00:00.000Z', '0000-01-01T00:00:00.000Z', '99999-01-01', 'infinity', '2026-11-20'])(
    'whose instant is %s is refused',
    instant => expect(() => decodeCursor(encodeCursor([instant]), 'instant')).toThrow(Problem),
  );
});
