import type { EventData, EventType, RecordedEvent } from '#canonical';
import type { Transaction } from '#persistence';

/** Some events on their way into a read model, in one transaction. Projections write sets, never row by row. */
export class Batch {
  constructor(
    readonly em: Transaction,
    readonly events: RecordedEvent[],
  ) {}

  /** The events of these types, in order. */
  of<T extends EventType>(...types: T[]): { [K in T]: RecordedEvent<K> & { data: EventData[K] } }[T][] {
    return this.events.filter(event => (types as EventType[]).includes(event.type)) as never;
  }

  /** The last of these types about each thing (its id, which needn't be the event's key): their data state a whole, so that only the newest counts. */
  latest<T extends EventType>(...types: T[]): { [K in T]: RecordedEvent<K> & { data: EventData[K] } }[T][] {
    return [...new Map(this.of(...types).map(event => [idOf(event), event])).values()];
  }
}

function idOf({ data, key }: RecordedEvent): string {
  const { state, id } = data as { state?: { id?: string }; id?: string };
  return state?.id ?? id ?? key;
}

/** The entities a noun names itself; an event's only where it names none, since an event also goes to who could see it before. */
export const entitiesOf = (event: RecordedEvent, own: string | undefined): string[] => (own ? [own] : [...new Set(event.legalEntities)]);

/** A record of a back end in which something was never filled in, with nothing where it says an empty text. */
export function withoutEmpty<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutEmpty) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== '' && v !== undefined && v !== null)
      .map(([k, v]) => [k, withoutEmpty(v)]),
  ) as T;
}
