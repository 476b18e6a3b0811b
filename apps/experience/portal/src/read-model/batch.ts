import { folded, type EventData, type EventType, type ExternalRef, type RecordedEvent } from '#canonical';
import type { Transaction } from '#persistence';
import { soughtOf } from '../subjects/search-words.rules.js';

/** Who told an address; each teller's list replaces what it told before. */
export type Teller = 'crm' | 'psa' | 'hcm' | 'erp' | 'flow' | 'activation';

export interface SubjectRow {
  id: string;
  kind: 'deal' | 'project' | 'customer' | 'worker' | 'staffing-request' | 'invoice';
  title: string;
  /** What else people type when they look for it. */
  words: string[];
  gone: boolean;
  at: string;
}

/**
 * Some events on their way into the read model, in one transaction. Projections write sets, never row by row, and note here whose
 * legal entities and which groups have to be worked out again at the end.
 */
export class Batch {
  readonly touched = new Set<string>();

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

  /** Notes the nouns; the subject row of each is worked out by `settle`. `keepTitle`: only where there is none yet. */
  async subjects(rows: SubjectRow[], { keepTitle = false } = {}): Promise<void> {
    if (rows.length === 0) return;
    for (const { id } of rows) this.touched.add(id);
    await this.em.query(
      `insert into portal.subject as s (id, kind, title, words, folded, sought, gone, changed_at)
       select id, kind, title, words, folded, sought::tsvector, gone, at
       from jsonb_to_recordset($1::jsonb) as r(id text, kind text, title text, words text, folded text, sought text, gone boolean, at timestamptz)
       on conflict (id) do update set title = case when $2 then s.title else excluded.title end,
         words = case when $2 then s.words else excluded.words end, folded = case when $2 then s.folded else excluded.folded end,
         sought = case when $2 then s.sought else excluded.sought end, gone = excluded.gone, changed_at = excluded.changed_at`,
      [JSON.stringify(rows.map(row => ({ ...row, ...searched(row.title, row.words.join(' ')) }))), keepTitle],
    );
  }

  /** Replaces what `teller` said about where these subjects are. */
  async refs(teller: Teller, rows: { subject: string; refs: ExternalRef[] }[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { subject } of rows) this.touched.add(subject);
    await this.em.query('delete from portal.alias where said_by = $1 and subject = any($2)', [teller, rows.map(row => row.subject)]);
    await this.em.query(
      `insert into portal.alias(native_id, system, account, type, subject, said_by, url)
       select "nativeId", system, account, type, subject, $1, url
       from jsonb_to_recordset($2::jsonb) as r(subject text, system text, account text, type text, "nativeId" text, url text)
       on conflict do nothing`,
      [teller, JSON.stringify(rows.flatMap(({ subject, refs }) => refs.map(ref => ({ ...ref, subject }))))],
    );
  }

  /**
   * Replaces what `because` (a noun's id) makes subjects concern: a deal makes itself and its customer concern its legal entity.
   * Subjects it made concern one before and no longer does are worked out again too.
   */
  async concerns(because: string[], rows: { subject: string; because: string; entities: string[] }[]): Promise<void> {
    if (because.length === 0) return;
    const [before] = await this.em.query<[{ subject: string }[], number]>('delete from portal.concern where because = any($1) returning subject', [
      because,
    ]);
    for (const { subject } of [...before, ...rows]) this.touched.add(subject);
    await this.em.query(
      `insert into portal.concern(subject, because, entity)
       select subject, because, entity from jsonb_to_recordset($1::jsonb) as r(subject text, because text, entity text) on conflict do nothing`,
      [JSON.stringify(rows.flatMap(({ subject, because: why, entities }) => entities.map(entity => ({ subject, because: why, entity }))))],
    );
  }
}

/** A subject's words, and both it and its title as they are searched. */
export const searched = (title: string, words: string) => ({ words, folded: folded(title), sought: soughtOf(`${title} ${words}`) });

function idOf({ data, key }: RecordedEvent): string {
  const { state, id } = data as { state?: { id?: string }; id?: string };
  return state?.id ?? id ?? key;
}

/** The entities a noun names itself; an event's only where it names none, since an event also goes to who could see it before. */
export const entitiesOf = (event: RecordedEvent, own: string | undefined): string[] => (own ? [own] : [...new Set(event.legalEntities)]);

export const defined = (...values: (string | undefined | null)[]): string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '');

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
