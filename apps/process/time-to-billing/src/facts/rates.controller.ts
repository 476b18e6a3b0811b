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
  type RateView,
  type StatedExpenseTerm,
  type StatedRate,
  type TermLevel,
} from '#apis/time-to-billing';
import { CurrentPrincipal, maySee, maySeeRows, type Principal } from '#auth';
import { Problem, type FieldFault } from '#canonical';
import { ExceptionDesk } from '#exceptions';
import { Mappings, type MappingTable } from '#mappings';
import {
  Database,
  inTransaction,
  IsNull,
  Not,
  withFullView,
  type FindOptionsWhere,
  type ReadRow,
  type Repository,
  type Transaction,
} from '#persistence';
import { Audit, decodeCursor, DEFAULT_PAGE_SIZE, Implements, pageOf } from '#service';
import { needs } from '../needs.js';
import { canonicalRole } from './reference.store.js';
import { expenseTerm } from './expense-term.table.js';
import { rate } from './rate.table.js';
import { rateFaults, rivalFault, rivalsOf, termStatementFaults } from '../rates/stated-terms.rules.js';
import { ownersOf, refuseShared, refuseUnknownEntity } from '../rates/term-owners.js';

type Rate = ReadRow<typeof rate.columns>;
type Term = ReadRow<typeof expenseTerm.columns>;

@Controller()
export class RatesController {
  constructor(
    private readonly dataSource: Database,
    private readonly desk: ExceptionDesk,
    private readonly mappings: Mappings,
    private readonly audit: Audit,
  ) {}

  /**
   * Rates of the legal entities that the caller may see. A rate belongs to the entities of the
   * subject it was agreed for.
   */
  @Implements(rates.ratesList)
  async list(@Query() query: RateQuery, @CurrentPrincipal() principal: Principal): Promise<Page<RateView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [''];
    const values: unknown[] = [after, query.subject ?? null, (query.faulty ? LOOKED_AT : limit) + 1];
    const rows = await this.dataSource.query<Rate[]>(
      `select ${rate.selected('r')} from billing.rate r
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

  /**
   * Finance states a rate, or corrects one that it stated. Lines that waited for a rate are tried
   * again.
   */
  @Implements(rates.ratesPut)
  async put(@Param() { id }: TermPath, @Body() { why, ...body }: RateStatementBody, @CurrentPrincipal() principal: Principal): Promise<RateView> {
    refuseFaults(rateFaults(body));
    const key = `stated:${id}`;
    await inTransaction(this.dataSource, async em => {
      const rates = em.getRepository(rate.entity);
      const before = await ownedOf(rates, 'rate', key, principal);
      const legalEntities = await ownersOf(em, body.level, body.subject, principal);
      if (body.resourcingEntity !== undefined) await refuseUnknownEntity(em, 'resourcingEntity', body.resourcingEntity);
      await this.#refuseRival(em, key, body);
      const { role = null, resourcingEntity = null, overtime = null, minutesPerDay = null, to = null } = body;
      const row: Rate = { ...body, id: key, role, resourcingEntity, overtime, minutesPerDay, to, origin: 'stated', legalEntities };
      await rates.upsert(row, ['id']);
      await this.audit.record(em, { what: 'rate-stated', subject: id, before, after: body, why });
      for (const kind of [needs.rate, needs.rateOfAssignment, needs.psaRate]) await this.desk.satisfy(em, await this.desk.unmetNeeds(kind));
    });
    return { id: key, origin: 'stated', faults: [], ...body };
  }

  @Implements(rates.ratesRemove)
  async remove(@Param() { id }: TermPath, @Query() { why }: RateRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const rates = em.getRepository(rate.entity);
      const before = await ownedOf(rates, 'rate', `stated:${id}`, principal);
      if (!before) throw noTerm('rate', id);
      await rates.delete({ id: before.id });
      await this.audit.record(em, { what: 'rate-taken-back', subject: id, before, after: null, why });
    });
  }

  /** Finance states how expenses are billed. Lines that waited for a term are tried again. */
  @Implements(rates.ratesPutTerm)
  async putTerm(
    @Param() { id }: TermPath,
    @Body() { why, ...body }: ExpenseTermBody,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StatedExpenseTerm> {
    refuseFaults(termStatementFaults(body));
    await inTransaction(this.dataSource, async em => {
      const terms = em.getRepository(expenseTerm.entity);
      const before = await ownedOf(terms, 'expense term', id, principal);
      const legalEntities = await ownersOf(em, body.level, body.subject, principal);
      await oneAtATime(em, body);
      const { level, subject, category = null, from } = body;
      const rival = await withFullView('whether the scope is stated, whoever stated it', () =>
        terms.findOneBy({ level, subject, category: category ?? IsNull(), from, id: Not(id) }),
      );
      refuseRival(rival?.id);
      const { percent = null, unit = null, unitRate = null, unitCost = null, tripEndsPercent = null, maxAmount = null, receiptOver = null } = body;
      const basis = { percent, unit, unitRate, unitCost, tripEndsPercent };
      const row: Term = { ...body, id, category, ...basis, maxAmount, receiptOver, legalEntities };
      await terms.upsert(row, ['id']);
      await this.audit.record(em, { what: 'expense-term-stated', subject: id, before, after: body, why });
      await this.desk.satisfy(em, await this.desk.unmetNeeds(needs.expenseTerm));
    });
    return body;
  }

  /**
   * Refuses a rate that starts on the same day as another of its scope, whether stated or brought
   * by a deal or a card.
   */
  async #refuseRival(em: Transaction, key: string, body: StatedRate): Promise<void> {
    await oneAtATime(em, body);
    const others = await withFullView('whether the scope is stated, whoever stated it', () => startingWith(em, [body]));
    const mappings = await this.mappings.table();
    const { level, subject, role = null, resourcingEntity = null, overtime = null, from } = body;
    const own = { id: key, level, subject, role, resourcingEntity, overtime, from };
    refuseRival(rivalsOf([...others.filter(({ id }) => id !== key).map(row => scopedOf(row, mappings)), own]).get(key));
  }

  /**
   * What is wrong with stored rows, by id: rows that are older than a rule, and rows that a deal or
   * a card brought.
   */
  async #faultsOf(rows: Rate[]): Promise<Map<string, string[]>> {
    const mappings = await this.mappings.table();
    const together = await startingWith(this.dataSource, rows);
    const rivals = rivalsOf(together.map(row => scopedOf(row, mappings)));
    return new Map(
      rows.map(row => {
        const own = rateFaults({ ...row, to: row.to ?? undefined, minutesPerDay: row.minutesPerDay ?? undefined });
        const rival = rivals.get(row.id);
        return [row.id, [...own, ...(rival === undefined ? [] : [rivalFault(rival)])].map(({ message }) => message)];
      }),
    );
  }

  /**
   * Terms of the legal entities that the caller may see. A term belongs to the entities of the
   * subject it was agreed for.
   */
  @Implements(rates.ratesListTerms)
  async listTerms(@Query() query: RateQuery, @CurrentPrincipal() principal: Principal): Promise<Page<ExpenseTermView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 'text') : [''];
    const values: unknown[] = [after, query.subject ?? null, (query.faulty ? LOOKED_AT : limit) + 1];
    const rows = await this.dataSource.query<(Term & { other: string | null })[]>(
      `with page as (
         select * from billing.expense_term
         where id > $1 and ($2::text is null or subject = $2) and ${maySeeRows(principal, 'legal_entities', value => `$${values.push(value)}`)}
         order by id limit $3),
       rivals as (
         select level, subject, category, from_date, min(id) one, max(id) another from billing.expense_term
         where subject in (select subject from page) group by level, subject, category, from_date having count(*) > 1)
       select ${expenseTerm.selected('t')}, case when r.one = t.id then r.another else r.one end other
       from page t left join rivals r on (r.level, r.subject, r.from_date) = (t.level, t.subject, t.from_date) and r.category is not distinct from t.category
       order by t.id`,
      values,
    );
    return pageOfTerms(rows.map(termViewOf), limit, query);
  }

  @Implements(rates.ratesRemoveTerm)
  async removeTerm(@Param() { id }: TermPath, @Query() { why }: RateRemoval, @CurrentPrincipal() principal: Principal): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const terms = em.getRepository(expenseTerm.entity);
      const before = await ownedOf(terms, 'expense term', id, principal);
      if (!before) throw noTerm('expense term', id);
      await terms.delete({ id });
      await this.audit.record(em, { what: 'expense-term-taken-back', subject: id, before, after: null, why });
      await this.desk.satisfy(em, await this.desk.unmetNeeds(needs.expenseTerm));
    });
  }
}

/**
 * The current row, locked; null when it does not exist. A row of other legal entities answers the
 * same as a missing one and can't be replaced.
 */
async function ownedOf<Row extends Rate | Term>(rows: Repository<Row>, what: string, id: string, principal: Principal): Promise<Row | null> {
  const row = await withFullView('whether the id is taken, whoever has it', () =>
    rows.findOne({ where: { id } as FindOptionsWhere<Row>, lock: { mode: 'pessimistic_write' } }),
  );
  if (!row) return null;
  if (!maySee(principal, row.legalEntities)) throw noTerm(what, id.replace(/^stated:/, ''));
  refuseShared(principal, row.legalEntities);
  return row;
}

/** The most rows that one answer searches for faulty ones. */
const LOOKED_AT = 1_000;

/**
 * Takes ordered rows, one more than are shown or searched. A page has all of them or only the
 * faulty ones, so it may be shorter than asked for although more follow.
 */
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

/** Serialises changes for one subject: two at once would not see each other. */
const oneAtATime = (em: Transaction, { level, subject }: { level: TermLevel; subject: string }): Promise<unknown> =>
  em.query('select pg_advisory_xact_lock(hashtext($1))', [`terms of ${level} ${subject}`]);

/** All rates that start on the same day for the same subject as one of these. */
const startingWith = (em: Pick<Transaction, 'query'>, rates: Pick<Rate, 'subject' | 'from'>[]): Promise<Rate[]> =>
  em.query<Rate[]>(
    `select ${rate.selected('r')} from billing.rate r
     where (subject, from_date) in (select subject, day from unnest($1::text[], $2::date[]) as t(subject, day))`,
    [rates.map(({ subject }) => subject), rates.map(({ from }) => from)],
  );

/** A card's rates belong to the contracts that name it. */
const levelOf = (level: Rate['level']): TermLevel => (level === 'card' ? 'contract' : level);

const scopedOf = (row: Rate, mappings: MappingTable) => ({ ...row, level: levelOf(row.level), role: canonicalRole(row, mappings) });

/** The stated fields of a row, without nulls. */
const stated = <Row extends object>(row: Row): { [Name in keyof Row]: NonNullable<Row[Name]> } =>
  Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null)) as never;

const viewOf = ({ legalEntities: _, ...row }: Rate, faults: string[]): RateView => ({ ...stated(row), level: levelOf(row.level), faults });

function termViewOf({ legalEntities: _, other, ...row }: Term & { other: string | null }): ExpenseTermView {
  const faults = [...termStatementFaults(row), ...(other === null ? [] : [rivalFault(other)])];
  return { ...stated(row), faults: faults.map(({ message }) => message) };
}
