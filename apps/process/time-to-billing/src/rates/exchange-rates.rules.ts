import type { ExchangeRate } from '#canonical';
import { daysAfter } from '../periods/calendar.rules.js';

/**
 * An exchange rate with the number of days after its own on which the policy allows it; absent or
 * null: no limit.
 */
export interface DatedExchangeRate extends ExchangeRate {
  goodForDays?: number | null;
}

/**
 * The exchange rate of a day: the newest row of exactly this pair from that day or before. It holds
 * until the day before the next one, and no longer than the policy allows. A pair is never inverted
 * and never crossed through a third currency: the ERP's books use the row as it is. `undefined`
 * when there is none.
 */
export function exchangeRateOn(rates: DatedExchangeRate[], from: string, to: string, date: string): ExchangeRate | undefined {
  const newest = newestRate(rates, from, to, date);
  const until = newest && lastUseOf(newest);
  return until !== undefined && until < date ? undefined : newest;
}

/** The last day that a rate may be used on; `undefined`: no last day. */
export const lastUseOf = ({ effectiveFrom, goodForDays }: DatedExchangeRate): string | undefined =>
  goodForDays ? daysAfter(effectiveFrom, goodForDays) : undefined;

/** The newest row of the pair, whatever its age. */
export function newestRate(rates: DatedExchangeRate[], from: string, to: string, date: string): DatedExchangeRate | undefined {
  let best: DatedExchangeRate | undefined;
  for (const rate of rates) {
    if (rate.from === from && rate.to === to && rate.effectiveFrom <= date && (best === undefined || isLater(rate, best))) best = rate;
  }
  return best;
}

/**
 * Of two rows of one day take the greater id, so that the answer does not depend on the order in
 * which they were read.
 */
const isLater = (a: ExchangeRate, b: ExchangeRate): boolean =>
  a.effectiveFrom === b.effectiveFrom ? a.id > b.id : a.effectiveFrom > b.effectiveFrom;
