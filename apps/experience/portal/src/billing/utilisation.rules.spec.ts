import { describe, expect, it } from 'vitest';
import { shareOf } from './billing-summary.rules.js';
import { workingMinutes, type Employment } from './utilisation.rules.js';

const employed = (over: Partial<Employment> = {}): Employment => ({ hiredOn: '2022-03-01', leave: [], ...over });
const DAY = 480;

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
    expect(workingMinutes(employment, from, to, DAY)).toBe(minutes);
    expect(workingMinutes(employment, from, to, 450)).toBe((minutes / DAY) * 450);
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
