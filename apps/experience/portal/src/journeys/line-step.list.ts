import { type ListSource, oneOf } from '#read-model';
import { billingScopes } from '../billing/billing-scopes.js';
import { Outcomes, type JourneyStepFilter } from './journey.model.js';

// People's decisions about a line are steps; the states that it came into are in its history.
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

/** The history of lines, as steps of a journey. */
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
