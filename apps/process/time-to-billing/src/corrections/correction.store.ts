import { Injectable } from '@nestjs/common';
import type { MappingKind } from '#apis/mappings';
import type { EventData } from '#apis';
import { shortened } from '#canonical';
import { Mappings, type Translation, wordKey } from '#mappings';
import { signal, type Transaction } from '#persistence';
import { TOPICS } from '../jobs/topics.js';
import { type Line, workDateOf } from '../lines/line.js';
import { dayBefore } from '../periods/calendar.rules.js';
import type { PriceDifference } from './corrected-prices.rules.js';
import type { Days, MovedDays } from './ends.rules.js';

/**
 * Rates, cards and terms that were changed together, and how far the lines that they may affect
 * have been checked.
 */
export interface Correction {
  id: string;
  /** Projects still to be checked; in the first one, only lines after this work date and id. */
  projects: string[];
  after: [string, string] | null;
  fromDate: string;
  /**
   * What the person who changed the rates said about lines that are already priced; null: the
   * policy decides.
   */
  answer: 're-rate' | 'keep' | null;
  /** Names of the rows, for people. */
  what: string;
}

/** A line's price before, and the corrected rows that changed it. */
export interface ReRated {
  was: PriceDifference['was'];
  what: string;
}

export interface RecordedDifference extends PriceDifference {
  lineId: string;
  version: number;
  state: 're-rated' | 'asked' | 'kept';
}

/** A line that the correction may affect. */
export interface Candidate {
  id: string;
  workDate: string;
  projectId: string;
  /** The line's place in the order in which all lines would be priced. */
  turn: number;
}

const AT_ONCE = 10_000;
/** The longest list of row names that people are shown. */
const WHAT_LENGTH = 300;
/** Most projects of a card have few lines or none, so they are checked together. */
const PROJECTS_AT_ONCE = 100;
/**
 * A shared lock while new prices are written, so that a correction looks for lines only once the
 * prices are there.
 */
const WRITING = 7_846_511;

/** Rows that were replaced by equal rows are not corrected. */
const NET = `
  select f.what, f.id, f.seq, f.before, l.after from
    (select distinct on (what, id) what, id, seq, before from changed order by what, id, seq) f
    join (select distinct on (what, id) what, id, after from changed order by what, id, seq desc) l using (what, id)
  where (f.before - 'legal_entities' - 'origin') is distinct from (l.after - 'legal_entities' - 'origin')
    -- Another day's exchange rate corrects none.
    and (f.what <> 'exchange-rate' or f.before is not null and l.after is not null)`;

/** SQL: whether a card is the default of project `p`'s legal entity. */
const isDefaultCard = (card: string): string => `exists (
  select 1 from default_card d where d.card = ${card} and d.entity = p.financial -> 'dimensions' ->> 'legalEntity')`;

/** The id under which a change of a mapping is noted. */
export const mappingId = (kind: string, source: string): string => `mapping ${kind} ${source}`;

const TAKE = `
  with default_card as (select entity, card from jsonb_to_recordset($3::jsonb) as d(entity text, card text)),
  changed as (
    update billing.price_change set correction = $1 where seq in (
      -- Those of others are none of a legal entity's: it is told the names of the rows, and answers for all lines that they touch.
      select c.seq from billing.price_change c, (
        select answer, legal_entities from billing.price_change where correction is null order by seq limit 1) oldest
      where c.correction is null and c.answer is not distinct from oldest.answer and c.legal_entities = oldest.legal_entities
      order by c.seq limit $2 for update of c) returning *),
  net as (${NET}),
  sides as (
    select what, id, side,
      -- Days before the first that moved are what they were.
      case when before ->> 'from' is distinct from after ->> 'from' then date '0001-01-01'
        else least((before ->> 'to')::date, (after ->> 'to')::date) end moved
    from net, unnest(array[before, after]) side where side is not null),
  worked_on as (
    select s.id worker, l.project_id project from sides s join billing.line l on l.worker_id = s.id
    where s.what = 'worker' and l.approved and l.assessment = 'priced' and l.work_date >= s.moved),
  touched as (
    select p.id project, case when what = 'mapping' then date '0001-01-01' when what in ('project', 'worker') then moved
      else least((side ->> 'from_date')::date, (side ->> 'effective_from')::date) end from_day
    from sides, billing.project p
    where case
      when what = 'line' then p.id = side ->> 'project_id'
      when what = 'project' then p.id = sides.id
      when what = 'worker' then (sides.id, p.id) in (select worker, project from worked_on)
      when what = 'mapping' then case side ->> 'kind'
        when 'rate-card' then side -> 'words' ? (p.financial -> 'dimensions' ->> 'legalEntity')
        else exists (select 1 from billing.rate r where r.origin <> 'stated' and side -> 'words' ? r.role
          and (r.subject in (p.id, p.rate_card) or r.level = 'card' and ${isDefaultCard('r.subject')})) end
      when what = 'exchange-rate' then p.financial ->> 'currency' = side ->> 'to_currency'
      else case side ->> 'level'
        when 'assignment' then exists (select 1 from billing.assignment a where a.id = side ->> 'subject' and a.project_id = p.id)
        when 'customer' then coalesce(p.customer_id, p.financial ->> 'customerId') = side ->> 'subject'
        when 'legal-entity' then p.financial -> 'dimensions' ->> 'legalEntity' = side ->> 'subject'
        when 'card' then p.rate_card = side ->> 'subject' or ${isDefaultCard("side ->> 'subject'")}
        else side ->> 'subject' in (p.id, p.rate_card) end end)
  select (select count(*)::int from changed) changed, (select min(answer) from changed) answer, (select count(*)::int from net) net,
    (select string_agg(distinct id, ', ' order by id) from net) what,
    coalesce((select array_agg(distinct project order by project) from touched), '{}') projects, (select min(from_day)::text from touched) "fromDate"`;

/** Lines of the first project start after the last one checked, so that no line is read twice. */
export const CANDIDATES = `
  select l.id, l.work_date::text "workDate", p.id "projectId", (row_number() over (order by l.check_after, l.seq))::int turn
  from unnest($1::text[]) with ordinality p(id, n), lateral (
    select id, work_date, check_after, seq from billing.line
    where project_id = p.id and (work_date, id) > (case when p.n = 1 then $3::date else $2 end, case when p.n = 1 then $4 else '' end)
      and approved and assessment = 'priced'
    order by work_date, id limit $5) l
  order by p.n, l.work_date, l.id limit $5`;

/**
 * Mappings that prices depend on, and where the words stand that they translate: a legal entity's
 * card, a role of cards and deals.
 */
const WORDS: Partial<Record<MappingKind, string>> = {
  'rate-card': `select distinct financial -> 'dimensions' ->> 'legalEntity' word from billing.project`,
  role: `select distinct role word from billing.rate where origin <> 'stated'`,
};

/** The default cards of the projects' legal entities, however mappings spell their names. */
async function defaultCards(em: Transaction, translations: Translation[]): Promise<{ entity: string; card: string }[]> {
  const entities = await em.query<{ word: string | null }[]>(WORDS['rate-card']!);
  const cards = translations.filter(({ kind }) => kind === 'rate-card');
  const byKey = Map.groupBy(cards, ({ source }) => wordKey(source));
  return entities.flatMap(({ word }) =>
    word === null ? [] : (byKey.get(wordKey(word)) ?? []).map(({ target }) => ({ entity: word, card: target })),
  );
}

interface PriceChange {
  what: 'mapping' | 'line' | MovedDays['what'];
  id: string;
  before: object | null;
  after: object | null;
  legalEntities: string[];
}

/**
 * Notes changes as the database's triggers note those of rates, and signals the job that looks for
 * lines to correct.
 */
async function note(em: Transaction, changes: PriceChange[]): Promise<void> {
  if (changes.length === 0) return;
  await em.query(
    `insert into billing.price_change(what, id, before, after, legal_entities)
     select what, id, nullif(before, 'null'), nullif(after, 'null'), "legalEntities"
     from jsonb_to_recordset($1::jsonb) as r(what text, id text, before jsonb, after jsonb, "legalEntities" text[])`,
    [JSON.stringify(changes)],
  );
  await signal(em, TOPICS.correct);
}

/** Notes that a mapping changed; other apps change mappings. */
export async function noteMapping(em: Transaction, { kind, source, target, previous }: EventData['mapping.changed.v1']): Promise<void> {
  const sql = WORDS[kind as MappingKind];
  if (!sql || previous === undefined) return;
  const rows = await em.query<{ word: string | null }[]>(sql);
  const words = rows.flatMap(({ word }) => (word !== null && wordKey(word) === wordKey(source) ? [word] : []));
  const [before, after] = [previous, target].map(meaning => (meaning === null ? null : { kind, source, target: meaning, words }));
  await note(em, [{ what: 'mapping', id: mappingId(kind, source), before, after, legalEntities: [] }]);
}

/** Notes that the days of a project or a worker changed. */
export async function noteDays(em: Transaction, { what, id, before, after }: MovedDays, legalEntities: string[]): Promise<void> {
  if (before.from !== after.from || before.to !== after.to) await note(em, [{ what, id, before, after, legalEntities }]);
}

/** Notes that lines leave a day that others were priced with, and what they had of it. */
export const noteLeft = (em: Transaction, lines: Line[]): Promise<void> =>
  note(
    em,
    lines.map(({ id, kind, entry, priced, legalEntities }) => {
      const day = workDateOf({ kind, entry });
      const had = kind === 'time' ? { share: priced!.share } : { entry, billed: priced!.transaction.amount };
      // A trip that became shorter ended on the day before.
      const before = { project_id: entry.projectId, email: entry.person.email, day, from_date: kind === 'time' ? day : dayBefore(day), ...had };
      return { what: 'line', id, before, after: null, legalEntities };
    }),
  );

/** The transaction setting that says what happens to lines that are already priced. */
export const PRICE_ANSWER = 'throughline.price_answer';

/**
 * Runs `work`, which changes rates, with an answer for lines that are already priced: re-rate those
 * on no invoice, or keep all.
 */
export async function answeredBy(em: Transaction, answer: 're-rate' | 'keep', work: () => Promise<void>): Promise<void> {
  await em.query('select set_config($1, $2, true)', [PRICE_ANSWER, answer]);
  await work();
  await em.query(`select set_config($1, '', true)`, [PRICE_ANSWER]);
}

/**
 * Corrections of rows that lines had been priced by, and what each correction changed on the lines.
 */
@Injectable()
export class CorrectionStore {
  constructor(private readonly mappings: Mappings) {}

  /** The moment up to which changes are visible now; facts read next may lack later changes. */
  async moment(em: Transaction): Promise<string> {
    const [{ moment }] = await em.query<[{ moment: string }]>('select pg_current_snapshot()::text moment');
    return moment;
  }

  /**
   * Whether a rate or term changed since the moment. Until the transaction ends, no correction is
   * looked for.
   */
  async changedSince(em: Transaction, moment: string): Promise<boolean> {
    await em.query('select pg_advisory_xact_lock_shared($1)', [WRITING]);
    const [{ changed }] = await em.query<[{ changed: boolean }]>(
      `select exists (
         select 1 from billing.price_change where xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(xid, $1::pg_snapshot)) changed`,
      [moment],
    );
    return changed;
  }

  /** Waits until prices that were computed before are written. */
  async awaitWrites(em: Transaction): Promise<void> {
    await em.query('select pg_advisory_xact_lock($1)', [WRITING]);
  }

  async anyChange(em: Transaction): Promise<boolean> {
    const [{ any }] = await em.query<[{ any: boolean }]>('select exists (select 1 from billing.price_change where correction is null) "any"');
    return any;
  }

  /** Makes a correction of the noted changes; false when there are none. */
  async gather(em: Transaction): Promise<boolean> {
    const [{ id }] = await em.query<[{ id: string }]>(
      `insert into billing.correction(what, projects, from_date) values ('', '{}', current_date) returning id::text`,
    );
    const [{ changed, answer, net, what, projects, fromDate }] = await em.query<
      [{ changed: number; answer: string | null; net: number; what: string | null; projects: string[]; fromDate: string | null }]
    >(TAKE, [id, AT_ONCE, JSON.stringify(await defaultCards(em, await this.mappings.translations(em)))]);
    if (net === 0 || projects.length === 0) {
      await em.query('delete from billing.price_change where correction = $1', [id]);
      await em.query('delete from billing.correction where id = $1', [id]);
    } else
      await em.query('update billing.correction set what = $2, projects = $3, from_date = $4, answer = $5 where id = $1', [
        id,
        shortened(what!, WHAT_LENGTH),
        projects,
        fromDate,
        answer,
      ]);
    return changed > 0;
  }

  /** The oldest correction that is not done. */
  async next(em: Transaction): Promise<Correction | undefined> {
    const [row] = await em.query<Correction[]>(
      `select id::text, what, answer, projects, after, from_date::text "fromDate" from billing.correction
       where projects <> '{}' order by id limit 1`,
    );
    return row;
  }

  /** Some priced lines, of as many projects as contain them, in the order of project and day. */
  async candidates(em: Transaction, { projects, after, fromDate }: Correction, limit: number): Promise<Candidate[]> {
    return em.query(CANDIDATES, [projects.slice(0, PROJECTS_AT_ONCE), fromDate, after?.[0] ?? fromDate, after?.[1] ?? '', limit]);
  }

  /**
   * Records how far the correction was checked: up to a line, or, with null, all lines of the
   * projects that were checked together.
   */
  async recordProgress(em: Transaction, { id, projects }: Correction, last: Candidate | null): Promise<void> {
    const left = projects.slice(last ? projects.indexOf(last.projectId) : PROJECTS_AT_ONCE);
    await em.query('update billing.correction set projects = $2, after = $3 where id = $1', [id, left, last && [last.workDate, last.id]]);
  }

  /** Projects and workers whose days the correction changed. */
  async movedDays(em: Transaction, { id }: Correction): Promise<MovedDays[]> {
    const rows = await em.query<{ what: MovedDays['what']; id: string; before: Days; after: Days }[]>(
      `with changed as (select * from billing.price_change where correction = $1 and what in ('project', 'worker')) ${NET}`,
      [id],
    );
    return rows;
  }

  async recordDifferences(em: Transaction, correction: string, differences: RecordedDifference[]): Promise<void> {
    if (differences.length === 0) return;
    await em.query(
      `insert into billing.price_difference(line_id, version, correction, was, now, state)
       select "lineId", version, $1, was, nullif(now, 'null'), state
       from jsonb_to_recordset($2::jsonb) as d("lineId" text, version int, was jsonb, now jsonb, state text)
       on conflict (line_id, version) do update set correction = excluded.correction, was = excluded.was, now = excluded.now, state = excluded.state, at = now()`,
      [correction, JSON.stringify(differences)],
    );
  }

  async decided(em: Transaction, lineId: string, version: number, state: 're-rated' | 'kept'): Promise<void> {
    await em.query('update billing.price_difference set state = $3 where line_id = $1 and version = $2', [lineId, version, state]);
  }

  async withdraw(em: Transaction, lineId: string, version: number): Promise<void> {
    await em.query('delete from billing.price_difference where line_id = $1 and version = $2', [lineId, version]);
  }

  /** Of lines that were re-rated, why the versions before these were given up. */
  async reRated(em: Transaction, lines: { id: string; version: number }[]): Promise<Map<string, ReRated>> {
    if (lines.length === 0) return new Map();
    const rows = await em.query<(ReRated & { line_id: string })[]>(
      `select d.line_id, d.was, c.what from billing.price_difference d join billing.correction c on c.id = d.correction
       join jsonb_to_recordset($1::jsonb) as l(id text, version int) on l.id = d.line_id and l.version = d.version + 1 where d.state = 're-rated'`,
      [JSON.stringify(lines.map(({ id, version }) => ({ id, version })))],
    );
    return new Map(rows.map(({ line_id, was, what }) => [line_id, { was, what }]));
  }
}
