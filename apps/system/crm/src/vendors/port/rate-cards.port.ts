import type { DatedRateCard, RateCard } from '#canonical';
import type { SweepPage } from '#capture';

/** One version of a rate card; `legalEntity` is its owner in the CRM's words. */
export type RateCardInCrm = RateCard & { legalEntity?: string };

/** One version of a rate card as events publish it, with its owner in the CRM's words. */
export type DatedRateCardInCrm = DatedRateCard & { legalEntity?: string };

/** The first day of a version that has none. */
export const FROM_EVER = '0001-01-01';

/**
 * The version in force on `day`: the latest that starts on it or before. A version without a start
 * has always been in force.
 */
export function rateCardOn(versions: RateCardInCrm[], day: string): RateCardInCrm | undefined {
  const startOf = ({ effectiveFrom = '' }: RateCardInCrm) => effectiveFrom;
  return versions
    .filter(version => startOf(version) <= day)
    .sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    .at(-1);
}

export interface RateCards {
  /** All versions of a rate card, oldest first; none when the code is unknown. */
  versionsOf(code: string): Promise<RateCardInCrm[]>;
  /**
   * Every version of every rate card, in pages: there are few, and a rate may change without
   * changing its card's record. `cursor` is when the vendor began to answer, by its clock. Throws
   * rather than end early.
   */
  all(): AsyncIterable<SweepPage<DatedRateCardInCrm> & { cursor: string }>;
}
