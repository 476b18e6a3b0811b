import type { CanonicalEvent, Changed, EventType } from '#canonical';
import type { Change } from '#capture';

/** The change as an event of ours, in the order of `key`. */
export function changedEvent<T extends { id: string }>(type: EventType, key: string, change: Change<T>): CanonicalEvent {
  const { before, after, changed, version, at, correlationId, legalEntities } = change;
  const state = (after ?? before)!;
  const data: Changed<T> = {
    state,
    changed,
    ...(before ? { previous: only(before, changed) } : {}),
    ...(after ? {} : { deleted: true }),
  };
  return {
    id: `${state.id}:${version}`,
    source: '/system/psa',
    type,
    key,
    time: at,
    data,
    legalEntities,
    correlationId,
  } as unknown as CanonicalEvent;
}

/** What the changed attributes were before. */
const only = <T extends object>(state: T, attributes: string[]): Partial<T> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => attributes.includes(name))) as Partial<T>;
