import { describe, expect, it } from 'vitest';
import { refusedValue } from './refused-value.rules.js';

const failed = (code: string, ...parameters: unknown[]) => Object.assign(new Error('query failed'), { driverError: { code }, parameters });

describe('a value that the database refused', () => {
  it.each([
    ['in the path', failed('22P02', 'x'), { params: { id: 'x' } }, 'id'],
    ['in the query', failed('22008', 'a', '2026-02-31'), { query: { asOf: '2026-02-31' } }, 'asOf'],
    ['in the body', failed('22003', 1e21), { body: { lines: [{ minutes: 1e21 }] } }, 'lines[0].minutes'],
    ['in a list of the body', failed('22P02', ['a', 'b']), { body: { ids: ['c', 'b'] } }, 'ids[1]'],
    ['within JSON that was sent on', failed('22007', '[{"day":"2026-02-31"}]'), { body: { day: '2026-02-31' } }, 'day'],
  ])('is the caller’s when it came %s', (_, error, asked, field) => {
    expect(refusedValue(error, asked)).toMatchObject({ kind: 'invalid', code: 'value-refused', fields: [{ field, rule: 'value' }] });
  });

  it.each([
    ['a value of our own', failed('22P02', 'ours'), { query: { a: 'theirs' } }],
    ['no value at all', failed('22012'), { query: { a: '0' } }],
    ['another class', failed('23505', 'x'), { query: { a: 'x' } }],
    ['no statement', new Error('x'), { query: { a: 'x' } }],
  ])('is our defect when it is %s', (_, error, asked) => expect(refusedValue(error, asked)).toBeUndefined());
});
