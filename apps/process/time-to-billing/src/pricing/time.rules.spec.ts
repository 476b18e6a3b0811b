import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import { money } from '#canonical';
import { aRate } from '../facts/line-facts.fixture.js';
import type { RateRow } from '../rates/rates.rules.js';
import { amountOfCents, amountOfUnits, divideRounded } from './integers.fixture.js';
import { priceOfTime, priceTime, psaRateDifference, type DayShare, type KnownRate, type TimePolicy } from './time.rules.js';

describe('the price of time', () => {
  const examples: [string, string, number, string][] = [
    ['160', 'GBP', 450, '1200.00'],
    ['99.99', 'GBP', 20, '33.33'],
    ['100', 'GBP', 20, '33.33'],
    ['100', 'GBP', 40, '66.67'],
    ['0.30', 'GBP', 1, '0.01'], // exactly half a penny
    ['0.29', 'GBP', 1, '0.00'],
    ['33.33', 'GBP', 90, '50.00'], // 49.995
    ['10000', 'JPY', 7, '1167'],
    ['12.345', 'KWD', 10, '2.058'], // 2.0575
    ['100', 'GBP', 0, '0.00'],
    ['100', 'GBP', -20, '-33.33'],
    ['33.33', 'GBP', -90, '-50.00'], // away from zero below it too
  ];

  it.each(examples)('%s %s an hour for %i minutes is %s', (rate, currency, minutes, amount) => {
    expect(priceOfTime({ amount: rate, currency }, minutes)).toEqual({ amount, currency });
  });

  it('is what whole numbers give', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 14n }), fc.integer({ min: -100_000, max: 100_000 }), (cents, minutes) => {
        const expected = divideRounded(cents * BigInt(minutes), 60n);
        expect(priceOfTime({ amount: amountOfCents(cents), currency: 'GBP' }, minutes).amount).toBe(amountOfCents(expected));
      }),
      { numRuns: 1000 },
    );
  });

  it('is in whole hours exactly the rate so many times', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 9n }), fc.integer({ min: 0, max: 24 }), (cents, hours) => {
        expect(priceOfTime({ amount: amountOfCents(cents), currency: 'GBP' }, hours * 60).amount).toBe(amountOfCents(cents * BigInt(hours)));
      }),
    );
  });
});

const POLICY: TimePolicy = { dayRate: 'pro-rata', longerDay: 'pro-rata', lineRounding: 'line' };
const aFound = (over: Partial<RateRow> = {}, minutesPerDay = 480): KnownRate => {
  const row = aRate(over);
  return { row, rate: row.amount, minutesPerDay, until: null, exchange: null, passedOver: [], ended: [] };
};
const priced = (found: KnownRate, minutes: number, policy: Partial<TimePolicy> = {}, shares: DayShare[] = [], currency = 'GBP') =>
  priceTime(
    { workedMinutes: minutes, billable: true, overtime: false },
    { method: 'time-and-materials', currency },
    found,
    { ...POLICY, ...policy },
    shares,
  );

describe('a rate with more decimals than its currency', () => {
  it.each([
    ['33.3333', 6_000, '3333.33'],
    ['100.125', 60, '100.13'],
    ['0.0049', 60, '0.00'],
    ['0.005', 60, '0.01'],
  ])('is multiplied as it is and rounded once: %s for %i minutes is %s', (amount, minutes, total) => {
    const price = priced(aFound({ amount }), minutes);
    expect(price.amount).toEqual(money(total, 'GBP'));
    expect(priceOfTime(price.ratePerHour, minutes)).toEqual(price.amount);
  });
});

describe('a rate by the day', () => {
  const day = aFound({ unit: 'day', amount: '999' });
  const examples: [Partial<TimePolicy>, number, string][] = [
    [{}, 480, '999.00'],
    [{}, 240, '499.50'],
    [{}, 450, '936.56'],
    [{}, 60, '124.88'],
    [{}, 600, '1248.75'],
    [{ longerDay: 'capped' }, 600, '999.00'],
    [{ longerDay: 'capped' }, 240, '499.50'],
    [{ dayRate: 'half-days' }, 1, '499.50'],
    [{ dayRate: 'half-days' }, 240, '499.50'],
    [{ dayRate: 'half-days' }, 241, '999.00'],
    [{ dayRate: 'half-days' }, 600, '1498.50'],
    [{ dayRate: 'half-days', longerDay: 'capped' }, 600, '999.00'],
    [{ dayRate: 'whole-days' }, 1, '999.00'],
    [{ dayRate: 'whole-days' }, 480, '999.00'],
    [{ dayRate: 'whole-days' }, 481, '1998.00'],
    [{ dayRate: 'whole-days', longerDay: 'capped' }, 481, '999.00'],
  ];

  it.each(examples)('by %o is for %i minutes %s, and the ERP comes to the same', (policy, minutes, amount) => {
    const price = priced(day, minutes, policy);
    expect(price.amount).toEqual(money(amount, 'GBP'));
    expect(priceOfTime(price.ratePerHour, minutes)).toEqual(price.amount);
  });

  it('has the day that its contract says', () => {
    expect(priced(aFound({ unit: 'day', amount: '999' }, 450), 450).amount).toEqual(money('999', 'GBP'));
    expect(priced(aFound({ unit: 'day', amount: '10.03' }, 420), 210)).toMatchObject({ amount: money('5.02', 'GBP') });
    expect(priced(aFound({ unit: 'day', amount: '10.05' }, 420), 200)).toMatchObject({
      amount: money('4.79', 'GBP'),
      ratePerHour: { amount: '1.435714', currency: 'GBP' },
    });
  });

  it('is explained in days', () => {
    const told = (policy: Partial<TimePolicy>, minutes: number) =>
      priced(day, minutes, policy)
        .explanation.slice(1)
        .map(one => text(one));
    expect(told({}, 450)).toEqual([
      '450 minutes are 0.9375 days of 480 minutes; at 999.00 GBP a day they are 936.56 GBP.',
      '936.5625 is rounded half up to 936.56 GBP.',
    ]);
    expect(told({ dayRate: 'half-days' }, 60)).toEqual([
      '60 minutes are 0.5 days of 480 minutes, each half day begun; at 999.00 GBP a day they are 499.50 GBP.',
    ]);
    expect(told({ longerDay: 'capped' }, 600)).toEqual(['600 minutes are 1 days of 480 minutes; at 999.00 GBP a day they are 999.00 GBP.']);
  });
});

describe('lines of one day that are priced together', () => {
  /** One line after the other, each with the shares of those before. */
  function inTurn(found: KnownRate, minutes: number[], policy: Partial<TimePolicy>): string[] {
    const shares: DayShare[] = [];
    return minutes.map(some => {
      const { amount, share, ratePerHour } = priced(found, some, policy, shares);
      expect(priceOfTime(ratePerHour, some)).toEqual(amount);
      if (share) shares.push(share);
      return amount.amount;
    });
  }
  const day = aFound({ unit: 'day', amount: '999' });

  it.each([
    ['each by itself', aFound({ amount: '100' }), [20, 20, 20], {}, ['33.33', '33.33', '33.33']],
    ['what is left to the last', aFound({ amount: '100' }), [20, 20, 20], { lineRounding: 'day' }, ['33.33', '33.34', '33.33']],
    ['one day in two lines', day, [240, 240], { dayRate: 'whole-days' }, ['999.00', '0.00']],
    ['a day and a half', day, [240, 200, 100], { dayRate: 'half-days' }, ['499.50', '499.50', '499.50']],
    ['no more than a day', day, [300, 300, 60], { longerDay: 'capped' }, ['624.38', '374.62', '0.00']],
    ['by the minute', day, [300, 300], {}, ['624.38', '624.38']],
  ] as [string, KnownRate, number[], Partial<TimePolicy>, string[]][])('%s', (_, found, minutes, policy, amounts) => {
    expect(inTurn(found, minutes, policy)).toEqual(amounts);
  });

  it('are those of one rate, and what is not billed is none of them', () => {
    const others: DayShare[] = [{ row: 'another', minutes: 60, amount: '999.00' }];
    expect(priced(day, 60, { dayRate: 'whole-days' }, others).amount.amount).toBe('999.00');
    const own: DayShare[] = [{ row: day.row.id, minutes: 60, amount: '999.00' }];
    const free = priceTime(
      { workedMinutes: 60, billable: false, overtime: false },
      { method: 'time-and-materials', currency: 'GBP' },
      day,
      { ...POLICY, dayRate: 'whole-days' },
      own,
    );
    expect(free).toMatchObject({ amount: money('0', 'GBP'), worth: money('999', 'GBP'), share: null });
  });

  it('are never billed less than nothing, where the others have more than all come to by now', () => {
    const before: DayShare = { row: 'rate-1', minutes: 60, amount: '250.00' };
    const price = priced(aFound({ id: before.row, amount: '100' }), 60, { lineRounding: 'day' }, [before]);
    expect([price.amount, price.share]).toEqual([money('0', 'GBP'), { ...before, amount: '0.00' }]);
  });

  it('say what the others have', () => {
    const share = { row: day.row.id, minutes: 240, amount: '999.00' };
    expect(
      priced(day, 300, { dayRate: 'whole-days' }, [share])
        .explanation.slice(1)
        .map(one => text(one)),
    ).toEqual([
      '540 minutes are 2 days of 480 minutes, each day begun; at 999.00 GBP a day they are 1998.00 GBP.',
      "The day's other lines (1) have 999.00 GBP of that, and this one the rest: 999.00 GBP.",
    ]);
  });
});

describe('any price of time', () => {
  const decimal = fc.record({ digits: fc.bigInt({ min: 0n, max: 10n ** 9n }), places: fc.integer({ min: 0, max: 4 }) });
  const policies = fc.record({
    dayRate: fc.constantFrom('pro-rata' as const, 'half-days' as const, 'whole-days' as const),
    longerDay: fc.constantFrom('pro-rata' as const, 'capped' as const),
  });

  it('is what whole numbers give, and the ERP comes to it by minutes and rate', () => {
    fc.assert(
      fc.property(
        decimal,
        fc.constantFrom('hour' as const, 'day' as const),
        fc.integer({ min: 1, max: 1_440 }),
        fc.integer({ min: 1, max: 1_440 }),
        policies,
        fc.constantFrom(['JPY', 0], ['GBP', 2], ['KWD', 3]) as fc.Arbitrary<[string, number]>,
        ({ digits, places }, unit, minutesPerDay, minutes, policy, [currency, minor]) => {
          const found = aFound({ unit, amount: amountOfUnits(digits, places) }, minutesPerDay);
          const price = priced(found, minutes, policy, [], currency);
          const counted = BigInt(policy.longerDay === 'capped' ? Math.min(minutes, minutesPerDay) : minutes);
          const begun = (parts: bigint) => (counted * parts + BigInt(minutesPerDay) - 1n) / BigInt(minutesPerDay);
          const [units, per] =
            unit === 'hour'
              ? [BigInt(minutes), 60n]
              : { 'pro-rata': [counted, BigInt(minutesPerDay)], 'half-days': [begun(2n), 2n], 'whole-days': [begun(1n), 1n] }[policy.dayRate];
          const expected = divideRounded(digits * units * 10n ** BigInt(minor), 10n ** BigInt(places) * per);
          expect(price.amount.amount).toBe(amountOfUnits(expected, minor));
          expect(priceOfTime(price.ratePerHour, minutes)).toEqual(price.amount);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});

describe("the PSA's own rate", () => {
  it('is told where it differs in amount or currency, and only there', () => {
    const ours = aFound({ amount: '160' });
    expect(psaRateDifference(undefined, ours, 'GBP')).toBeUndefined();
    expect(psaRateDifference({ amount: '160', currency: 'GBP' }, ours, 'GBP')).toBeUndefined();
    expect(psaRateDifference({ amount: '124.88', currency: 'GBP' }, aFound({ unit: 'day', amount: '999' }), 'GBP')).toBeUndefined();
    expect(psaRateDifference({ amount: '133.20', currency: 'GBP' }, aFound({ unit: 'day', amount: '999' }, 450), 'GBP')).toBeUndefined();
    expect(psaRateDifference(money('160', 'EUR'), ours, 'GBP')?.params).toEqual({
      psaRate: '160.00',
      psaCurrency: 'EUR',
      rate: '160.00',
      currency: 'GBP',
    });
  });
});
