import type { CanonicalEvent, EventData, EventType } from '#canonical';
import type { Change } from '#capture';

/** The event that tells of a change, in the order of its record. */
export function eventOf<T extends EventType>(
  type: T,
  { before, after, version, at, correlationId }: Change<{ id: string }>,
  data: EventData[T],
  legalEntities: string[],
): CanonicalEvent<T> {
  const { id } = (after ?? before)!;
  return { id: `${id}:${version}`, source: '/system/erp', type, key: id, time: at, data, legalEntities, correlationId };
}
