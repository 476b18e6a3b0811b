import { describe, expect, it } from 'vitest';
import { anExchangeRate } from '../facts/line-facts.fixture.js';
import { exchangeRateOn } from './exchange-rates.rules.js';

const rates = [
  anExchangeRate('EUR', 'GBP', '0.86', '2026-11-01'),
  anExchangeRate('EUR', 'GBP', '0.87', '2026-11-18'),
  anExchangeRate('EUR', 'USD', '1.09', '2026-11-01'),
  anExchangeRate('GBP', 'USD', '1.27', '2026-11-01'),
];

describe('the exchange rate of a day', () => {
  const examples: [string, string, string, string | undefined][] = [
    ['EUR', 'GBP', '2026-11-01', '0.86'],
    ['EUR', 'GBP', '2026-11-17', '0.86'],
    ['EUR', 'GBP', '2026-11-18', '0.87'],
    ['EUR', 'GBP', '2027-06-30', '0.87'],
    ['EUR', 'GBP', '2026-10-31', undefined],
    ['GBP', 'EUR', '2026-11-18', undefined],
    ['USD', 'GBP', '2026-11-18', undefined],
  ];

  it.each(examples)('from %s to %s on %s is the newest of just this pair: %s', (from, to, date, rate) => {
    expect(exchangeRateOn(rates, from, to, date)?.rate).toBe(rate);
    expect(exchangeRateOn(rates.toReversed(), from, to, date)?.rate).toBe(rate);
  });

  it.each([
    ['2026-12-18', '0.87'],
    ['2026-12-19', undefined],
    ['2026-11-17', '0.86'],
  ])('is none when the newest is older than the policy lets it be: on %s, of 30 days', (date, rate) => {
    const dated = rates.map(one => ({ ...one, goodForDays: 30 }));
    expect(exchangeRateOn(dated, 'EUR', 'GBP', date)?.rate).toBe(rate);
    const forEver = rates.map(one => ({ ...one, goodForDays: null }));
    expect(exchangeRateOn(forEver, 'EUR', 'GBP', date)?.rate).toBeDefined();
  });

  it('is the same in whatever order two rows of one day are read', () => {
    const two = [
      { ...rates[0], id: 'first', rate: '1' },
      { ...rates[0], id: 'second', rate: '2' },
    ];
    expect(exchangeRateOn(two, 'EUR', 'GBP', '2026-11-05')?.rate).toBe('2');
    expect(exchangeRateOn(two.toReversed(), 'EUR', 'GBP', '2026-11-05')?.rate).toBe('2');
  });
});
