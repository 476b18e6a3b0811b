import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { amountOfCents, centsOf, divideRounded } from '../pricing/integers.fixture.js';
import { priceOfTime } from '../pricing/time.rules.js';
import { consumeCap, releaseOverage, type Cap, type CapLine, type CapSplit } from './not-to-exceed.rules.js';

const gbp = (amount: string) => money(amount, 'GBP');
const cap = (limit: string, consumed = '0'): Cap => ({ limit: gbp(limit), consumed: gbp(consumed) });

const time = (lineId: string, workDate: string, minutes: number, rate: string): CapLine => ({
  lineId,
  workDate,
  minutes,
  ratePerHour: gbp(rate),
  amount: priceOfTime(gbp(rate), minutes),
});
const expense = (lineId: string, workDate: string, amount: string): CapLine => ({
  lineId,
  workDate,
  minutes: null,
  ratePerHour: null,
  amount: gbp(amount),
});

/** `line: within / over`, as people would write it. */
const told = ({ lineId, within, over }: CapSplit): string => {
  const part = (share: CapSplit['within']) => (share ? `${share.minutes === null ? '' : `${share.minutes}m `}${share.amount.amount}` : '-');
  return `${lineId}: ${part(within)} / ${part(over)}`;
};

describe('the headroom under a not-to-exceed', () => {
  const examples: [string, Cap, CapLine[], string[], string][] = [
    ['all that fits is within', cap('1000'), [time('a', '2026-11-16', 60, '160')], ['a: 60m 160.00 / -'], '160.00'],
    ['to the last penny', cap('160'), [time('a', '2026-11-16', 60, '160')], ['a: 60m 160.00 / -'], '160.00'],
    [
      'what crosses the cap is split at a whole minute',
      cap('1000', '900'),
      [time('a', '2026-11-16', 60, '160')],
      ['a: 37m 98.67 / 23m 61.33'],
      '998.67',
    ],
    [
      'by work date and then by id, whatever the order of arrival',
      cap('400'),
      [time('c', '2026-11-17', 60, '160'), time('b', '2026-11-16', 60, '160'), time('a', '2026-11-17', 60, '160')],
      ['b: 60m 160.00 / -', 'a: 60m 160.00 / -', 'c: 30m 80.00 / 30m 80.00'],
      '400.00',
    ],
    [
      'nothing younger is billed while an older line waits',
      cap('100'),
      [time('a', '2026-11-16', 60, '160'), expense('b', '2026-11-17', '1.00')],
      ['a: 37m 98.67 / 23m 61.33', 'b: - / 1.00'],
      '98.67',
    ],
    ['a cap that is used up leaves all over', cap('100', '100'), [time('a', '2026-11-16', 60, '160')], ['a: - / 60m 160.00'], '100.00'],
    ['a cap that was lowered below what is billed leaves all over', cap('100', '150'), [expense('a', '2026-11-16', '5')], ['a: - / 5.00'], '150.00'],
    ['an expense is split to the penny', cap('100', '60.01'), [expense('a', '2026-11-16', '84.20')], ['a: 39.99 / 44.21'], '100.00'],
    ['less than a minute of room splits nothing off', cap('100', '99'), [time('a', '2026-11-16', 60, '160')], ['a: - / 60m 160.00'], '99.00'],
    [
      'a refund counts, and its room is for the oldest overage',
      cap('100', '100'),
      [expense('a', '2026-11-16', '10'), expense('b', '2026-11-17', '-30'), expense('c', '2026-11-18', '10')],
      ['a: - / 10.00', 'b: -30.00 / -', 'c: - / 10.00'],
      '70.00',
    ],
    [
      // 99.99 an hour: 10 minutes are 16.67 (16.665) and 50 are 83.33 (83.325), a penny too much; 9 are 15.00 and 51 are 84.99.
      'at the last minute at which both parts, each rounded as the ERP does, sum to the whole',
      cap('100', '83.33'),
      [time('a', '2026-11-16', 60, '99.99')],
      ['a: 9m 15.00 / 51m 84.99'],
      '98.33',
    ],
  ];

  it.each(examples)('%s', (_, room, lines, expected, consumed) => {
    const result = consumeCap(room, lines);
    expect(result.splits.map(told)).toEqual(expected);
    expect(result.consumed).toEqual(gbp(consumed));
  });

  it('is left to an older line whose overage waits by a younger one that would fit, unless that is a refund or a correction', () => {
    const waiting = { lineId: 'b', workDate: '2026-11-17' };
    const lines = [
      expense('a', '2026-11-17', '1'),
      expense('c', '2026-11-17', '2'),
      expense('d', '2026-11-18', '-3'),
      { ...expense('e', '2026-11-19', '4'), corrected: true },
    ];
    const splits = (oldest: typeof waiting | null) => consumeCap(cap('100', '50'), lines, oldest).splits.map(told);
    expect(splits(waiting)).toEqual(['a: 1.00 / -', 'c: - / 2.00', 'd: -3.00 / -', 'e: 4.00 / -']);
    expect(splits(null)).toEqual(['a: 1.00 / -', 'c: 2.00 / -', 'd: -3.00 / -', 'e: 4.00 / -']);
  });

  it('that comes free goes to the oldest overage first, whole or in part, and stops there', () => {
    const overages = [time('a', '2026-11-16', 24, '160'), time('b', '2026-11-17', 60, '160'), expense('c', '2026-11-18', '1')];
    expect(releaseOverage(cap('1000', '900'), overages).splits.map(told)).toEqual(['a: 24m 64.00 / -', 'b: 13m 34.67 / 47m 125.33', 'c: - / 1.00']);
    expect(releaseOverage(cap('1000', '1000'), overages).splits.every(({ within }) => within === null)).toBe(true);
  });
});

describe('as properties', () => {
  const DATES = ['2026-11-16', '2026-11-17', '2026-11-18'];
  const rates = fc.bigInt({ min: 1n, max: 50_000n }).map(amountOfCents);
  const line = fc.oneof(
    fc.record({ date: fc.constantFrom(...DATES), minutes: fc.integer({ min: 1, max: 960 }), rate: rates }).map(
      ({ date, minutes, rate }) =>
        (id: string) =>
          time(id, date, minutes, rate),
    ),
    fc.record({ date: fc.constantFrom(...DATES), cents: fc.bigInt({ min: -20_000n, max: 200_000n }) }).map(
      ({ date, cents }) =>
        (id: string) =>
          expense(id, date, amountOfCents(cents)),
    ),
  );
  const lines = fc.array(line, { maxLength: 12 }).map(all => all.map((make, index) => make(`line-${String(index).padStart(2, '0')}`)));
  const caps = fc
    .tuple(fc.bigInt({ min: 0n, max: 500_000n }), fc.bigInt({ min: 0n, max: 500_000n }))
    .map(([limit, consumed]) => cap(amountOfCents(limit), amountOfCents(consumed)));

  const erp = (rate: string, minutes: number): bigint => divideRounded(centsOf(rate) * BigInt(minutes), 60n);
  const cents = (share: CapSplit['within']): bigint => (share ? centsOf(share.amount.amount) : 0n);

  it('sums are conserved: each line is its two parts, in money and in minutes, and each part is what the ERP makes of it', () => {
    fc.assert(
      fc.property(caps, lines, (room, all) => {
        const byId = new Map(all.map(one => [one.lineId, one]));
        const { splits } = consumeCap(room, all);
        expect(splits.map(({ lineId }) => lineId).sort()).toEqual([...byId.keys()].sort());
        for (const { lineId, within, over } of splits) {
          const whole = byId.get(lineId)!;
          expect(cents(within) + cents(over)).toBe(centsOf(whole.amount.amount));
          if (whole.minutes === null) continue;
          expect((within?.minutes ?? 0) + (over?.minutes ?? 0)).toBe(whole.minutes);
          for (const part of [within, over]) if (part) expect(cents(part)).toBe(erp(whole.ratePerHour!.amount, part.minutes!));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('the headroom given never exceeds the limit, and is stated to the penny', () => {
    fc.assert(
      fc.property(caps, lines, (room, all) => {
        const { splits, consumed } = consumeCap(room, all);
        const given = splits.reduce((sum, { within }) => sum + cents(within), 0n);
        expect(centsOf(consumed.amount)).toBe(centsOf(room.consumed.amount) + given);
        if (splits.some(({ within }) => cents(within) > 0n)) expect(centsOf(consumed.amount) <= centsOf(room.limit.amount)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('the order of arrival gives the same', () => {
    fc.assert(
      fc.property(
        caps,
        lines.chain(all => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        (room, [all, shuffled]) => {
          expect(consumeCap(room, shuffled)).toEqual(consumeCap(room, all));
        },
      ),
    );
  });

  it('a split comes at the last minute that may be: no later one fits and sums', () => {
    fc.assert(
      fc.property(caps, fc.integer({ min: 2, max: 960 }), rates, (room, minutes, rate) => {
        const whole = time('a', '2026-11-16', minutes, rate);
        const [{ within, over }] = consumeCap(room, [whole]).splits;
        if (!over) return;
        const left = centsOf(room.limit.amount) - centsOf(room.consumed.amount);
        const later = Array.from({ length: minutes - 1 }, (_, index) => index + 1).filter(first => first > (within?.minutes ?? 0));
        const sums = (first: number) => erp(rate, first) + erp(rate, minutes - first) === centsOf(whole.amount.amount);
        expect(left > 0n ? later.filter(first => erp(rate, first) <= left && sums(first)) : []).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('releasing overage bit by bit never changes what was given and ends with every line whole', () => {
    fc.assert(
      fc.property(caps, lines, fc.array(fc.bigInt({ min: 1n, max: 100_000n }), { maxLength: 8 }), (room, all, raises) => {
        const first = consumeCap(room, all);
        const billed = new Map(all.map(({ lineId }) => [lineId, 0n]));
        const minutesBilled = new Map(all.map(({ lineId }) => [lineId, 0]));
        let waiting = first.splits;
        let { consumed } = first;
        let limit = centsOf(room.limit.amount);
        const give = (splits: CapSplit[]) => {
          for (const { lineId, within } of splits) {
            billed.set(lineId, billed.get(lineId)! + cents(within));
            minutesBilled.set(lineId, minutesBilled.get(lineId)! + (within?.minutes ?? 0));
          }
        };
        give(first.splits);
        // The last raise is enough for everything.
        for (const raise of [...raises, 100_000_000n]) {
          limit += raise;
          const overages = waiting.flatMap(({ lineId, over }) => {
            const whole = all.find(one => one.lineId === lineId)!;
            return over ? [{ ...whole, minutes: over.minutes, amount: over.amount }] : [];
          });
          const released = releaseOverage({ limit: gbp(amountOfCents(limit)), consumed }, overages);
          give(released.splits);
          ({ consumed } = released);
          waiting = released.splits;
        }
        expect(waiting.every(({ over }) => over === null)).toBe(true);
        for (const whole of all) {
          expect(billed.get(whole.lineId)).toBe(centsOf(whole.amount.amount));
          expect(minutesBilled.get(whole.lineId)).toBe(whole.minutes ?? 0);
        }
      }),
    );
  });
});
