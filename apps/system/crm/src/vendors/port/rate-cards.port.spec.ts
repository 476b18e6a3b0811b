import { describe, expect, it } from 'vitest';
import { rateCardOn, type RateCardInCrm } from './rate-cards.port.js';

describe('the rate card version of a day', () => {
  const version = (effectiveFrom?: string): RateCardInCrm => ({
    code: 'RC',
    currency: 'GBP',
    rates: [],
    ...(effectiveFrom ? { effectiveFrom } : {}),
  });
  const versions = [version('2027-01-01'), version('2025-01-01'), version('2026-01-01')];

  it.each([
    ['2026-12-31', '2026-01-01'],
    ['2027-01-01', '2027-01-01'],
    ['2024-12-31', undefined],
  ])('of %s is that of %s', (day, from) => expect(rateCardOn(versions, day)?.effectiveFrom).toBe(from));

  it('is in force from ever when it has no start', () => expect(rateCardOn([version()], '1999-01-01')).toEqual(version()));
});
