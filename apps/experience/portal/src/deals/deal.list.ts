import { is, listModel, type ListSource, oneOf, overlaps, within } from '#read-model';
import { SUBJECT_COLUMNS, titled } from '../values/subject.model.js';
import { Deal, DealFilter, dealOf, Stages, type DealRow } from './deal.model.js';

const BLOCKED = `exists (select 1 from portal.exception_line l join portal.exception x on x.id = l.exception_id where l.line = t.id and x.state in ('open', 'retrying'))`;

export const dealSource: ListSource<DealFilter> = {
  name: 'deals',
  from: 'portal.deal t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, t.data, t.customer_id`,
  always: 'not t.gone',
  id: 't.id',
  orders: {
    closeDate: { sql: 't.close_date', type: 'date' },
    name: { sql: 't.name', type: 'text' },
    amount: { sql: 't.amount', type: 'numeric' },
    modifiedAt: { sql: 't.modified_at', type: 'timestamptz' },
  },
  filters: {
    ids: oneOf('t.id'),
    stage: oneOf('t.stage'),
    legalEntity: overlaps('t.legal_entities'),
    customer: oneOf('t.customer_id'),
    billingMethod: oneOf('t.billing_method'),
    owner: oneOf('t.owner'),
    closeDate: within('t.close_date'),
    text: titled,
    blocked: is(BLOCKED),
  },
  facets: {
    stage: { sql: 't.stage', filter: 'stage', words: Stages },
    billingMethod: { sql: 't.billing_method', filter: 'billingMethod' },
    owner: { sql: 't.owner', filter: 'owner' },
  },
  money: { amount: 't.amount', currency: 't.currency' },
  scopes: { customer: 't.customer_id = k.key' },
};

export const deals = listModel<DealRow, DealFilter>({
  name: 'Deal',
  node: () => Deal,
  nodeOf: dealOf,
  filter: DealFilter,
  source: dealSource,
  defaultOrder: { by: 'closeDate', descending: true },
});
