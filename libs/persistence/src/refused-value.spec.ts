import { Decimal } from 'decimal.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '#testing';
import { refusedValue } from './refused-value.js';

describe('a value that Postgres does not take', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
    await database.dataSource.query(`
      create table pay(id text primary key, person text not null, amount numeric(6,2) constraint pay_is_paid check (amount > 0), day date, note varchar(5),
        paid_by text references pay(id));
      insert into pay values ('first', 'somebody', 1)`);
  });
  afterAll(() => database.close());

  const refused = (said: Record<string, unknown>) =>
    database.dataSource
      .query('insert into pay select * from jsonb_populate_record(null::pay, $1::jsonb)', [JSON.stringify(said)])
      .then(() => undefined)
      .catch((error: unknown) => refusedValue(error, said));
  const one = { id: 'x', person: 'somebody', amount: 1 };

  it.each([
    ['half a character', { ...one, note: 'a\ud83d' }, 'note holds a character that can not be kept.'],
    ['a NUL', { ...one, note: 'a\0' }, 'note holds a character that can not be kept.'],
    ['a date that is none', { ...one, day: '2026-02-30' }, 'day is not a date that can be kept.'],
    ['a text for a number', { ...one, amount: '82,50' }, 'amount is of another shape than is kept.'],
    ['nothing where something has to be', { ...one, person: null }, 'person is missing.'],
    ['what a rule forbids', { ...one, amount: -82.5 }, 'One of its values breaks the rule pay_is_paid.'],
    ['what is there already', { ...one, id: 'first' }, 'id is there already.'],
    ['what names nothing', { ...one, paid_by: 'nobody' }, 'paid_by names what is not there.'],
    ['too much', { ...one, amount: 8_250_000 }, 'One of its values is out of range.'],
    ['too long a text', { ...one, note: 'longer than that' }, 'One of its values is too long.'],
  ])('is reported by its field and never by its content: %s', async (_, said, sentence) => {
    expect(await refused(said)).toBe(sentence);
  });

  it('is found deep inside what was said', async () => {
    const error = await database.dataSource.query('select $1::jsonb', [JSON.stringify({ lines: [{ memo: 'a\ud83d' }] })]).catch((e: unknown) => e);
    expect(refusedValue(error, { lines: [{ memo: 'fine' }, { memo: 'a\ud83d' }] })).toBe('lines[1].memo holds a character that can not be kept.');
  });

  it('may be one that our arithmetic does not take', () => {
    const error = (() => {
      try {
        return new Decimal('82,50');
      } catch (caught) {
        return caught;
      }
    })();
    expect(refusedValue(error, { rates: [{ rate: '82,50' }] })).toBe('rates[0].rate is not a number.');
    expect(refusedValue(error)).toBe('One of its values is not a number.');
  });

  it('is no outage', async () => {
    const error = await database.dataSource.query('select * from nowhere').catch((caught: unknown) => caught);
    expect([refusedValue(error), refusedValue(new TypeError('x')), refusedValue(null)]).toEqual([undefined, undefined, undefined]);
  });
});
