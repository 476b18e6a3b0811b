import { listModel, type ListSource, oneOf, overlaps, within } from '#read-model';
import { SUBJECT_COLUMNS, titled } from '../values/subject.model.js';
import { Invoice, InvoiceFilter, invoiceOf, Statuses, type InvoiceRow } from './invoice.model.js';

export const invoiceSource: ListSource<InvoiceFilter> = {
  name: 'invoices',
  from: 'portal.invoice t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, t.number, t.status, t.project_id, t.legal_entity, t.date::text, t.due_date::text, t.amount::text, t.due_amount::text, t.currency`,
  always: 'not t.gone',
  id: 't.id',
  orders: {
    date: { sql: 't.date', type: 'date' },
    number: { sql: 't.number', type: 'text' },
    total: { sql: 't.amount', type: 'numeric' },
  },
  filters: {
    ids: oneOf('t.id'),
    status: oneOf('t.status'),
    project: oneOf('t.project_id'),
    legalEntity: overlaps('t.legal_entities'),
    date: within('t.date'),
    text: titled,
  },
  facets: { status: { sql: 't.status', filter: 'status', words: Statuses }, legalEntity: { sql: 't.legal_entity', filter: 'legalEntity' } },
  money: { amount: 't.amount', currency: 't.currency' },
  scopes: { project: 't.project_id = k.key', line: 't.id in (select i.invoice_id from portal.invoice_line i where i.line_id = k.key)' },
};

export const invoices = listModel<InvoiceRow, InvoiceFilter>({
  name: 'Invoice',
  node: () => Invoice,
  nodeOf: invoiceOf,
  filter: InvoiceFilter,
  source: invoiceSource,
  defaultOrder: { by: 'date', descending: true },
});
