import { contains, is, listModel, type ListSource, oneOf, overlaps } from '#read-model';
import { Desks } from '../values/desks.js';
import { billingScopes } from './billing-scopes.js';
import { BillingLine, BillingLineFilter, billingLineOf, LineKinds, LineStates, shownLine, type BillingLineRow } from './billing-line.model.js';

export const billingLineSource: ListSource<BillingLineFilter> = {
  name: 'billing lines',
  from: 'portal.billing_line t',
  columns: shownLine.selected('t'),
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
