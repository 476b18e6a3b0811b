import { OmitType } from '@nestjs/swagger';
import { Flag, DEAL_STAGES, Deal, Id, OneOf, type DealStage } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** A deal as this API publishes it. */
export class DealResource extends OmitType(Deal, [] as const) {}

export class DealPath {
  @Id({ description: 'Canonical id of a deal.' }) id: string;
}

export class DealQuery extends PageQuery {
  @OneOf(DEAL_STAGES, { optional: true }) stage?: DealStage;
}

export class FreshQuery {
  @Flag({ optional: true, description: 'True reads the CRM now; else the last state seen is answered.' }) fresh?: boolean;
}

export const deals = operations('deals', {
  listDeals: get('deals', {
    scope: 'crm.read',
    summary: 'Deals of the legal entities the caller may see, in order of id',
    query: DealQuery,
    pageOf: DealResource,
  }),
  getDeal: get('deals/:id', { scope: 'crm.read', summary: 'A deal as sold', params: DealPath, query: FreshQuery, answer: DealResource }),
});
