import { contains, is, listModel, type ListSource, oneOf, overlaps } from '#read-model';
import { Desks } from '../values/desks.js';
import { billingScopes } from './billing-scopes.js';
import { BillingLine, BillingLineFilter, billingLineOf, LineKinds, LineStates, type BillingLineRow } from './billing-line.model.js';

export const billingLineSource: ListSource<BillingLineFilter> = {
  name: 'billing lines',
  from: 'portal.billing_line t',
  columns: `t.id, t.version, t.kind, t.state, t.since, t.project_id, t.submission_id, t.worker_id, t.worker_name, t.work_date::text, t.minutes, t.amount::text, t.currency,
    t.overage_minutes, t.overage_amount::text, t.overage_currency, t.posting_date::text, t.invoice_id, t.invoice_number, t.exception_id, t.desk, t.reasons,
    t.explanation, t.intercompany, t.billable, t.estimated, t.refs, t.approved_at, t.posted_at, t.legal_entities`,
  id: 't.id',
  orders: {
    workDate: { sql: 't.work_date', type: 'date' },
    since: { sql: 't.since', type: 'timestamptz' },
    worker: { sql: 't.worker_name', type: 'text' },
    money: { sql: 'coalesce(t.amount, 0)', type: 'numeric' },
  },
  filters: {
    ids: oneOf('t.id'),
    kind: oneOf('t.kind'),
    state: oneOf('t.state'),
    project: oneOf('t.project_id'),
    worker: oneOf('t.worker_id'),
    timesheet: oneOf('t.submission_id'),
    from: (day, sql) => `t.work_date >= ${sql.add(day)}::date`,
    to: (day, sql) => `t.work_date <= ${sql.add(day)}::date`,
    blocked: is('t.exception_id is not null'),
    desk: oneOf('t.desk'),
    overage: is('t.overage_amount is not null'),
    intercompany: is('t.intercompany is not null'),
    billable: is('t.billable'),
    legalEntity: overlaps('t.legal_entities'),
    text: contains('t.worker_folded'),
  },
  facets: {
    state: { sql: 't.state', filter: 'state', words: LineStates },
    kind: { sql: 't.kind', filter: 'kind', words: LineKinds },
    desk: { sql: 't.desk', filter: 'desk', words: Desks },
    project: { sql: 't.project_id', filter: 'project' },
    worker: { sql: 't.worker_id', filter: 'worker' },
  },
  money: { amount: 'coalesce(t.amount, 0)', currency: 't.currency', estimated: 't.estimated' },
  scopes: billingScopes('t'),
};

export const billingLines = listModel<BillingLineRow, BillingLineFilter>({
  name: 'BillingLine',
  node: () => BillingLine,
  nodeOf: billingLineOf,
  filter: BillingLineFilter,
  source: billingLineSource,
  defaultOrder: { by: 'workDate', descending: false },
});
