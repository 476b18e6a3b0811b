import { Customer, DatedRateCard, Deal } from '#canonical';
import { changed, defineEvents } from '../event.js';

/** The events of the CRM's app. */
export const crmEvents = defineEvents(['crm'], {
  'deal.won.v1': { summary: 'A deal was won.', key: 'Deal', data: changed(Deal) },
  'deal.changed.v1': { summary: 'A deal is new or changed, and its stage means the same as before.', key: 'Deal', data: changed(Deal) },
  'deal.reopened.v1': { summary: 'A deal that was won is open again.', key: 'Deal', data: changed(Deal) },
  'deal.lost.v1': { summary: 'A deal was lost, or was deleted after it was won.', key: 'Deal', data: changed(Deal) },
  'customer.changed.v1': { summary: 'A customer is new or changed in the CRM.', key: 'Customer', data: changed(Customer) },
  'rate-card.changed.v1': { summary: 'A version of a rate card is new or changed.', key: 'Rate card', data: changed(DatedRateCard) },
});
