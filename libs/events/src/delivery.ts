import type { RecordedEvent } from '#apis';
import type { ExternalRef } from '#canonical';
import { apart, type Transaction } from '#persistence';
import { type EventRow, recorded } from './event-log.js';
import { type Item, type SetAsideRow, type SetAsides } from './set-aside.js';
import type { Subscription } from './subscription.js';

/** An event, or one part of it, that is taken or set aside by itself. */
interface Part {
  event: RecordedEvent;
  item: Item;
  /** Set when it was set aside before and is retried. */
  row?: SetAsideRow;
}

export const placeOf = (subscription: Pick<Subscription, 'name'>): string => `reader ${subscription.name}`;

/**
 * Passes events to their reader when some can't be taken now, or could not be taken before. An
 * event that fails because of its content is set aside. Later events of its key overtake it if they
 * state the whole; otherwise they wait behind it.
 */
export class Delivery {
  constructor(private readonly setAsides: SetAsides) {}

  async deliver(em: Transaction, subscription: Subscription, events: RecordedEvent[]): Promise<void> {
    const place = placeOf(subscription);
    const retried = await this.#toRetry(em, subscription);
    const parts = [...retried, ...events.flatMap(event => partsOf(subscription, event))];
    const keys = [...new Set(parts.map(({ item }) => item.key))];
    const before = await this.setAsides.rows(em, place, keys);
    const waiting = before.filter(row => !retried.some(part => part.item.key === row.key));
    const holding = new Set(await (subscription.holds?.(em, keys) ?? []));
    const blocked = new Set(waiting.map(({ key }) => key));
    /** Parts that were not taken, with the reason or `HELD`. */
    const left = new Map<Part, unknown>();
    await apart(em, parts, {
      waits: part => {
        const overtakes = part.row === undefined && statesWhole(subscription, part.event) && !holding.has(part.item.key);
        if (!blocked.has(part.item.key) || overtakes) return false;
        left.set(part, HELD);
        return true;
      },
      work: (nested, going) =>
        subscription.handle(
          nested,
          going.map(({ event }) => event),
        ),
      failed: (part, error) => {
        left.set(part, error);
        blocked.add(part.item.key);
        subscription.rejected?.(part.event);
      },
    });
    const last = new Map(parts.flatMap((part, n) => (left.has(part) ? [] : [[part.item.key, n] as const])));
    // When a newer part of the key was taken, the failed ones before it are overtaken.
    const remain = parts.filter((part, n) => left.has(part) && n > (last.get(part.item.key) ?? -1));
    const names = new Set(remain.map(({ item }) => nameOf(item)));
    await this.setAsides.close(
      em,
      place,
      before.filter(row => last.has(row.key) && !names.has(nameOf(row))),
    );
    await this.setAsides.put(em, place, {
      failed: remain.flatMap(part => (left.get(part) === HELD ? [] : [{ item: part.item, error: left.get(part), content: part.event.data }])),
      held: remain.filter(part => left.get(part) === HELD).map(({ item }) => item),
      read: events.length,
    });
  }

  /** The parts to retry, with those that wait behind them, in order. */
  async #toRetry(em: Transaction, subscription: Subscription): Promise<Part[]> {
    const rows = await this.setAsides.due(em, placeOf(subscription));
    if (rows.length === 0) return [];
    const positions = rows.map(({ item }) => item.split('/')[0]);
    const events = await em.query<EventRow[]>('select * from events.event where pos = any($1)', [[...new Set(positions)]]);
    const byPos = new Map(events.map(row => [String(row.pos), recorded(row)]));
    const found = rows.map(row => {
      const event = byPos.get(row.item.split('/')[0]);
      return { row, part: event && partOf(subscription, event, row) };
    });
    const overtaken = await this.#overtaken(
      em,
      subscription,
      found.flatMap(({ part }) => part ?? []),
    );
    const going = ({ part }: (typeof found)[number]) => part !== undefined && !overtaken.has(part);
    // A row whose event this release no longer reads can't be retried.
    await this.setAsides.close(
      em,
      placeOf(subscription),
      found.filter(one => !going(one)).map(({ row }) => row),
    );
    return found.filter(going).map(({ row, part }) => ({ ...part!, row }));
  }

  /**
   * A newer whole state was read before these were set aside here: they were carried over from
   * elsewhere.
   */
  async #overtaken(em: Transaction, subscription: Subscription, parts: Part[]): Promise<Set<Part>> {
    const { name, types } = subscription;
    if (parts.length === 0 || !subscription.whole || subscription.parts) return new Set();
    const rows = await em.query<EventRow[]>(
      `select e.* from events.event e join events.subscription s on s.name = $1
       where e.key = any($2) and ($3::text[] is null or e.type = any($3)) and (e.xid, e.pos) <= (s.last_xid, s.last_pos)
         and not exists (select 1 from events.set_aside a where a.place = $4 and a.item = e.pos::text)`,
      [name, [...new Set(parts.map(({ event }) => event.key))], types === '*' ? null : types, placeOf(subscription)],
    );
    const read = rows.map(recorded).filter(event => statesWhole(subscription, event));
    const newest = new Map<string, bigint>();
    for (const event of read) {
      const [{ item }] = partsOf(subscription, event);
      if (BigInt(event.pos) > (newest.get(item.key) ?? -1n)) newest.set(item.key, BigInt(event.pos));
    }
    return new Set(parts.filter(({ event, item }) => (newest.get(item.key) ?? -1n) > BigInt(event.pos)));
  }
}

const HELD = Symbol('held');

const nameOf = ({ key, item }: { key: string; item: string }): string => JSON.stringify([key, item]);

const statesWhole = ({ whole = false }: Subscription, event: RecordedEvent): boolean => (typeof whole === 'function' ? whole(event) : whole);

function partsOf(subscription: Subscription, event: RecordedEvent): Part[] {
  const parts = readable(() => subscription.parts?.(event)) ?? [event];
  return parts.map((part, n) => ({
    event: part,
    item: itemOf(part, readable(() => subscription.keyOf?.(part)) ?? part.key, parts.length === 1 ? event.pos : `${event.pos}/${n}`),
  }));
}

/** The part of its event that a row names; the whole event if it was set aside as a whole. */
function partOf(subscription: Subscription, event: RecordedEvent, row: SetAsideRow): Part | undefined {
  const part = partsOf(subscription, event).find(({ item }) => nameOf(item) === nameOf(row));
  return part ?? (row.item === event.pos ? { event, item: itemOf(event, row.key, row.item) } : undefined);
}

/**
 * An event of an unexpected shape is one part under its own key; taking it will show what is wrong.
 */
function readable<T>(read: () => T | undefined): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Named as the record is named at its source. */
function itemOf(event: RecordedEvent, key: string, item: string): Item {
  const { state } = (event.data ?? {}) as { state?: { refs?: ExternalRef[] } };
  const ref = readable(() => state?.refs?.[0]);
  return {
    key,
    item,
    system: ref?.system ?? event.source,
    noun: ref?.type ?? event.type.split('.')[0],
    nativeId: ref?.nativeId ?? event.key,
    legalEntities: event.legalEntities,
    correlationId: event.correlationId,
  };
}
