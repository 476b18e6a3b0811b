import { Injectable } from '@nestjs/common';
import type { Decimal } from 'decimal.js';
import { maySee, type Principal } from '#auth';
import type { AccountingPeriod, Assignment, FinancialProject, Money } from '#canonical';
import { Mappings, MappingTable, type Translation } from '#mappings';
import { Database, type ReadRow, signal, type Transaction } from '#persistence';
import { ErpMeans } from '../erp-means.js';
import { mappingId } from '../corrections/correction.store.js';
import { TOPICS } from '../jobs/topics.js';
import type { Waiting } from '../caps/not-to-exceed.rules.js';
import { knowsTheDay, type DayShare } from '../pricing/time.rules.js';
import { type ExpenseTerm, hangsOnOthers } from '../pricing/expense-terms.rules.js';
import type { OtherExpense } from '../pricing/expense-units.rules.js';
import type { BillingPolicy, LineFacts, ProjectFacts, WorkerFacts } from './line-facts.js';
import type { DatedExchangeRate } from '../rates/exchange-rates.rules.js';
import { expenseTerm } from './expense-term.table.js';
import { rate } from './rate.table.js';
import type { RateRow } from '../rates/rates.rules.js';

/** What identifies a line when its facts are looked up. */
export interface LineKey {
  id: string;
  projectId: string;
  email: string;
  workDate: string;
  kind: 'time' | 'expense';
  /** Its own minutes of that day, when they count among the approved ones. */
  ownMinutes: number;
}

/** A person's day on a project. */
type Day = Pick<LineKey, 'projectId' | 'email' | 'workDate'>;

/** Who the facts are read for, and as of when. */
export interface Perspective {
  /** A project of other legal entities is treated like one that does not exist. */
  viewer?: Principal;
  /** Read rates and terms as they were before this correction. */
  before?: string;
  /** The lines are priced already and are compared with a new price, each by itself. */
  again?: boolean;
  /** Lines whose prices don't count, since they are about to be priced again. */
  without?: string[];
}

/** What is consumed of a project's not-to-exceed limit, and the limit; null when it has none. */
export interface CapHeadroom {
  consumed: string;
  limit: Money | null;
}

interface ProjectRow {
  id: string;
  deal_id: string | null;
  title: string | null;
  customer_id: string | null;
  customer_name: string | null;
  rate_card: string | null;
  financial: Partial<FinancialProject> | null;
  ended_on: string | null;
  delivery_ended_on: string | null;
  legal_entities: string[];
}

const keptRate = rate.without('legalEntities');
type KeptRate = ReadRow<typeof keptRate.columns>;

const ratesIn = (source: string): string => `
  select ${keptRate.selected('r')} from ${source}
  where (r.level = 'card' and r.subject = any($1)) or (r.level <> 'card' and r.subject = any($2))`;

type PriceTable = 'rate' | 'expense-term' | 'exchange-rate';

/**
 * Where a table's rows `r` are read from: the current rows, or those before a correction, whose id
 * is a number.
 */
function sourceOf(what: PriceTable, correction: string | undefined): string {
  const table = `billing.${what.replace('-', '_')}`;
  if (correction === undefined) return `${table} r`;
  const changed = `from billing.price_change where correction = ${BigInt(correction)} and what = '${what}'`;
  return `(
    select * from ${table} where id not in (select id ${changed})
    union all
    select r.* from (select distinct on (id) before ${changed} order by id, seq) c, jsonb_populate_record(null::${table}, c.before) r
    where c.before is not null) r`;
}

/** Reads what checks and prices need, for many lines at once. */
@Injectable()
export class ReferenceStore {
  constructor(
    private readonly dataSource: Database,
    private readonly mappings: Mappings,
    private readonly means: ErpMeans,
  ) {}

  /** The facts of each line, by its id. The number of statements does not grow with the lines. */
  async factsOf(
    asking: LineKey[],
    workers: Map<string, WorkerFacts>,
    policy: BillingPolicy,
    { viewer, before, without = [] }: Perspective = {},
  ): Promise<Map<string, LineFacts>> {
    const mappings = await this.#mappings(before);
    const projects = await this.#projects([...new Set(asking.map(line => line.projectId))], viewer);
    const [assignments, staffed, exchangeRates, periods, minutes, shares, rates, terms] = await Promise.all([
      this.#assignments(asking),
      this.#staffed([...projects.keys()]),
      this.#exchangeRates(policy, before),
      this.periods(this.dataSource.manager),
      this.#minutes(asking),
      knowsTheDay(policy) ? this.#shares(asking, before, without) : [],
      this.#rates(projects, mappings, before),
      this.#terms(projects, before),
    ]);
    // Computed once a project, however many lines it has.
    const ratesOf = new Map([...projects].map(([id, project]) => [id, ratesFor(project, rates, mappings)]));
    const ratesOfAssignments = Map.groupBy(
      rates.filter(({ level }) => level === 'assignment').map(row => rateOf(row, 'assignment', row.subject, mappings)),
      ({ subject }) => subject,
    );
    const expenses = terms.some(hangsOnOthers) ? await this.#expenses(asking, before) : new Map<string, OtherExpense[]>();
    return new Map(
      asking.map(line => {
        const project = projects.get(line.projectId) ?? null;
        const worker = workers.get(workerKey(line)) ?? { matches: 0 };
        const own = assignments.get(`${line.projectId} ${line.email}`) ?? [];
        const facts: LineFacts = {
          policy,
          project: project && factsOfProject(project),
          worker,
          assignments: own,
          projectStaffed: staffed.has(line.projectId),
          rates: project ? [...ratesOf.get(project.id)!, ...own.flatMap(({ id }) => ratesOfAssignments.get(id) ?? [])] : [],
          expenseTerms: project ? termsFor(project, own, terms) : [],
          otherExpenses: (line.kind === 'expense' && expenses.get(`${line.projectId} ${line.email}`)) || [],
          exchangeRates,
          periods,
          mapping: (kind, source) => mappings.get(kind, source),
          // For a worker whom the viewer may not see, don't reveal how much they worked elsewhere
          // either.
          sharesThatDay: shares.flatMap(share => (share.id !== line.id && dayKey(share) === dayKey(line) ? [share.share] : [])),
          otherMinutesThatDay: viewer && worker.matches === 0 ? 0 : (minutes.get(`${line.email} ${line.workDate}`) ?? 0) - line.ownMinutes,
        };
        return [line.id, facts];
      }),
    );
  }

  /**
   * Locks the caps of these projects in order; returns what is consumed and the limit. A project
   * without a row has no known limit.
   */
  async lockCaps(em: Transaction, projects: string[]): Promise<Map<string, CapHeadroom>> {
    if (projects.length === 0) return new Map();
    await em.query('insert into billing.cap(project_id) select unnest($1::text[]) on conflict do nothing', [projects]);
    await em.query('select 1 from billing.cap where project_id = any($1) order by project_id for update', [projects]);
    // Only a statement that starts after the lock was taken sees what was committed during the
    // wait.
    const rows = await em.query<(CapHeadroom & { project_id: string })[]>(
      `select c.project_id, c.consumed::text, (select p.financial -> 'notToExceed' from billing.project p where p.id = c.project_id) "limit"
       from billing.cap c where c.project_id = any($1)`,
      [projects],
    );
    return new Map(rows.map(({ project_id, consumed, limit }) => [project_id, { consumed, limit }]));
  }

  /** The oldest line of each project whose overage waits for headroom, except these lines. */
  async oldestOverage(em: Transaction, projects: string[], except: string[]): Promise<Map<string, Waiting>> {
    const rows = await em.query<{ project_id: string; id: string; work_date: string }[]>(
      `select p.id project_id, l.id, l.work_date::text from unnest($1::text[]) p(id), lateral (
         select id, work_date from billing.line where project_id = p.id and overage_amount > 0 and faults is null and id <> all($2) order by work_date, id limit 1) l`,
      [projects, except],
    );
    return new Map(rows.map(({ project_id, id, work_date }) => [project_id, { lineId: id, workDate: work_date }]));
  }

  /** Signals that overage may fit: headroom came free, or the first waiting line is gone. */
  async freeCaps(em: Transaction, projects: string[]): Promise<void> {
    if (projects.length === 0) return;
    await em.query('update billing.cap set freed = true where project_id = any($1)', [projects]);
    await signal(em, TOPICS.overage);
  }

  /**
   * Records what was consumed or given back. Headroom that was given back may let overage go on.
   */
  async moveCaps(em: Transaction, changes: Map<string, Decimal>): Promise<void> {
    if (changes.size === 0) return;
    await em.query(
      `update billing.cap c set consumed = c.consumed + d.change, freed = c.freed or d.change < 0
       from jsonb_to_recordset($1::jsonb) as d(id text, change numeric) where c.project_id = d.id`,
      [JSON.stringify([...changes].map(([id, change]) => ({ id, change: change.toFixed() })))],
    );
    if ([...changes.values()].some(change => change.isNegative())) await signal(em, TOPICS.overage);
  }

  /** The current mappings, or those before a correction. */
  async #mappings(before: string | undefined): Promise<MappingTable> {
    if (before === undefined) return this.mappings.table();
    const changed = await this.dataSource.query<{ id: string; before: Translation | null }[]>(
      `select distinct on (id) id, before from billing.price_change where correction = $1 and what = 'mapping' order by id, seq`,
      [before],
    );
    const ids = new Set(changed.map(({ id }) => id));
    const kept = (await this.mappings.translations()).filter(({ kind, source }) => !ids.has(mappingId(kind, source)));
    const rows = [...kept, ...changed.flatMap(change => change.before ?? [])];
    return new MappingTable(rows);
  }

  async #projects(ids: string[], viewer?: Principal): Promise<Map<string, ProjectRow>> {
    const rows = await this.dataSource.query<ProjectRow[]>(
      'select *, ended_on::text, delivery_ended_on::text from billing.project where id = any($1)',
      [ids],
    );
    return new Map(rows.filter(row => !viewer || maySee(viewer, row.legal_entities)).map(row => [row.id, row]));
  }

  async #assignments(asking: LineKey[]): Promise<Map<string, Assignment[]>> {
    const rows = await this.dataSource.query<{ project_id: string; email: string; state: Assignment }[]>(
      `select a.project_id, a.email, a.state from billing.assignment a
       join (select distinct project, email from unnest($1::text[], $2::text[]) as t(project, email)) t on a.project_id = t.project and a.email = t.email`,
      [asking.map(line => line.projectId), asking.map(line => line.email)],
    );
    const grouped = Map.groupBy(rows, row => `${row.project_id} ${row.email}`);
    return new Map([...grouped].map(([key, group]) => [key, group.map(({ state }) => state)]));
  }

  async #staffed(projects: string[]): Promise<Set<string>> {
    const rows = await this.dataSource.query<{ id: string }[]>(
      `select p.id from unnest($1::text[]) p(id) where exists (select 1 from billing.assignment a where a.project_id = p.id)`,
      [projects],
    );
    return new Set(rows.map(({ id }) => id));
  }

  async #exchangeRates({ exchangeRateDays }: BillingPolicy, before: string | undefined): Promise<DatedExchangeRate[]> {
    return this.dataSource.query<DatedExchangeRate[]>(
      `select id, from_currency "from", to_currency "to", effective_from::text "effectiveFrom", rate::text, nullif($1::int, 0) "goodForDays"
       from ${sourceOf('exchange-rate', before)}`,
      [exchangeRateDays],
    );
  }

  /** null: the ERP publishes no periods and never will. */
  async periods(em: Transaction): Promise<AccountingPeriod[] | null> {
    const periods = await em.query<AccountingPeriod[]>(
      `select id, legal_entity "legalEntity", name, start_date::text "startDate", end_date::text "endDate", open from billing.period order by start_date`,
    );
    return periods.length > 0 || (await this.means.tellsBooks()) ? periods : null;
  }

  /** Approved minutes by person and day, over all projects. */
  async #minutes(asking: LineKey[]): Promise<Map<string, number>> {
    const rows = await this.dataSource.query<{ email: string; work_date: string; minutes: string }[]>(
      `select t.email, t.day::text work_date, l.minutes from (select distinct email, day from unnest($1::text[], $2::date[]) as t(email, day)) t,
         lateral (
           select sum(minutes) minutes from billing.line where kind = 'time' and approved and email = t.email and work_date = t.day) l
       where l.minutes is not null`,
      [asking.map(line => line.email), asking.map(line => line.workDate)],
    );
    return new Map(rows.map(row => [`${row.email} ${row.work_date}`, Number(row.minutes)]));
  }

  /** The parts that priced lines have of the requested days. */
  async #shares(asking: LineKey[], before: string | undefined, without: string[]): Promise<(Day & { id: string; share: DayShare })[]> {
    return this.dataSource.query<(Day & { id: string; share: DayShare })[]>(
      `select l.id, l.project_id "projectId", l.email, l.work_date::text "workDate", l.priced -> 'share' share from billing.line l
       join (select distinct project, email, day from unnest($1::text[], $2::text[], $3::date[]) as t(project, email, day)) t
         on l.email = t.email and l.work_date = t.day and l.project_id = t.project
       where l.kind = 'time' and l.approved and l.assessment = 'priced' and l.priced ? 'share' and l.id <> all($4)
       union all
       select c.id, c.before ->> 'project_id', c.before ->> 'email', c.before ->> 'day', c.before -> 'share' from billing.price_change c
       where c.correction = $5::bigint and c.what = 'line' and c.before ->> 'share' is not null`,
      [asking.map(line => line.projectId), asking.map(line => line.email), asking.map(line => line.workDate), without, before ?? null],
    );
  }

  /** The approved expenses of each person on each project, with the amounts they are billed at. */
  async #expenses(asking: LineKey[], before: string | undefined): Promise<Map<string, OtherExpense[]>> {
    const asked = asking.filter(({ kind }) => kind === 'expense');
    const rows = await this.dataSource.query<(OtherExpense & { project_id: string; email: string })[]>(
      `select l.project_id, l.email, l.entry, case when l.assessment = 'priced' then l.priced -> 'transaction' -> 'amount' end billed
       from billing.line l join (select distinct project, email from unnest($1::text[], $2::text[]) as t(project, email)) t
         on l.project_id = t.project and l.email = t.email
       where l.kind = 'expense' and l.approved
       union all
       select c.before ->> 'project_id', c.before ->> 'email', c.before -> 'entry', c.before -> 'billed' from billing.price_change c
       where c.correction = $3::bigint and c.what = 'line' and c.before ->> 'entry' is not null`,
      [asked.map(line => line.projectId), asked.map(line => line.email), before ?? null],
    );
    return Map.groupBy(rows, row => `${row.project_id} ${row.email}`);
  }

  async #rates(projects: Map<string, ProjectRow>, mappings: MappingTable, before: string | undefined): Promise<KeptRate[]> {
    const rows = [...projects.values()];
    const cards = rows.flatMap(row => [row.rate_card, defaultCard(row, mappings)]).filter(card => card !== null && card !== undefined);
    const assignments = rows.length === 0 ? [] : await this.#assignmentIds([...projects.keys()], before);
    const subjects = rows.flatMap(row => [row.id, row.customer_id, entityOf(row)]).filter(subject => subject !== null && subject !== undefined);
    return this.dataSource.query<KeptRate[]>(ratesIn(sourceOf('rate', before)), [[...new Set(cards)], [...new Set([...subjects, ...assignments])]]);
  }

  async #assignmentIds(projects: string[], before: string | undefined): Promise<string[]> {
    const rows = await this.dataSource.query<{ subject: string }[]>(
      `select distinct r.subject from (select level, subject from ${sourceOf('rate', before)}) r join billing.assignment a on a.id = r.subject
       where r.level = 'assignment' and a.project_id = any($1)`,
      [projects],
    );
    return rows.map(({ subject }) => subject);
  }

  async #terms(projects: Map<string, ProjectRow>, before: string | undefined): Promise<ExpenseTerm[]> {
    const subjects = [...projects.values()].flatMap(row => [row.id, row.rate_card, row.customer_id, entityOf(row)]).filter(Boolean);
    return this.dataSource.query<ExpenseTerm[]>(
      `select ${expenseTerm.without('legalEntities').selected('r')} from ${sourceOf('expense-term', before)} where subject = any($1)
         or level = 'assignment' and subject in (select a.id from billing.assignment a where a.project_id = any($2))`,
      [[...new Set(subjects)], [...projects.keys()]],
    );
  }
}

const dayKey = ({ projectId, email, workDate }: Day): string => `${projectId} ${email} ${workDate}`;

export const workerKey = ({ email, workDate }: Pick<LineKey, 'email' | 'workDate'>): string => `${email} ${workDate}`;

const entityOf = (row: ProjectRow): string | undefined => row.financial?.dimensions?.legalEntity;

const defaultCard = (row: ProjectRow, mappings: MappingTable): string | undefined => {
  const entity = entityOf(row);
  return entity === undefined ? undefined : mappings.get('rate-card', entity);
};

const factsOfProject = (row: ProjectRow): ProjectFacts => ({
  financial: row.financial,
  ...(row.ended_on === null ? {} : { endedOn: row.ended_on }),
  ...(row.delivery_ended_on === null ? {} : { deliveryEndedOn: row.delivery_ended_on }),
  title: row.title ?? row.financial?.title ?? row.id,
  customerId: row.customer_id ?? row.financial?.customerId ?? null,
  customerName: row.customer_name,
  rateCard: row.rate_card,
});

/**
 * The rates that may apply to a line of the project: its own rows, those of the card that its
 * contract names, and those of its legal entity's default card.
 */
function ratesFor(project: ProjectRow, rows: KeptRate[], mappings: MappingTable): RateRow[] {
  const own = new Set([project.id, project.customer_id, entityOf(project)]);
  const fallback = defaultCard(project, mappings);
  return rows.flatMap(row => {
    if (row.level !== 'card') return own.has(row.subject) ? [rateOf(row, row.level, row.subject, mappings)] : [];
    return [
      ...(row.subject === project.rate_card ? [rateOf(row, 'contract', row.subject, mappings)] : []),
      ...(row.subject === fallback ? [rateOf(row, 'legal-entity', entityOf(project)!, mappings)] : []),
    ];
  });
}

/** Cards and deals use the CRM's role names; stated rates use canonical ones. */
export const canonicalRole = ({ role, origin }: Pick<KeptRate, 'role' | 'origin'>, mappings: MappingTable): string | null =>
  role !== null && origin !== 'stated' ? (mappings.get('role', role) ?? role) : role;

function rateOf({ minutesPerDay, origin, ...row }: KeptRate, level: RateRow['level'], subject: string, mappings: MappingTable): RateRow {
  return { ...row, level, subject, role: canonicalRole({ role: row.role, origin }, mappings), ...(minutesPerDay === null ? {} : { minutesPerDay }) };
}

/**
 * The terms that may apply to an expense on the project: of its contract, the card that it names,
 * the project, its customer, its legal entity and the assignments.
 */
function termsFor(project: ProjectRow, assignments: Assignment[], terms: ExpenseTerm[]): ExpenseTerm[] {
  const subjects = new Set([
    ...assignments.map(({ id }) => `assignment ${id}`),
    `contract ${project.id}`,
    `contract ${project.rate_card ?? ''}`,
    `project ${project.id}`,
    `customer ${project.customer_id ?? ''}`,
    `legal-entity ${entityOf(project) ?? ''}`,
  ]);
  return terms.filter(({ level, subject }) => subjects.has(`${level} ${subject}`));
}
