import { Injectable, type OnModuleInit } from '@nestjs/common';
import { message } from '#apis';
import { cleanText, mintId, RecordFault, shortened, type SetAsideNoun } from '#canonical';
import { Database, refusedValue, RELEASE, signal, withFullView, type Transaction } from '#persistence';
import { log, Metrics, redactText } from '#service';
import { EventPublisher, type NewEvent } from './event-publisher.js';

/** One thing that could not be taken, named so that whoever mends it can find it. */
export interface Item {
  /** The key whose order it keeps: later items of the key may wait for it. */
  key: string;
  /** Identifies it within the key; the same item is set aside only once. */
  item: string;
  system: string;
  noun: string;
  nativeId: string;
  /** The data needed to retry it, when it can't be read again. */
  content?: string;
  legalEntities?: string[];
  correlationId: string;
}

/** An item that failed: the error, and its content, in which the value at fault is looked for. */
export interface FailedItem {
  item: Item;
  error: unknown;
  content?: unknown;
}

export interface SetAsideRow {
  place: string;
  key: string;
  item: string;
  id: string;
  system: string;
  noun: string;
  native_id: string;
  /** What is wrong; null when it only waits behind another. */
  what: string | null;
  content: string | null;
  again: boolean;
  release: string;
  legal_entities: string[];
  correlation_id: string;
}

/** What is set aside and what is stopped, for the places of this process. */
export interface OpenAsides {
  byPlace: Map<string, SetAsideNoun[]>;
  stopped: Set<string>;
}

/** The topic of the signal that something set aside at the place is to be retried. */
export const asideTopic = (place: string): string => `set aside ${place}`;

type CountsOwn = (() => Promise<SetAsideNoun[]>) | undefined;

/** With more failures of a place than this in a minute, the records themselves are not at fault. */
const MOST_A_MINUTE = 20;
/** Likewise with more than a tenth of the records read, once at least this many were read. */
const ENOUGH_TO_JUDGE = 100;
const WHAT_LENGTH = 500;

/**
 * Too many records of a place can't be taken: the fault is not in the records, and the place is
 * stopped.
 */
export class TooManyFailures extends Error {
  constructor(
    readonly place: string,
    readonly what: string,
  ) {
    super(`${place}: ${what}`);
  }
}

/**
 * Throws when there are too many failures for the records to be at fault: these, and those of the
 * last minute, compared with how many were read.
 */
export function refuseTooMany(place: string, fresh: string[], { lately, read }: { lately: number; read: number }): void {
  const shown = fresh.join(', ');
  if (lately > MOST_A_MINUTE) throw new TooManyFailures(place, shortened(`${lately} within a minute could not be taken: ${shown}`, WHAT_LENGTH));
  if (read >= ENOUGH_TO_JUDGE && fresh.length * 10 > read)
    throw new TooManyFailures(place, shortened(`${fresh.length} of ${read} could not be taken: ${shown}`, WHAT_LENGTH));
}

const STOP = /^(\d+ (?:of \d+|within a minute) could not be taken): (.*)$/s;

/** The names in the text that says what stopped a place. */
export const namedByStop = (what: string): string[] => STOP.exec(what)?.[2].split(', ') ?? [];

/** The text that says what stopped a place, with only these names; the others are counted. */
export function stopNaming(what: string, names: string[]): string {
  const sum = STOP.exec(what)?.[1];
  if (sum === undefined) return 'too much could not be taken';
  const others = parseInt(sum) - names.length;
  return names.length === 0 ? sum : `${sum}: ${names.join(', ')}${others > 0 ? ` and ${others} more` : ''}`;
}

const PUT = `
  insert into events.set_aside as a (place, key, item, id, system, noun, native_id, what, content, release, legal_entities, correlation_id)
  select $1, key, item, id, system, noun, "nativeId", what, content, $3, array(select jsonb_array_elements_text("legalEntities")), "correlationId"
  from jsonb_to_recordset($2::jsonb) as r(key text, item text, id text, system text, noun text, "nativeId" text, what text, content text,
    "legalEntities" jsonb, "correlationId" text)
  on conflict (place, key, item) do update set system = excluded.system, noun = excluded.noun, native_id = excluded.native_id, what = excluded.what,
    content = excluded.content, release = excluded.release, again = false
    where a.again or (a.what, a.content, a.release) is distinct from (excluded.what, excluded.content, excluded.release)
  returning key, item, xmax = 0 fresh`;

const COUNTS = 'select place, noun, count(*)::int records from events.set_aside where place = any($1) group by place, noun order by place, noun';

const CLOSE = `delete from events.set_aside where place = $1 and (key, item) in (select * from unnest($2::text[], $3::text[])) returning *`;

/**
 * Records and events that could not be taken because of their content. Each is set aside by itself,
 * so that all others go on. `place` names who could not take it: a feed, a reader of the log, a
 * job. Every change is published as an event, from which the app that has the desk makes an
 * exception.
 */
@Injectable()
export class SetAsides implements OnModuleInit {
  readonly #places = new Map<string, CountsOwn>();

  constructor(
    private readonly events: EventPublisher,
    private readonly metrics: Metrics,
    private readonly dataSource: Database,
  ) {}

  onModuleInit(): void {
    this.metrics.gauge(
      'throughline_set_aside_open',
      'Records and events that wait set aside, held ones included.',
      ['place', 'noun'],
      async gauge => {
        gauge.reset();
        for (const [place, nouns] of (await this.open()).byPlace) for (const { noun, records } of nouns) gauge.set({ place, noun }, records);
      },
    );
    this.metrics.gauge('throughline_set_aside_stopped', '1 where too much was set aside, so that nothing is read.', ['place'], async gauge => {
      const { stopped } = await this.open();
      for (const place of this.#places.keys()) gauge.set({ place }, stopped.has(place) ? 1 : 0);
    });
  }

  /** For the places of this process. */
  async open(): Promise<OpenAsides> {
    if (!this.dataSource.isInitialized) return { byPlace: new Map(), stopped: new Set() };
    const places = [...this.#places.keys()];
    const byPlace = await this.counts(places);
    for (const [place, own] of this.#places) {
      const nouns = (await own?.()) ?? [];
      if (nouns.length > 0) byPlace.set(place, [...(byPlace.get(place) ?? []), ...nouns]);
    }
    const stopped = await this.dataSource.query<{ place: string }[]>('select place from events.stopped where place = any($1)', [places]);
    return { byPlace, stopped: new Set(stopped.map(({ place }) => place)) };
  }

  /** How many are set aside, by place and noun; places without any are left out. */
  async counts(places: string[]): Promise<Map<string, SetAsideNoun[]>> {
    const rows = await this.dataSource.query<(SetAsideNoun & { place: string })[]>(COUNTS, [places]);
    const byPlace = Map.groupBy(rows, ({ place }) => place);
    return new Map([...byPlace].map(([place, nouns]) => [place, nouns.map(({ noun, records }) => ({ noun, records }))]));
  }

  /**
   * Declares a place of this process. `own` counts what the place keeps set aside in rows of its
   * own.
   */
  declare(place: string, own?: CountsOwn): void {
    this.#places.set(place, own);
  }

  /** The rows of a place, in order; only those of the given keys, if any are given. */
  rows(em: Transaction, place: string, keys: string[] | null = null): Promise<SetAsideRow[]> {
    return em.query<SetAsideRow[]>('select * from events.set_aside where place = $1 and ($2::text[] is null or key = any($2)) order by n', [
      place,
      keys,
    ]);
  }

  /**
   * The rows to retry, because a person asked for it or another release runs, and those that wait
   * behind them.
   */
  async due(em: Transaction, place: string): Promise<SetAsideRow[]> {
    return em.query<SetAsideRow[]>(
      `select * from events.set_aside where place = $1 and key in (
         select key from events.set_aside where place = $1 and (again or release <> $2)) order by n for update`,
      [place, RELEASE],
    );
  }

  /**
   * Sets aside the failed items, with the reasons, and the items that must wait behind them. `read`
   * is how many were read together with them. If too many are new it throws `TooManyFailures`, so
   * that the caller's transaction does nothing. An item that fails again in the same way is not
   * published again.
   */
  async put(em: Transaction, place: string, { failed, held = [], read }: { failed: FailedItem[]; held?: Item[]; read: number }): Promise<void> {
    if (failed.length === 0 && held.length === 0) return;
    const all = [
      ...failed.map(({ item, error, content }) => rowOf(place, item, faultText(error, content))),
      ...held.map(item => rowOf(place, item, null)),
    ];
    // An item that is shown twice counts once.
    const rows = [...new Map(all.map(row => [JSON.stringify([row.key, row.item]), row])).values()];
    const changed = await em.query<{ key: string; item: string; fresh: boolean }[]>(PUT, [place, JSON.stringify(rows), RELEASE]);
    if (changed.length === 0) return;
    const states = new Map(changed.map(({ key, item, fresh }) => [JSON.stringify([key, item]), fresh]));
    const announced = [...new Map(failed.map(one => [JSON.stringify([one.item.key, one.item.item]), one])).values()].filter(
      ({ item: { key, item } }) => states.has(JSON.stringify([key, item])),
    );
    await this.#refuseTooMany(
      em,
      place,
      announced.filter(({ item: { key, item } }) => states.get(JSON.stringify([key, item]))),
      read,
    );
    await this.#publish(em, await this.rows(em, place, [...new Set(changed.map(({ key }) => key))]), 'open');
    for (const { item, error, content } of announced) {
      this.metrics.counter('throughline_set_aside_total', 'Records and events that were set aside.', ['place']).inc({ place });
      const { key, system, noun, nativeId } = item;
      log.error({ part: 'set-aside', place, key, system, noun, nativeId, what: faultText(error, content) }, 'a record was set aside');
    }
  }

  async #refuseTooMany(em: Transaction, place: string, fresh: { item: Item }[], read: number): Promise<void> {
    if (fresh.length === 0) return;
    const [{ lately }] = await em.query<{ lately: number }[]>(
      `select count(*)::int lately from events.set_aside where place = $1 and what is not null and at > clock_timestamp() - interval '1 minute'`,
      [place],
    );
    refuseTooMany(
      place,
      fresh.map(({ item }) => item.nativeId),
      { lately, read },
    );
  }

  /** They are being looked for, and are not due again meanwhile. */
  async markTried(em: Transaction, place: string, rows: Pick<SetAsideRow, 'key' | 'item'>[]): Promise<void> {
    if (rows.length === 0) return;
    await em.query(
      'update events.set_aside set again = false, release = $4 where place = $1 and (key, item) in (select * from unnest($2::text[], $3::text[]))',
      [place, rows.map(({ key }) => key), rows.map(({ item }) => item), RELEASE],
    );
  }

  /** They were taken, or overtaken by something newer. */
  async close(em: Transaction, place: string, rows: Pick<SetAsideRow, 'key' | 'item'>[]): Promise<void> {
    if (rows.length === 0) return;
    const [closed] = await em.query<[SetAsideRow[], number]>(CLOSE, [place, rows.map(({ key }) => key), rows.map(({ item }) => item)]);
    await this.#publish(em, closed, 'closed');
  }

  /**
   * Too many failures: nothing of the place is read until a person says so or another release runs.
   */
  async stop(em: Transaction, { place, what }: TooManyFailures): Promise<void> {
    const id = mintId('exception', 'stopped', place);
    const fresh = await em.query<unknown[]>(
      'insert into events.stopped(place, id, what, release) values ($1, $2, $3, $4) on conflict (place) do update set what = $3, release = $4 returning 1',
      [place, id, what, RELEASE],
    );
    if (fresh.length === 0) return;
    await this.events.publish(em, [stopEvent(place, id, 'open', what)]);
    log.error({ part: 'set-aside', place, what }, 'too much could not be taken; nothing more is read');
  }

  /** True while the place is stopped. A stop under another release does not hold under this one. */
  async stopped(em: Transaction, place: string): Promise<boolean> {
    const [rows] = await em.query<[{ id: string; what: string }[], number]>(
      'delete from events.stopped where place = $1 and release <> $2 returning id, what',
      [place, RELEASE],
    );
    await this.events.publish(
      em,
      rows.map(({ id, what }) => stopEvent(place, id, 'closed', what)),
    );
    return (await em.query<unknown[]>('select 1 from events.stopped where place = $1', [place])).length > 0;
  }

  /**
   * A person's decision about one, by its exception's id: retry it, or skip it so that those behind
   * it go on.
   */
  decide(em: Transaction, id: string, action: 'retry' | 'skip'): Promise<void> {
    return withFullView('what was set aside is named by its exception, of which the caller may decide', () => this.#decide(em, id, action));
  }

  async #decide(em: Transaction, id: string, action: 'retry' | 'skip'): Promise<void> {
    const [stopped] = await em.query<[{ place: string; what: string }[], number]>('delete from events.stopped where id = $1 returning place, what', [
      id,
    ]);
    for (const { place, what } of stopped) {
      await this.events.publish(em, [stopEvent(place, id, 'closed', what)]);
      await signal(em, asideTopic(place));
    }
    const [[row]] = await em.query<[SetAsideRow[], number]>(
      action === 'retry'
        ? 'update events.set_aside set again = true where id = $1 returning *'
        : 'delete from events.set_aside where id = $1 returning *',
      [id],
    );
    if (!row) return;
    await em.query('update events.set_aside set again = true where place = $1 and key = $2', [row.place, row.key]);
    await signal(em, asideTopic(row.place));
  }

  /** Publishes one event per failed item, with how many wait behind it. */
  async #publish(em: Transaction, rows: SetAsideRow[], state: 'open' | 'closed'): Promise<void> {
    const held = (key: string) => rows.filter(row => row.key === key && row.what === null).length;
    await this.events.publish(
      em,
      rows.filter(({ what }) => what !== null).map(row => changed(row, state, state === 'open' ? held(row.key) : 0)),
    );
  }
}

function rowOf(place: string, item: Item, what: string | null): Item & { id: string; what: string | null } {
  return {
    ...item,
    what,
    id: mintId('exception', 'set-aside', place, item.key, item.item),
    nativeId: cleanText(item.nativeId),
    legalEntities: (item.legalEntities ?? []).map(cleanText),
  };
}

/** What is wrong: the field and the rule it breaks if known, otherwise the error's own words. */
export function faultText(error: unknown, content?: unknown): string {
  const words = error instanceof Error ? error.message : String(error);
  const text = error instanceof RecordFault ? error.fields.map(({ message }) => message).join(' ') : (refusedValue(error, content) ?? words);
  return shortened(redactText(cleanText(text)), WHAT_LENGTH);
}

let sequence = 0;

function changed(row: SetAsideRow, state: 'open' | 'closed', held: number): SetAsideEvent {
  const { id, place, system, noun, native_id: nativeId, legal_entities: legalEntities, correlation_id: correlationId } = row;
  const reason = message('set-aside.record', { system, noun, nativeId, place, what: row.what! });
  return eventOf({ id, place, state, system, noun, nativeId, reason, held }, legalEntities, correlationId);
}

function stopEvent(place: string, id: string, state: 'open' | 'closed', what: string): SetAsideEvent {
  const reason = message('set-aside.stopped', { place, what });
  return eventOf({ id, place, state, system: 'throughline', noun: 'place', nativeId: place, reason, held: 0 }, [], id);
}

type SetAsideEvent = NewEvent<'set-aside.changed.v1'>;

function eventOf(data: SetAsideEvent['data'], legalEntities: string[], correlationId: string): SetAsideEvent {
  const id = `${data.id}:${data.state}:${new Date().toISOString()}:${process.pid}:${++sequence}`;
  return { id, type: 'set-aside.changed.v1', key: data.id, data, legalEntities, correlationId };
}
