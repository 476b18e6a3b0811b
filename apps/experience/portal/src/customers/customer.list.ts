import { is, listModel, type ListSource, oneOf, overlaps } from '#read-model';
import { SUBJECT_COLUMNS, titled } from '../values/subject.model.js';
import { Customer, CustomerFilter, customerOf, type CustomerRow } from './customer.model.js';

const COUNTRY = `coalesce(t.crm, t.erp) #>> '{billingAddress,country}'`;

export const customerSource: ListSource<CustomerFilter> = {
  name: 'customers',
  from: 'portal.customer t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, t.crm, t.erp`,
  always: 'not t.gone',
  id: 't.id',
  orders: { name: { sql: 't.name', type: 'text' }, changedAt: { sql: 't.changed_at', type: 'timestamptz' } },
  filters: {
    ids: oneOf('t.id'),
    legalEntity: overlaps('t.legal_entities'),
    country: oneOf(COUNTRY),
    system: (systems, sql) => `exists (select 1 from portal.alias a where a.subject = t.id and a.system = any(${sql.add(systems)}::text[]))`,
    taxRegistered: is(`coalesce(t.erp->>'taxRegistration', t.crm->>'taxRegistration') is not null`),
    text: titled,
  },
  facets: { country: { sql: COUNTRY, filter: 'country' } },
};

export const customers = listModel<CustomerRow, CustomerFilter>({
  name: 'Customer',
  node: () => Customer,
  nodeOf: customerOf,
  filter: CustomerFilter,
  source: customerSource,
  defaultOrder: { by: 'name', descending: false },
});
