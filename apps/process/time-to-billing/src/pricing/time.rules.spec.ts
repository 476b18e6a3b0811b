import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { amountOfCents, divideRounded } from './integers.fixture.js';
import { priceOfTime, psaRateDifference } from './time.rules.js';

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

describe("the PSA's own rate", () => {
  it('is told where it differs in amount or currency, and only there', () => {
    expect(psaRateDifference(undefined, money('160', 'GBP'))).toBeUndefined();
    expect(psaRateDifference({ amount: '160', currency: 'GBP' }, money('160', 'GBP'))).toBeUndefined();
    expect(psaRateDifference(money('160', 'EUR'), money('160', 'GBP'))?.params).toEqual({
      psaRate: '160.00',
      psaCurrency: 'EUR',
      rate: '160.00',
      currency: 'GBP',
    });
  });
});
