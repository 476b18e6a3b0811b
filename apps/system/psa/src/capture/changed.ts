import type { EventType } from '#apis';
import type { Changed } from '#canonical';
import type { Change } from '#capture';
import type { NewEvent } from '#events';

/** The change as an event of ours, in the order of `key`. */
export function changedEvent<T extends { id: string }>(type: EventType, key: string, change: Change<T>): NewEvent {
  const { before, after, changed, version, legalEntities } = change;
  const state = (after ?? before)!;
  const data: Changed<T> = {
    state,
    changed,
    ...(before ? { previous: only(before, changed) } : {}),
    ...(after ? {} : { deleted: true }),
  };
  return {
    id: `${state.id}:${version}`,
    type,
    key,
    data,
    legalEntities,
  } as unknown as NewEvent;
}

/** The changed attributes with their former values. */
const only = <T extends object>(state: T, attributes: string[]): Partial<T> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => attributes.includes(name))) as Partial<T>;
