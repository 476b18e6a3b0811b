import type { EventData, EventType } from '#apis';
import type { Change } from '#capture';
import type { NewEvent } from '#events';

/** The event of a change, in the order of its record. */
export function eventOf<T extends EventType>(
  type: T,
  { before, after, version }: Change<{ id: string }>,
  data: EventData[T],
  legalEntities: string[],
): NewEvent<T> {
  const { id } = (after ?? before)!;
  return { id: `${id}:${version}`, type, key: id, data, legalEntities };
}
