import { expect, it } from 'vitest';
import { RecordFault } from '#canonical';
import { NONE, rowFields } from './row-fields.js';

const { text, number, flag, checked, required, instant, bag } = rowFields('acme');
const row = {
  Name: 'Tide',
  Empty: '',
  Price: 12.5,
  Open: true,
  On: '2026-11-20',
  At: '2026-11-20T09:15:00.000+0100',
  Owner: { Name: 'Ada' },
  None: null,
};

const broken = (read: () => unknown) => {
  try {
    return read();
  } catch (error) {
    return error instanceof RecordFault ? error.broken : error;
  }
};

it('reads what is there, over look-ups too, and nothing of what is empty or not there', () => {
  expect([text(row, 'Name'), text(row, 'Owner.Name'), text(row, 'Price'), number(row, 'Price'), flag(row, 'Open')]).toEqual([
    'Tide',
    'Ada',
    '12.5',
    12.5,
    true,
  ]);
  expect(['Empty', 'None', 'None.Name', 'Nowhere', NONE].map(path => text(row, path))).toEqual(Array.from({ length: 5 }, () => undefined));
  expect([checked(row, 'On', 'day'), required(row, 'Name'), instant(row, 'At')]).toEqual(['2026-11-20', 'Tide', '2026-11-20T08:15:00.000Z']);
  expect(bag(row, ['Name', 'Empty', 'None', 'Nowhere', NONE])).toEqual({ Name: 'Tide', Empty: '' });
});

it.each([
  ['text', () => text(row, 'Owner')],
  ['number', () => number(row, 'Name')],
  ['flag', () => flag(row, 'Name')],
  ['day', () => checked(row, 'Name', 'day')],
  ['present', () => required(row, 'Empty')],
  ['instant', () => instant(row, 'Name')],
])('names the rule that a value breaks: %s', (rule, read) => {
  expect(broken(read)).toMatchObject([{ rule }]);
});
