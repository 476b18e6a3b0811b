import { folded, type ExternalRef } from '#canonical';
import { Batch } from '#read-model';
import { searchVectorOf } from './search-words.rules.js';

/** Who reported an id; each source's list replaces its earlier one. */
export type RefSource = 'crm' | 'psa' | 'hcm' | 'erp' | 'flow' | 'activation';

export interface SubjectRow {
  id: string;
  kind: 'deal' | 'project' | 'customer' | 'worker' | 'staffing-request' | 'invoice';
  title: string;
  /** Other words that people search it by. */
  words: string[];
  gone: boolean;
  at: string;
}

/**
 * A batch of events about subjects. Projections note here which subjects' ids and legal entities
 * must be derived again at the end.
 */
export class PortalBatch extends Batch {
  readonly touched = new Set<string>();

  /**
   * Notes the nouns; `refreshDerived` derives the subject row of each. `keepTitle`: sets the title
   * only where there is none yet.
   */
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
      [JSON.stringify(rows.map(row => ({ ...row, ...searchColumns(row.title, row.words.join(' ')) }))), keepTitle],
    );
  }

  /** Replaces the ids that `source` reported for these subjects. */
  async refs(source: RefSource, rows: { subject: string; refs: ExternalRef[] }[]): Promise<void> {
    if (rows.length === 0) return;
    for (const { subject } of rows) this.touched.add(subject);
    await this.em.query('delete from portal.alias where said_by = $1 and subject = any($2)', [source, rows.map(row => row.subject)]);
    await this.em.query(
      `insert into portal.alias(native_id, system, account, type, subject, said_by, url)
       select "nativeId", system, account, type, subject, $1, url
       from jsonb_to_recordset($2::jsonb) as r(subject text, system text, account text, type text, "nativeId" text, url text)
       on conflict do nothing`,
      [source, JSON.stringify(rows.flatMap(({ subject, refs }) => refs.map(ref => ({ ...ref, subject }))))],
    );
  }

  /**
   * Replaces the legal entities that subjects concern because of a noun (its id is `because`): a
   * deal makes itself and its customer concern its legal entity. Subjects that lost an entity this
   * way are derived again, too.
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

/** A subject's words, and its title and words in the form in which they are searched. */
export const searchColumns = (title: string, words: string) => ({ words, folded: folded(title), sought: searchVectorOf(`${title} ${words}`) });

export const defined = (...values: (string | undefined | null)[]): string[] =>
  values.filter((value): value is string => typeof value === 'string' && value !== '');
