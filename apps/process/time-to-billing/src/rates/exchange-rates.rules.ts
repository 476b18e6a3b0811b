import type { ExchangeRate } from '#canonical';

/**
 * The exchange rate of a day: the newest row of exactly this pair from that day or before, which holds until the day before the next one.
 * A pair is never inverted and never crossed through a third currency: the ERP's books use the row as it stands. `undefined` when there is none.
 */
export function exchangeRateOn(rates: ExchangeRate[], from: string, to: string, date: string): ExchangeRate | undefined {
  let best: ExchangeRate | undefined;
  for (const rate of rates) {
    if (rate.from === from && rate.to === to && rate.effectiveFrom <= date && (best === undefined || isLater(rate, best))) best = rate;
  }
  return best;
}

/** Of two rows of one day the one with the greater id: an answer that does not hang on the order in which they were read. */
const isLater = (a: ExchangeRate, b: ExchangeRate): boolean =>
  a.effectiveFrom === b.effectiveFrom ? a.id > b.id : a.effectiveFrom > b.effectiveFrom;
