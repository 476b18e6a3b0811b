import type { Changed, Customer, DatedRateCard, Deal } from '#canonical';

/** The events of the CRM's app. */
export interface CrmEvents {
  'deal.won.v1': Changed<Deal>;
  'deal.changed.v1': Changed<Deal>;
  'deal.reopened.v1': Changed<Deal>;
  'deal.lost.v1': Changed<Deal>;
  'customer.changed.v1': Changed<Customer>;
  'rate-card.changed.v1': Changed<DatedRateCard>;
}
