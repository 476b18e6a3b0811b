import { Id, Instant, Money, Nested, OneOf, Ref, Text, Whole } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

const STATES = ['re-rated', 'asked', 'kept'] as const;

/** A line whose price differs from what it would be now. */
export class DifferentPrice {
  @Id() lineId: string;
  @Whole({ min: 1 }) version: number;
  @Ref('Project') projectId: string;
  @Nested(() => Money, { description: 'What it was priced at, with what is over a cap.' }) was: Money;
  @Nested(() => Money, { optional: true, description: 'What it would be priced at now; absent: it has none any more, or is to be billed no more.' })
  now?: Money;
  @Nested(() => Money, { optional: true, description: 'What it is priced at now less what it was; absent where the two have no currency in common.' })
  difference?: Money;
}

export class CorrectedPriceView extends DifferentPrice {
  @Text({ max: 400, description: 'Ids of the rates, terms, projects and workers that were corrected.' }) what: string;
  @OneOf(STATES, { description: 're-rated: a newer version is billed at the new price; asked: finance decides; kept: it was decided to leave it.' })
  state: (typeof STATES)[number];
  @Instant() at: string;
}

export class CorrectedPriceQuery extends PageQuery {
  @OneOf(STATES, { optional: true }) state?: (typeof STATES)[number];
}

export const prices = operations('prices', {
  correctionsCorrections: get('price-corrections', {
    scope: 'time-to-billing.read',
    summary: 'Lines that a corrected rate, card or term touched, with the difference and what became of it',
    query: CorrectedPriceQuery,
    pageOf: CorrectedPriceView,
  }),
  correctionsDifferences: get('price-differences', {
    scope: 'time-to-billing.read',
    summary: 'Posted lines that the rules and rates of today would price otherwise; nothing is changed',
    query: PageQuery,
    pageOf: DifferentPrice,
  }),
});
