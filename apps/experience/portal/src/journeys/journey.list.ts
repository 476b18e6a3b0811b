import { listModel, type ListSource, oneOf } from '#read-model';
import { JourneyStep, JourneyStepFilter, Outcomes, stepOf, type JourneyStepRow } from './journey.model.js';

export const STEP_COLUMNS =
  't.id, t.subject, t.at, t.kind, t.params, t.system, t.outcome, t.refs, t.money, t.actor, t.run_id, t.exception_id, t.next';

// By time, then by the log's order; as one text, so that a cursor holds both.
const HAPPENED = `(to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || lpad(t.pos::text, 20, '0'))`;

export const stepSource: ListSource<JourneyStepFilter> = {
  name: 'journey steps',
  from: 'portal.journey_line l join portal.journey_step t on t.id = l.step_id',
  columns: STEP_COLUMNS,
  id: 't.id',
  orders: { at: { sql: HAPPENED, type: 'text' } },
  filters: { kind: oneOf('t.kind'), system: oneOf('t.system'), outcome: oneOf('t.outcome'), runId: oneOf('t.run_id') },
  facets: {
    kind: { sql: 't.kind', filter: 'kind' },
    system: { sql: 't.system', filter: 'system' },
    outcome: { sql: 't.outcome', filter: 'outcome', words: Outcomes },
  },
  scopes: { line: 'l.line = k.key' },
};

export const journeySteps = listModel<JourneyStepRow, JourneyStepFilter>({
  name: 'JourneyStep',
  node: () => JourneyStep,
  nodeOf: stepOf,
  filter: JourneyStepFilter,
  source: stepSource,
  defaultOrder: { by: 'at', descending: false },
});
