import { Body, Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import {
  ExpenseTermBody,
  RateQuery,
  RateRemoval,
  rates,
  RateStatementBody,
  TermPath,
  type ExpenseTermView,
  type ExpenseUnit,
  type RateView,
  type StatedExpenseTerm,
  type StatedRate,
  type TermLevel,
} from '#apis/time-to-billing';
import { CurrentPrincipal, maySee, maySeeRows, type Principal } from '#auth';
import { Money, Problem, type FieldFault } from '#canonical';
import { ExceptionDesk } from '#exceptions';
import { Mappings, type MappingTable } from '#mappings';
import { Database, inTransaction, withFullView, type Transaction } from '#persistence';
import { Audit, decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf } from '#service';
import { needs } from '../needs.js';
import { canonicalRole } from '../reference/reference.store.js';
import { rateFaults, rivalFault, rivalsOf, termStatementFaults } from './stated-terms.rules.js';
import { ownersOf, refuseShared, refuseUnknownEntity } from './term-owners.js';

interface TermRow {
  id: string;
  level: TermLevel;
  subject: string;
  category: string | null;
  treatment: StatedExpenseTerm['treatment'];
  percent: string | null;
  unit: ExpenseUnit | null;
  unit_rate: Money | null;
  unit_cost: Money | null;
  trip_ends_percent: string | null;
  max_amount: Money | null;
  receipt_over: Money | null;
  from_date: string;
  /** Another term of the same scope and day. */
  other: string | null;
}

interface Row {
  id: string;
  level: TermLevel | 'card';
  subject: string;
  role: string | null;
  resourcing_entity: string | null;
  overtime: boolean | null;
  unit: 'hour' | 'day';
  minutes_per_day: number | null;
  amount: string;
  currency: string;
  from_date: string;
  to_date: string | null;
  origin: string;
}

@Controller({ version: '1' })
export class RatesController {
  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly mappings: Mappings,
    private readonly audit: Audit,
  ) {}

  /** Of the legal entities the caller may see: a rate belongs to those of what it was agreed for. */
  @Implements(rates.ratesList)
  async list(@Query() query: RateQuery, @CurrentPrincipal() principal: Principal): Promise<Page<RateView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [''];
    const values: unknown[] = [after, query.subject ?? null, (query.faulty ? LOOKED_AT : limit) + 1];
    const rows = await this.dataSource.query<Row[]>(
      `select ${COLUMNS} from billing.rate
       where id > $1 and ($2::text is null or subject = $2) and ${maySeeRows(principal, 'legal_entities', value => `$${values.push(value)}`)}
       order by id limit $3`,
      values,
    );
    const faults = await this.#faultsOf(rows);
    return pageOfTerms(
      rows.map(row => viewOf(row, faults.get(row.id)!)),
      limit,
      query,
    );
  }

  /** Finance states a rate, or corrects one it stated. Lines that waited for one try again. */
  @Implements(rates.ratesPut)
  async put(@Param() { id }: TermPath, @Body() { why, ...body }: RateStatementBody, @CurrentPrincipal() principal: Principal): Promise<RateView> {
    refuseFaults(rateFaults(body));
    const key = `stated:${id}`;
    await inTransaction(this.dataSource, async em => {
      const before = await this.#owned<Row>(em, 'billing.rate', key, principal);
      const entities = await ownersOf(em, body.level, body.subject, principal);
      if (body.resourcingEntity !== undefined) await refuseUnknownEntity(em, 'resourcingEntity', body.resourcingEntity);
      await this.#refuseRival(em, key, body);
      const scope = [body.level, body.subject, body.role ?? null, body.resourcingEntity ?? null, body.overtime ?? null];
      await em.query(
        `insert into billing.rate(id, level, subject, role, resourcing_entity, overtime, unit, amount, currency, from_date, to_date, origin, legal_entities,
           minutes_per_day)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'stated', $12, $13)
         on conflict (id) do update set level = excluded.level, subject = excluded.subject, role = excluded.role,
           resourcing_entity = excluded.resourcing_entity, overtime = excluded.overtime, unit = excluded.unit, amount = excluded.amount,
           currency = excluded.currency, from_date = excluded.from_date, to_date = excluded.to_date, legal_entities = excluded.legal_entities,
           minutes_per_day = excluded.minutes_per_day`,
        [key, ...scope, body.unit, body.amount, body.currency, body.from, body.to ?? null, entities, body.minutesPerDay ?? null],
      );
      await this.audit.record(em, { what: 'rate-stated', subject: id, before, after: body, why });
      for (const kind of [needs.rate, needs.rateOfAssignment, needs.psaRate]) await this.desk.satisfy(em, await this.desk.unmetNeeds(kind));
    });
    return { id: key, origin: 'stated', faults: [], ...body };
  }

  @Implements(rates.ratesRemove)
  async remove(@Param() { id }: TermPath, @Query() { why }: RateRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const before = await this.#owned<Row>(em, 'billing.rate', `stated:${id}`, principal);
      if (!before) throw noTerm('rate', id);
      await em.query('delete from billing.rate where id = $1', [before.id]);
      await this.audit.record(em, { what: 'rate-taken-back', subject: id, before, after: null, why });
    });
  }

  /** Finance states how expenses are billed. Lines that waited for it try again. */
  @Implements(rates.ratesPutTerm)
  async putTerm(
    @Param() { id }: TermPath,
    @Body() { why, ...body }: ExpenseTermBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StatedExpenseTerm> {
    refuseFaults(termStatementFaults(body));
    await inTransaction(this.dataSource, async em => {
      const before = await this.#owned(em, 'billing.expense_term', id, principal);
      const entities = await ownersOf(em, body.level, body.subject, principal);
      await oneAtATime(em, body);
      const rivals = await withFullView('whether the scope is stated, whoever stated it', () =>
        em.query<{ id: string }[]>(
          `select id from billing.expense_term
           where (level, subject) = ($1, $2) and category is not distinct from $3 and from_date = $4 and id <> $5`,
          [body.level, body.subject, body.category ?? null, body.from, id],
        ),
      );
      refuseRival(rivals.at(0)?.id);
      await em.query(
        `insert into billing.expense_term(id, level, subject, category, treatment, percent, unit, unit_rate, unit_cost, trip_ends_percent, max_amount,
           receipt_over, from_date, legal_entities)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         on conflict (id) do update set level = excluded.level, subject = excluded.subject, category = excluded.category,
           treatment = excluded.treatment, percent = excluded.percent, unit = excluded.unit, unit_rate = excluded.unit_rate,
           unit_cost = excluded.unit_cost, trip_ends_percent = excluded.trip_ends_percent, max_amount = excluded.max_amount, receipt_over = excluded.receipt_over, from_date = excluded.from_date,
           legal_entities = excluded.legal_entities`,
        [
          id,
          body.level,
          body.subject,
          body.category ?? null,
          body.treatment,
          body.percent ?? null,
          body.unit ?? null,
          body.unitRate ?? null,
          body.unitCost ?? null,
          body.tripEndsPercent ?? null,
          body.maxAmount ?? null,
          body.receiptOver ?? null,
          body.from,
          entities,
        ],
      );
      await this.audit.record(em, { what: 'expense-term-stated', subject: id, before, after: body, why });
      await this.desk.satisfy(em, await this.desk.unmetNeeds(needs.expenseTerm));
    });
    return body;
  }

  /** A rate that starts the day another of its scope does, whether that was stated or came with a deal or a card. */
  async #refuseRival(em: Transaction, key: string, body: StatedRate): Promise<void> {
    await oneAtATime(em, body);
    const others = await withFullView('whether the scope is stated, whoever stated it', () =>
      startingWith(em, [{ subject: body.subject, from_date: body.from }]),
    );
    const mappings = await this.mappings.table();
    const { level, subject, role = null, resourcingEntity = null, overtime = null, from } = body;
    const own = { id: key, level, subject, role, resourcingEntity, overtime, from };
    refuseRival(rivalsOf([...others.filter(({ id }) => id !== key).map(row => scopedOf(row, mappings)), own]).get(key));
  }

  /** What is wrong with rows that are there, by id: those of before a rule, and those that came with a deal or a card. */
  async #faultsOf(rows: Row[]): Promise<Map<string, string[]>> {
    const mappings = await this.mappings.table();
    const together = await startingWith(this.dataSource, rows);
    const rivals = rivalsOf(together.map(row => scopedOf(row, mappings)));
    return new Map(
      rows.map(row => {
        const own = rateFaults({ ...row, from: row.from_date, to: row.to_date ?? undefined, minutesPerDay: row.minutes_per_day ?? undefined });
        const rival = rivals.get(row.id);
        return [row.id, [...own, ...(rival === undefined ? [] : [rivalFault(rival)])].map(({ message }) => message)];
      }),
    );
  }

  /** Of the legal entities the caller may see: a term belongs to those of what it was agreed for. */
  @Implements(rates.ratesListTerms)
  async listTerms(@Query() query: RateQuery, @CurrentPrincipal() principal: Principal): Promise<Page<ExpenseTermView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [''];
    const values: unknown[] = [after, query.subject ?? null, (query.faulty ? LOOKED_AT : limit) + 1];
    const rows = await this.dataSource.query<TermRow[]>(
      `with page as (
         select * from billing.expense_term
         where id > $1 and ($2::text is null or subject = $2) and ${maySeeRows(principal, 'legal_entities', value => `$${values.push(value)}`)}
         order by id limit $3),
       rivals as (
         select level, subject, category, from_date, min(id) one, max(id) another from billing.expense_term
         where subject in (select subject from page) group by level, subject, category, from_date having count(*) > 1)
       select t.id, t.level, t.subject, t.category, treatment, percent::text, unit, unit_rate, unit_cost, trip_ends_percent::text, max_amount,
         receipt_over, t.from_date::text, case when r.one = t.id then r.another else r.one end other
       from page t left join rivals r on (r.level, r.subject, r.from_date) = (t.level, t.subject, t.from_date) and r.category is not distinct from t.category
       order by t.id`,
      values,
    );
    return pageOfTerms(rows.map(termViewOf), limit, query);
  }

  @Implements(rates.ratesRemoveTerm)
  async removeTerm(@Param() { id }: TermPath, @Query() { why }: RateRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const before = await this.#owned<TermRow>(em, 'billing.expense_term', id, principal);
      if (!before) throw noTerm('expense term', id);
      await em.query('delete from billing.expense_term where id = $1', [id]);
      await this.audit.record(em, { what: 'expense-term-taken-back', subject: id, before, after: null, why });
      await this.desk.satisfy(em, await this.desk.unmetNeeds(needs.expenseTerm));
    });
  }

  /** The row as it is, locked; null when there is none. One of other legal entities is as if it weren't there, and can't be replaced. */
  async #owned<T extends object>(
    em: Transaction,
    table: 'billing.rate' | 'billing.expense_term',
    id: string,
    principal: Principal,
  ): Promise<(T & { legal_entities: string[] }) | null> {
    const [row] = await withFullView('whether the id is taken, whoever has it', () =>
      em.query<(T & { legal_entities: string[] })[]>(`select * from ${table} where id = $1 for update`, [id]),
    );
    if (!row) return null;
    if (!maySee(principal, row.legal_entities)) throw noTerm(table === 'billing.rate' ? 'rate' : 'expense term', id.replace(/^stated:/, ''));
    refuseShared(principal, row.legal_entities);
    return row;
  }
}

/** So many rows are looked at for faulty ones in one answer. */
const LOOKED_AT = 1_000;

/** Of rows in order, one more than are shown or looked at: all, or the faulty ones, which may be fewer than asked for with more to come. */
function pageOfTerms<V extends { id: string; faults: string[] }>(views: V[], limit: number, { faulty }: RateQuery): Page<V> {
  const page = (some: V[], most: number) =>
    pageOf(
      some,
      most,
      ({ id }) => [id],
      view => view,
    );
  if (!faulty) return page(views, limit);
  const { items, nextCursor } = page(views, LOOKED_AT);
  const wanted = items.filter(({ faults }) => faults.length > 0);
  return wanted.length > limit ? page(wanted, limit) : { items: wanted, nextCursor };
}

const noTerm = (what: string, id: string): Problem => new Problem('not-found', `There is no ${what} ${id}.`);

function refuseFaults(faults: FieldFault[]): void {
  if (faults.length > 0) throw new Problem('invalid', `${faults.map(({ message }) => message).join('; ')}.`, { code: 'validation', fields: faults });
}

function refuseRival(other: string | undefined): void {
  if (other === undefined) return;
  const fault = rivalFault(other);
  throw new Problem('conflict', `${fault.message}.`, { code: 'stated-already', fields: [fault] });
}

/** What is stated for one subject is stated one after the other: of two at once neither would see the other. */
const oneAtATime = (em: Transaction, { level, subject }: { level: TermLevel; subject: string }): Promise<unknown> =>
  em.query('select pg_advisory_xact_lock(hashtext($1))', [`terms of ${level} ${subject}`]);

const COLUMNS = `id, level, subject, role, resourcing_entity, overtime, unit, minutes_per_day, amount::text, currency, from_date::text, to_date::text, origin`;

/** All rows that start on the same day for the same subject as one of these. */
const startingWith = (em: Pick<Transaction, 'query'>, rows: Pick<Row, 'subject' | 'from_date'>[]): Promise<Row[]> =>
  em.query<Row[]>(
    `select ${COLUMNS} from billing.rate where (subject, from_date) in (select subject, day from unnest($1::text[], $2::date[]) as t(subject, day))`,
    [rows.map(({ subject }) => subject), rows.map(({ from_date: day }) => day)],
  );

/** A card's rates are those of the contracts that name it. */
const levelOf = (level: Row['level']): TermLevel => (level === 'card' ? 'contract' : level);

const scopedOf = (row: Row, mappings: MappingTable) => ({
  id: row.id,
  level: levelOf(row.level),
  subject: row.subject,
  role: canonicalRole(row, mappings),
  resourcingEntity: row.resourcing_entity,
  overtime: row.overtime,
  from: row.from_date,
});

const viewOf = (row: Row, faults: string[]): RateView => ({
  id: row.id,
  level: levelOf(row.level),
  subject: row.subject,
  ...(row.role === null ? {} : { role: row.role }),
  ...(row.resourcing_entity === null ? {} : { resourcingEntity: row.resourcing_entity }),
  ...(row.overtime === null ? {} : { overtime: row.overtime }),
  unit: row.unit,
  ...(row.minutes_per_day === null ? {} : { minutesPerDay: row.minutes_per_day }),
  amount: row.amount,
  currency: row.currency,
  from: row.from_date,
  ...(row.to_date === null ? {} : { to: row.to_date }),
  origin: row.origin,
  faults,
});

function termViewOf(row: TermRow): ExpenseTermView {
  const { id, level, subject, category, treatment, percent, unit, trip_ends_percent: tripEndsPercent, from_date: from, other } = row;
  const basis = { percent, unit, tripEndsPercent };
  const amounts = { unitRate: row.unit_rate, unitCost: row.unit_cost, maxAmount: row.max_amount, receiptOver: row.receipt_over };
  const said = Object.fromEntries(Object.entries({ category, ...basis, ...amounts }).filter(([, value]) => value !== null));
  return {
    id,
    level,
    subject,
    treatment,
    from,
    ...said,
    faults: [...termStatementFaults({ treatment, from, ...basis, ...amounts }), ...(other === null ? [] : [rivalFault(other)])].map(
      ({ message }) => message,
    ),
  };
}
