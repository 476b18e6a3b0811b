import type { EventData, EventType, RecordedEvent } from '#apis';
import type { Transaction } from '#persistence';

/**
 * Events that are applied to a read model in one transaction. Projections write sets, never row by
 * row.
 */
export class Batch {
  constructor(
    readonly em: Transaction,
    readonly events: RecordedEvent[],
  ) {}

  /** The events of these types, in order. */
  of<T extends EventType>(...types: T[]): { [K in T]: RecordedEvent<K> & { data: EventData[K] } }[T][] {
    return this.events.filter(event => (types as EventType[]).includes(event.type)) as never;
  }

  /**
   * The last event of these types about each thing, by the thing's id, which may differ from the
   * event's key. Their data state the whole, so only the newest counts.
   */
  latest<T extends EventType>(...types: T[]): { [K in T]: RecordedEvent<K> & { data: EventData[K] } }[T][] {
    return [...new Map(this.of(...types).map(event => [idOf(event), event])).values()];
  }
}

function idOf({ data, key }: RecordedEvent): string {
  const { state, id } = data as { state?: { id?: string }; id?: string };
  return state?.id ?? id ?? key;
}

/**
 * The legal entities that a noun states, or else those of its event. An event has more, because it
 * also goes to everybody who could see the thing before.
 */
export const entitiesOf = (event: RecordedEvent, own: string | undefined): string[] => (own ? [own] : [...new Set(event.legalEntities)]);

/**
 * A back end's record without its empty texts: these stand for properties that were never filled
 * in.
 */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== '' && v !== undefined && v !== null)
      .map(([k, v]) => [k, withoutEmpty(v)]),
  ) as T;
}
