import { projectIdOf, type Deal, type EventData, type EventType, type RecordedEvent } from '#canonical';
import { meetsNeed } from '#mappings';
import { needs } from '../checks/needs.rules.js';

/**
 * Whether an event may have brought what a need waits for. It may say yes too often: the oldest line of the group tries first, and when it
 * fails again the rest goes on waiting.
 */
export function needsMetBy(event: RecordedEvent): (need: string) => boolean {
  const told = readers[event.type];
  return told ? told(event.data as never) : () => false;
}

const starting =
  (...prefixes: string[]) =>
  (need: string) =>
    prefixes.some(prefix => need.startsWith(prefix));

const ratesOf = (deal: Deal) => (need: string) =>
  (need.startsWith('rate:') && need.endsWith(`:${deal.currency}`)) || need.startsWith(`rate-of-assignment:${projectIdOf(deal.id)}:`);

const readers: { [T in EventType]?: (data: EventData[T]) => (need: string) => boolean } = {
  'project.changed.v1': ({ state }) => starting(`project:${state.id}:`, `contract:${state.id}:`),
  'financial-project.changed.v1': ({ state }) => starting(`project:${state.id}:`, `contract:${state.id}:`),
  'assignment.changed.v1': ({ state }) => starting(`assignment:${state.projectId}:`),
  'worker.changed.v1': ({ state }) =>
    starting(`worker:${state.workEmail?.toLowerCase() ?? ''}:`, `worker:${state.id}:`, `employee:${state.employeeNumber}:`),
  // A card's roles are in the CRM's words, so any missing rate in its currency may be in it.
  'rate-card.changed.v1':
    ({ state }) =>
    need =>
      need.startsWith('rate:') && need.endsWith(`:${state.currency}`),
  'deal.won.v1': ({ state }) => ratesOf(state),
  'deal.changed.v1': ({ state }) => ratesOf(state),
  'deal-rates.agreed.v1':
    ({ state }) =>
    need =>
      need.startsWith('rate:') || need.startsWith(`rate-of-assignment:${projectIdOf(state.id)}:`),
  'exchange-rate.changed.v1': ({ state }) => starting(`exchange-rate:${state.from}:${state.to}:`),
  'accounting-period.changed.v1': ({ state }) =>
    state.open ? need => need.startsWith('period:') && (state.legalEntity === '*' || need.startsWith(`period:${state.legalEntity}:`)) : () => false,
  'reference-value.changed.v1':
    ({ state, deleted }) =>
    need =>
      state.active && !deleted && need === needs.inErp(state.id),
  'mapping.changed.v1':
    ({ kind, source }) =>
    need =>
      meetsNeed(need, kind, source) || ((kind === 'role' || kind === 'rate-card') && need.startsWith('rate:')),
};
