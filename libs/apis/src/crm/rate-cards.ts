import { OmitType } from '@nestjs/swagger';
import { BusinessDate, DatedRateCard, RateCard, Text } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** A rate card as this API publishes it: the version in force on the day asked for. */
export class RateCardResource extends OmitType(RateCard, [] as const) {}

/** One dated version of a rate card; in force from its day until the day before the next of the same code. */
export class DatedRateCardResource extends OmitType(DatedRateCard, [] as const) {}

export class RateCardListQuery extends PageQuery {
  @Text({ optional: true, min: 1, max: 80, description: 'Only versions of this card.' }) code?: string;
}

export class RateCardPath {
  @Text({ min: 1, max: 80, description: 'The code, as deals name it.' }) code: string;
}

export class RateCardQuery {
  @BusinessDate({ optional: true, description: 'The day whose version is asked for; today (UTC) if not said.' }) asOf?: string;
}

export const rateCards = operations('rate cards', {
  listRateCards: get('rate-cards', {
    scope: 'crm.read',
    summary: 'Every version of every rate card as last seen, in order of id',
    query: RateCardListQuery,
    pageOf: DatedRateCardResource,
  }),
  getRateCard: get('rate-cards/:code', {
    scope: 'crm.read',
    summary: 'The rates in force on a day, read in the CRM now',
    params: RateCardPath,
    query: RateCardQuery,
    answer: RateCardResource,
  }),
});
