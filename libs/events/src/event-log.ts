import { Injectable } from '@nestjs/common';
import type { CanonicalEvent, EventType, RecordedEvent } from '#apis';
import { Problem } from '#canonical';
import { signalOf, type Transaction, withFullView } from '#persistence';

/** The topic of the signal that events of this type were appended; `*` stands for all types. */
export const topicOf = (type: EventType | '*' | ''): string => `events:${type}`;

export interface EventRow {
  pos: string;
  key_seq: string;
  recorded_at: Date;
  source: string;
  id: string;
  type: EventType;
  key: string;
  time: Date;
  data: never;
  legal_entities: string[];
  correlation_id: string;
  traceparent: string | null;
  actor: never;
}

// Locks the keys, in order. So a key's numbers follow the order of commits, and a duplicate is seen
// before it gets a number.
const LOCK_KEYS = `
  insert into events.key_head(key, seq) select distinct key, 0 from unnest($1::text[]) key order by key
  on conflict(key) do update set seq = key_head.seq`;

const APPEND = `
  with given as (
    select distinct on (source, id) * from rows from (jsonb_to_recordset($1::jsonb) as (
      source text, id text, type text, key text, time timestamptz, data jsonb, "legalEntities" jsonb, "correlationId" text, traceparent text, actor jsonb
    )) with ordinality as t(source, id, type, key, time, data, entities, correlation_id, traceparent, actor, ord)
    order by source, id, ord),
  fresh as (select g.* from given g where not exists (select 1 from events.event e where e.source = g.source and e.id = g.id)),
  heads as (
    update events.key_head h set seq = h.seq + f.n from (select key, count(*) n from fresh group by key) f
    where h.key = f.key returning h.key, h.seq),
  numbered as (
    select f.*, h.seq - count(*) over (partition by f.key) + row_number() over (partition by f.key order by f.ord) key_seq
    from fresh f join heads h using (key))
  insert into events.event(source, id, type, key, key_seq, time, data, legal_entities, correlation_id, traceparent, actor)
  select source, id, type, key, key_seq, time, data, array(select jsonb_array_elements_text(entities)), correlation_id, traceparent, nullif(actor, 'null')
  from numbered order by ord
  returning *, ${signalOf(`'${topicOf('')}' || type`)}`;

/**
 * All canonical events, in one log: append-only, numbered per key without gaps, unique by (source,
 * id).
 */
@Injectable()
export class EventLog {
  /**
   * Appends in the caller's transaction and answers the new events, in the given order. Duplicates
   * are left out silently; another event under an id that is taken throws `internal`. When the
   * transaction commits, the readers of these types are woken in all processes.
   */
  async append(em: Transaction, events: CanonicalEvent[]): Promise<RecordedEvent[]> {
    if (events.length === 0) return [];
    const rows = await withFullView('the log numbers events and finds duplicates, whoever appends them', async () => {
      await em.query(LOCK_KEYS, [events.map(event => event.key)]);
      const appended = await em.query<EventRow[]>(APPEND, [JSON.stringify(events)]);
      if (appended.length < events.length) await this.#refuseOthers(em, events);
      return appended;
    });
    return rows.map(recorded);
  }

  /** An id stands for one event: a second one under it would be lost without a word. */
  async #refuseOthers(em: Transaction, events: CanonicalEvent[]): Promise<void> {
    const stored = new Map((await this.findAll(em, events)).map(event => [`${event.source} ${event.id}`, event]));
    for (const { source, id, type, key } of events) {
      const taken = stored.get(`${source} ${id}`);
      if (taken && (taken.type !== type || taken.key !== key))
        throw new Problem(
          'internal',
          `The id ${id} of ${source} is that of ${taken.type} of ${taken.key}, and can't be that of ${type} of ${key} too`,
        );
    }
  }

  async find(em: Transaction, source: string, id: string): Promise<RecordedEvent | undefined> {
    const rows = await em.query<EventRow[]>('select * from events.event where source = $1 and id = $2', [source, id]);
    return rows.map(recorded)[0];
  }

  /** Those of these events that the log has, in its order. */
  async findAll(em: Transaction, events: Pick<CanonicalEvent, 'source' | 'id'>[]): Promise<RecordedEvent[]> {
    const rows = await em.query<EventRow[]>(
      'select * from events.event where (source, id) in (select * from unnest($1::text[], $2::text[])) order by pos',
      [events.map(({ source }) => source), events.map(({ id }) => id)],
    );
    return rows.map(recorded);
  }

  /** For each key, its newest event of these types, if there is one. */
  async latestOf(em: Transaction, keys: (string | undefined)[], types: EventType[]): Promise<Map<string, RecordedEvent>> {
    const known = [...new Set(keys)].filter(key => key !== undefined);
    if (known.length === 0) return new Map();
    const rows = await em.query<EventRow[]>(
      `select e.* from unnest($1::text[]) k(key), lateral (
         select * from events.event where key = k.key and type = any($2) order by key_seq desc limit 1) e`,
      [known, types],
    );
    return new Map(rows.map(row => [row.key, recorded(row)]));
  }

  /** The newest event of a key, optionally of the given types. */
  async latest(em: Transaction, key: string, types?: EventType[]): Promise<RecordedEvent | undefined> {
    const rows = await em.query<EventRow[]>(
      'select * from events.event where key = $1 and ($2::text[] is null or type = any($2)) order by key_seq desc limit 1',
      [key, types ?? null],
    );
    return rows.map(recorded)[0];
  }
}

export function recorded(row: EventRow): RecordedEvent {
  return {
    id: row.id,
    source: row.source,
    type: row.type,
    key: row.key,
    time: row.time.toISOString(),
    data: row.data,
    legalEntities: row.legal_entities,
    correlationId: row.correlation_id,
    ...(row.traceparent ? { traceparent: row.traceparent } : {}),
    ...(row.actor ? { actor: row.actor } : {}),
    pos: String(row.pos),
    keySeq: Number(row.key_seq),
    recordedAt: row.recorded_at.toISOString(),
  };
}
