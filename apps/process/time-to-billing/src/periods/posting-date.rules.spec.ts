import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountingPeriod } from '#canonical';
import { aPeriod } from '../facts/line-facts.fixture.js';
import { dayAfter, dayBefore } from './calendar.rules.js';
import { postingDateOf } from './posting-date.rules.js';

const october = aPeriod('2026-10', false);
const november = aPeriod('2026-11', false);
const december = aPeriod('2026-12');

describe('the posting date of a line', () => {
  const examples: [string, string, AccountingPeriod[], 'next-open' | 'hold', unknown][] = [
    ['the work date while it is open', '2026-12-07', [november, december], 'next-open', { date: '2026-12-07' }],
    ['the work date while it is open, held or not', '2026-12-07', [november, december], 'hold', { date: '2026-12-07' }],
    ['the first open day after a closed one', '2026-11-18', [december, november, october], 'next-open', { date: '2026-12-01' }],
    ['none where finance holds such lines', '2026-11-18', [november, december], 'hold', { closed: true, known: true }],
    ['none while nothing later is open', '2026-11-18', [october, november], 'next-open', { closed: true, known: true }],
    ['none where the books know no period', '2026-11-18', [], 'next-open', { closed: true, known: false }],
    ['the first day of the next period where there is a gap in the books', '2026-11-18', [december], 'next-open', { date: '2026-12-01' }],
    ['never an earlier day', '2026-12-07', [aPeriod('2026-11'), aPeriod('2026-12', false)], 'next-open', { closed: true, known: true }],
    [
      "by the entity's own period before the calendar that all share",
      '2026-12-07',
      [december, aPeriod('2026-12', false, { legalEntity: 'LF-UK' }), aPeriod('2027-01')],
      'next-open',
      { date: '2027-01-01' },
    ],
    [
      "not by another entity's period",
      '2026-12-07',
      [december, aPeriod('2026-12', false, { legalEntity: 'LF-DE' })],
      'next-open',
      { date: '2026-12-07' },
    ],
    [
      'the day after an own period that is closed ends, when all share an open one',
      '2026-12-07',
      [december, aPeriod('2026-12', false, { legalEntity: 'LF-UK', endDate: '2026-12-10' })],
      'next-open',
      { date: '2026-12-11' },
    ],
  ];

  it.each(examples)('is %s', (_, workDate, periods, closedPeriod, expected) => {
    expect(postingDateOf(workDate, 'LF-UK', periods, closedPeriod)).toEqual(expected);
  });

  it('is the first day that looking at day after day finds', () => {
    const DAYS = Array.from({ length: 40 }, (_, index) => `2026-${index < 30 ? '11' : '12'}-${String((index % 30) + 1).padStart(2, '0')}`);
    const day = fc.constantFrom(...DAYS);
    const period = fc
      .record({ legalEntity: fc.constantFrom('*', 'LF-UK', 'LF-DE'), a: day, b: day, open: fc.boolean() })
      .map(({ legalEntity, a, b, open }) => ({ id: '', name: '', legalEntity, startDate: a < b ? a : b, endDate: a < b ? b : a, open }));
    fc.assert(
      fc.property(fc.array(period, { maxLength: 8 }), day, (periods, workDate) => {
        const open = (date: string) => {
          const of = (code: string) => periods.filter(one => one.legalEntity === code && one.startDate <= date && date <= one.endDate);
          const deciding = of('LF-UK').length > 0 ? of('LF-UK') : of('*');
          return deciding.length > 0 && deciding.every(one => one.open);
        };
        const first = DAYS.find(date => date >= workDate && open(date));
        const found = postingDateOf(workDate, 'LF-UK', periods, 'next-open');
        expect('date' in found ? found.date : undefined).toBe(first);
      }),
      { numRuns: 500 },
    );
  });
});

describe('days', () => {
  it('follow each other over the ends of months, years and February', () => {
    expect(dayAfter('2026-02-28')).toBe('2026-03-01');
    expect(dayAfter('2028-02-28')).toBe('2028-02-29');
    expect(dayBefore('2027-01-01')).toBe('2026-12-31');
    expect(dayBefore('2026-03-29')).toBe('2026-03-28');
  });
});
