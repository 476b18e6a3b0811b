import type { ExchangeRate } from '#canonical';

/**
 * The exchange rate of a day: the newest row of exactly this pair from that day or before, which holds until the day before the next one.
 * A pair is never inverted and never crossed through a third currency: the ERP's books use the row as it stands. `undefined` when there is none.
 */
export function exchangeRateOn(rates: ExchangeRate[], from: string, to: string, date: string): ExchangeRate | undefined {
  return rates
    .filter(rate => rate.from === from && rate.to === to && rate.effectiveFrom <= date)
    .reduce<ExchangeRate | undefined>((best, rate) => (best === undefined || later(rate, best) ? rate : best), undefined);
}

/** Of two rows of one day the one with the greater id: an answer that does not hang on the order in which they were read. */
const later = (a: ExchangeRate, b: ExchangeRate): boolean => (a.effectiveFrom === b.effectiveFrom ? a.id > b.id : a.effectiveFrom > b.effectiveFrom);
