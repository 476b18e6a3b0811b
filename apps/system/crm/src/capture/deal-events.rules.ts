import type { Changed, Deal } from '#canonical';
import type { Change } from '#capture';
import type { NewEvent } from '#events';

type DealEvent = 'deal.won.v1' | 'deal.changed.v1' | 'deal.reopened.v1' | 'deal.lost.v1';

/**
 * The event type for a deal's change. Deals from the first reading are published as `changed` only:
 * they may have been won before this system was asked to act on them. A won deal that is deleted
 * counts as lost.
 */
export function dealEventType({ before, after, initial }: Pick<Change<Deal>, 'before' | 'after' | 'initial'>): DealEvent {
  if (!after) return before?.stage === 'won' ? 'deal.lost.v1' : 'deal.changed.v1';
  if (initial || before?.stage === after.stage) return 'deal.changed.v1';
  if (after.stage === 'won') return 'deal.won.v1';
  if (after.stage === 'lost') return 'deal.lost.v1';
  return before?.stage === 'won' ? 'deal.reopened.v1' : 'deal.changed.v1';
}

/**
 * One event per change, or none when only the time of the last change moved and the legal entity is
 * the same.
 */
export function dealEvents(change: Change<Deal>, legalEntities: string[], system: string): NewEvent[] {
  if (change.before && change.after && !change.entitiesChanged && change.changed.every(attribute => attribute === 'modifiedAt')) return [];
  return [changeEvent(dealEventType(change), change, legalEntities, system)];
}

/** The event of a noun's change; a deleted noun is published with its last state. */
export function changeEvent<T extends { id: string }, E extends DealEvent | 'customer.changed.v1' | 'rate-card.changed.v1'>(
  type: E,
  { before, after, changed, version }: Change<T>,
  legalEntities: string[],
  system: string,
): NewEvent {
  const state = (after ?? before)!;
  const data: Changed<T> = { state, changed };
  if (before && after)
    data.previous = Object.fromEntries(changed.filter(name => name in before).map(name => [name, before[name as keyof T]])) as Partial<T>;
  if (!after) data.deleted = true;
  return {
    id: `${state.id}:${version}`,
    type,
    key: state.id,
    data,
    legalEntities,
    actor: { kind: 'system', id: system },
  } as unknown as NewEvent;
}
