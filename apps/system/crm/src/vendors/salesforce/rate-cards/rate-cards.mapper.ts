import { compact } from '#canonical';
import { FROM_EVER, type DatedRateCardInCrm, type RateCardInCrm } from '../../port/rate-cards.port.js';
import { minutesOf, rateOf, unitOf } from '../../port/sold-units.js';
import { rateCardIdOf, type Org } from '../salesforce.references.js';
import type { SalesforceRateCard } from './rate-cards.wire.js';

/**
 * A rate without a role or an amount, or in a unit other than time, prices no time: it is left out
 * rather than read as zero.
 */
export function rateCardOf(card: SalesforceRateCard, org: Org): RateCardInCrm {
  const currency = card.currency ?? 'XXX';
  const minutesPerDay = minutesOf(org.hoursPerDay, 'hour', 0);
  return compact({
    code: card.code,
    currency,
    effectiveFrom: card.effectiveFrom,
    legalEntity: card.legalEntity,
    rates: card.rates.flatMap(({ role, price, unit: word }) => {
      const unit = unitOf(word);
      return role === undefined || price === undefined || !unit ? [] : [{ role, ...rateOf(price, unit, currency, minutesPerDay) }];
    }),
  });
}

/** One record is one version, so that its id stays when its first day is corrected. */
export function datedRateCardOf(card: SalesforceRateCard, org: Org): DatedRateCardInCrm {
  return { id: rateCardIdOf(org, card.id), ...rateCardOf(card, org), effectiveFrom: card.effectiveFrom ?? FROM_EVER };
}
