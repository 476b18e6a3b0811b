import { describe, expect, it } from 'vitest';
import { shareOf } from './billing-summary.rules.js';
import { capacity, type Employment } from './utilisation.rules.js';

const employed = (over: Partial<Employment> = {}): Employment => ({ hiredOn: '2022-03-01', leave: [], ...over });
const DAY = 480;
const none = (): boolean => false;

describe('working minutes', () => {
  it.each([
    ['a week', employed(), '2026-11-09', '2026-11-15', 5 * DAY],
    ['a Saturday and a Sunday', employed(), '2026-11-14', '2026-11-15', 0],
    ['one Monday', employed(), '2026-11-09', '2026-11-09', DAY],
    ['November 2026', employed(), '2026-11-01', '2026-11-30', 21 * DAY],
    [
      'a week with two days of leave',
      employed({ leave: [{ from: '2026-11-10', to: '2026-11-11', type: 'Vacation' }] }),
      '2026-11-09',
      '2026-11-15',
      3 * DAY,
    ],
    [
      'a week of leave over its weekend',
      employed({ leave: [{ from: '2026-11-14', to: '2026-11-15', type: 'Vacation' }] }),
      '2026-11-09',
      '2026-11-15',
      5 * DAY,
    ],
    [
      'days in two leaves, which count once',
      employed({
        leave: [
          { from: '2026-11-09', to: '2026-11-10', type: 'Vacation' },
          { from: '2026-11-10', to: '2026-11-10', type: 'Sick' },
        ],
      }),
      '2026-11-09',
      '2026-11-15',
      3 * DAY,
    ],
    ['leave with no return planned', employed({ leave: [{ from: '2026-11-11', type: 'Parental' }] }), '2026-11-09', '2026-11-30', 2 * DAY],
    ['a week in which they were hired', employed({ hiredOn: '2026-11-12' }), '2026-11-09', '2026-11-15', 2 * DAY],
    ['a week in which they left', employed({ terminatedOn: '2026-11-10' }), '2026-11-09', '2026-11-15', 2 * DAY],
    ['days before they were hired', employed({ hiredOn: '2027-01-01' }), '2026-11-09', '2026-11-15', 0],
  ])('of %s', (_what, employment, from, to, minutes) => {
    expect(capacity(employment, from, to, DAY, none)).toEqual({ workingMinutes: minutes, publicHolidays: 0 });
    expect(capacity(employment, from, to, 450, none).workingMinutes).toBe((minutes / DAY) * 450);
  });

  const christmas = (day: string): boolean => ['2026-12-25', '2026-12-26', '2026-12-28'].includes(day);

  it.each([
    ['a week with Christmas Day, and Boxing Day on its Saturday', employed(), '2026-12-21', '2026-12-27', 4 * DAY, 1],
    ['the week of its substitute', employed(), '2026-12-28', '2027-01-03', 4 * DAY, 1],
    ['a holiday alone', employed(), '2026-12-25', '2026-12-25', 0, 1],
    [
      'leave over a holiday, which counts once',
      employed({ leave: [{ from: '2026-12-24', to: '2026-12-28', type: 'Vacation' }] }),
      '2026-12-21',
      '2027-01-03',
      7 * DAY,
      0,
    ],
    ['a week in which they were hired after the holiday', employed({ hiredOn: '2026-12-29' }), '2026-12-21', '2027-01-03', 4 * DAY, 0],
    ['a week in which they left before it', employed({ terminatedOn: '2026-12-24' }), '2026-12-21', '2027-01-03', 4 * DAY, 0],
    ['a part-time week with a holiday', employed({ fullTimeShare: '0.6' }), '2026-12-21', '2026-12-27', 4 * 288, 1],
  ])('leave out public holidays: %s', (_what, employment, from, to, minutes, holidays) => {
    expect(capacity(employment, from, to, DAY, christmas)).toEqual({ workingMinutes: minutes, publicHolidays: holidays });
  });

  it.each([
    ['0.6', 1440],
    ['1', 2400],
    ['1.1', 2640],
    ['0.3333', 800],
    ['0', 0],
  ])('are those of the contract: %s of full time', (fullTimeShare, minutes) => {
    expect(capacity(employed({ fullTimeShare }), '2026-11-09', '2026-11-15', DAY, none).workingMinutes).toBe(minutes);
  });
});

describe('a share', () => {
  it.each([
    [1950, 2400, '0.8125'],
    [1, 3, '0.3333'],
    [2, 3, '0.6667'],
    [3000, 2400, '1.2500'],
    [0, 2400, '0.0000'],
    [60, 0, null],
  ])('%i of %i is %s', (part, whole, share) => {
    expect(shareOf(part, whole)).toBe(share);
  });
});
