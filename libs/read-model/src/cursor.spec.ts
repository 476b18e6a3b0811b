import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from './cursor.js';
import type { OrderKey } from './list-source.js';

const decoded = (value: string, type: OrderKey['type'], id = 'x') =>
  decodeCursor(encodeCursor({ order: 'name ascending', value, id }), 'name ascending', type);

describe('a cursor', () => {
  it.each<[OrderKey['type'], string]>([
    ['text', 'Søren "quoted" 東京'],
    ['timestamptz', '2026-11-20 10:00:00.123456+00'],
    ['date', '2026-11-20'],
    ['date', '-infinity'],
    ['numeric', '-1200.500000'],
    ['bigint', '600'],
    ['boolean', 'false'],
  ])('keeps a position by a %s: %s', (type, value) => {
    expect(decoded(value, type)).toEqual({ order: 'name ascending', value, id: 'x' });
  });

  it.each<[OrderKey['type'], string]>([
    ['text', 'a\0b'],
    ['timestamptz', '2026-02-30 10:00:00+00'],
    ['timestamptz', 'now'],
    ['date', 'today'],
    ['numeric', '1e999'],
    ['numeric', 'NaN'],
    ['bigint', '9'.repeat(19)],
    ['boolean', 't'],
  ])('never passes a value to a statement that is not a %s: %s', (type, value) => {
    expect(() => decoded(value, type)).toThrow('The cursor is not a cursor of this API.');
  });

  it('is refused for another order, and when it is from no API', () => {
    const cursor = encodeCursor({ order: 'name ascending', value: 'a', id: 'x' });
    expect(() => decodeCursor(cursor, 'name descending', 'text')).toThrow('belongs to a list ordered by name ascending, not by name descending');
    for (const text of ['', 'x', Buffer.from('[1,2,3]').toString('base64url'), Buffer.from('["a","b"]').toString('base64url')])
      expect(() => decodeCursor(text, 'name ascending', 'text')).toThrow('is not a cursor of this API');
  });
});
