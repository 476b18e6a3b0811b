import { Desks } from '../exceptions/exception.model.js';
import { Outcomes, type JourneyStepFilter } from '../journeys/journey.model.js';
import { contains, is, oneOf, overlaps, type ListSource } from '../reading/list-source.js';
import { listModel } from '../reading/list-model.js';
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

// What people decided about a line is told as a step; the states it came into are in its history.
const LINE_STEPS = `portal.billing_line t cross join lateral (
  select t.id || ':' || (h->>'revision') id, t.id subject, (h->>'since')::timestamptz at, (h->>'revision')::bigint pos, 'line.state.' || (h->>'state') kind, '{}'::jsonb params,
    'throughline' system, case when h->>'state' in ('posted', 'billed', 'paid', 'overage') then 'done' when h->>'state' in ('blocked', 'needs-credit') then 'failed'
      when h->>'state' in ('withdrawn', 'skipped') then 'undone' else 'waiting' end outcome,
    '[]'::jsonb refs, nullif(h->'money', 'null') money, '{"kind": "flow", "id": "time-to-billing"}'::jsonb actor, null::text run_id, null::text exception_id, null::jsonb next
  from jsonb_array_elements(t.history) h
  union all
  select s.id, s.subject, s.at, s.pos, s.kind, s.params, s.system, s.outcome, s.refs, s.money, s.actor, s.run_id, s.exception_id, s.next
  from portal.journey_line l join portal.journey_step s on s.id = l.step_id where l.line = t.id) s`;

const HAPPENED = `(to_char(s.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || lpad(s.pos::text, 20, '0'))`;

/** What happened to lines, as steps of a journey. */
export const lineStepSource: ListSource<JourneyStepFilter> = {
  name: 'line steps',
  from: LINE_STEPS,
  columns: 's.id, s.subject, s.at, s.kind, s.params, s.system, s.outcome, s.refs, s.money, s.actor, s.run_id, s.exception_id, s.next',
  id: 's.id',
  orders: { at: { sql: HAPPENED, type: 'text' } },
  filters: { kind: oneOf('s.kind'), system: oneOf('s.system'), outcome: oneOf('s.outcome'), runId: oneOf('s.run_id') },
  facets: {
    kind: { sql: 's.kind', filter: 'kind' },
    system: { sql: 's.system', filter: 'system' },
    outcome: { sql: 's.outcome', filter: 'outcome', words: Outcomes },
  },
  scopes: billingScopes('t'),
};
