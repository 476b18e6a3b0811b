import type { DatedRateCard } from '#canonical';
import type { Change } from '#capture';
import type { DatedRateCardInCrm } from '../vendors/port/rate-cards.port.js';

/**
 * A rate card as it is published: without the CRM's word for its legal entity, which the event
 * states canonically.
 */
export function publishedCard({ legalEntity: _, ...card }: DatedRateCardInCrm): DatedRateCard {
  return card;
}

export function publishedChange({ before, after, changed, ...change }: Change<DatedRateCardInCrm>): Change<DatedRateCard> {
  return {
    ...change,
    before: before && publishedCard(before),
    after: after && publishedCard(after),
    changed: changed.filter(name => name !== 'legalEntity'),
  };
}
