import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { describe, expect, it } from 'vitest';
import { Bag, BusinessDate, Email, Instant, Minutes, Text, Whole } from './decorators.js';

class Leave {
  @BusinessDate({ optional: true }) asOf?: string;
  @BusinessDate({ optional: true, list: true }) days?: string[];
  @Instant({ optional: true }) at?: string;
}

const told = (leave: Partial<Leave>) =>
  validateSync(Object.assign(new Leave(), leave)).flatMap(({ constraints }) => Object.values(constraints ?? {}));

describe('a date', () => {
  it.each(['2026-02-28', '2028-02-29', '0001-01-01', '9999-12-31'])('may be %s', day => expect(told({ asOf: day, days: [day] })).toEqual([]));

  it.each(['2026-02-30', '2026-02-29', '2026-04-31', '0000-01-01'])('may not be %s, which no calendar has', day => {
    expect(told({ asOf: day })).toEqual(['asOf must be a day that exists, like 2026-02-28']);
    expect(told({ days: ['2026-02-28', day] })).toEqual(['days must be a day that exists, like 2026-02-28']);
  });

  it.each(['tomorrow', '2026-13-01', '2026-2-3', 20_260_228])('is told its form once when it is %s', day =>
    expect(told({ asOf: day as string })).toEqual(['asOf must be a date YYYY-MM-DD']),
  );
});

describe('an instant', () => {
  it.each(['2026-02-28T23:59:59Z', '2028-02-29T00:00:00.123456Z'])('may be %s', at => expect(told({ at })).toEqual([]));

  it.each(['2026-02-30T00:00:00Z', '0000-01-01T00:00:00Z', '2026-02-28T24:00:00Z', '2026-13-01T00:00:00Z', '2026-02-28T09:60:00Z'])(
    'may not be %s, which never comes',
    at => expect(told({ at })).toEqual(['at must be a moment that exists, like 2026-02-28T09:15:00Z']),
  );

  it('is told its form once', () => expect(told({ at: '2026-02-28' })).toEqual(['at must be a UTC instant like 2026-11-20T09:15:00Z']));
});

class Count {
  @Whole({ optional: true, list: true }) items?: number[];
  @Minutes({ optional: true }) minutes?: number;
}

it('takes a whole number of 32 bits, which is what a column keeps', () => {
  const rules = (count: Partial<Count>) =>
    validateSync(Object.assign(new Count(), count)).flatMap(({ constraints }) => Object.keys(constraints ?? {}));
  expect(rules({ items: [2_147_483_647, -2_147_483_647, 0], minutes: 2_147_483_647 })).toEqual([]);
  expect(rules({ items: [1, 2_147_483_648] })).toEqual(['countable']);
  expect(rules({ items: [1e21] })).toContain('countable');
  expect(rules({ minutes: 1e15 })).toEqual(['countable']);
});

class Note {
  @Text({ max: 4 }) text!: string;
  @Text({ list: true }) words!: string[];
  @Email() by!: string;
  @Bag() more!: object;
}

it('takes what people write cleaned, before its length is looked at', () => {
  const given = { text: 'u\u0308u\u0308u\u0308\u0000', words: ['a\r\nb', 'c'], by: 'a\u0000@b.example', more: { note: '\ud83d' } };
  const note = plainToInstance(Note, given);
  expect(note).toEqual({ text: '\u00fc\u00fc\u00fc', words: ['a\nb', 'c'], by: 'a@b.example', more: { note: '\ufffd' } });
  expect(validateSync(note)).toEqual([]);
  expect(validateSync(plainToInstance(Note, { ...given, text: 5, words: [6] })).map(({ property }) => property)).toEqual(['text', 'words']);
});
