import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Scopes } from '#auth';
import { BusinessDate, Currency, Decimal, Flag, Money, Nested, OneOf, Text } from '#canonical';
import { ExceptionDesk } from '#exceptions';
import { inTransaction } from '#persistence';
import { Audit, decodeCursor, DEFAULT_PAGE_SIZE, pageOf, PageOf, PageQuery, type Page } from '#service';
import { Wakes } from '../pumps/wakes.js';
import { TERM_LEVELS, type TermLevel } from './rates.rules.js';

/** A rate that finance states, beside those that come from deals and rate cards. */
export class StatedRate {
  @OneOf(TERM_LEVELS, { description: 'Most particular first; a more particular one goes before the others.' }) level: TermLevel;
  @Text({ min: 1, max: 80, description: 'Id of the assignment, contract (its project), project or customer, or code of the legal entity.' })
  subject: string;
  @Text({ optional: true, max: 80, description: 'Canonical role code; absent: any.' }) role?: string;
  @Text({ optional: true, max: 40, description: 'Legal entity that employs the worker; absent: any.' }) resourcingEntity?: string;
  @Flag({ optional: true, description: 'True: only overtime; false: never overtime; absent: both.' }) overtime?: boolean;
  @OneOf(['hour', 'day']) unit: 'hour' | 'day';
  @Decimal() amount: string;
  @Currency() currency: string;
  @BusinessDate({ description: 'It holds until the day before the next of the same scope starts.' }) from: string;
  @BusinessDate({ optional: true, description: 'Last day, where it ends earlier.' }) to?: string;
}

export class RateView extends StatedRate {
  @Text({ max: 200 }) id: string;
  @Text({ max: 200, description: 'stated, or the deal or card it came with.' }) origin: string;
}

export class RateQuery extends PageQuery {
  @Text({ optional: true, max: 80 }) subject?: string;
}

/** How expenses are billed, from a day on. */
export class StatedExpenseTerm {
  @OneOf(TERM_LEVELS) level: TermLevel;
  @Text({ min: 1, max: 80 }) subject: string;
  @Text({ optional: true, max: 120, description: "In the PSA's words; absent: any." }) category?: string;
  @OneOf(['at-cost', 'per-unit', 'mark-up']) treatment: 'at-cost' | 'per-unit' | 'mark-up';
  @Decimal({ optional: true, description: 'Percent of the cost, of a mark-up.' }) percent?: string;
  @Nested(() => Money, { optional: true, description: 'Billed for each unit.' }) unitRate?: Money;
  @Nested(() => Money, { optional: true, description: 'What the firm pays for each unit.' }) unitCost?: Money;
  @Nested(() => Money, { optional: true, description: 'More is over policy.' }) maxAmount?: Money;
  @Nested(() => Money, { optional: true, description: 'Above this a receipt is needed.' }) receiptOver?: Money;
  @BusinessDate() from: string;
}

interface Row {
  id: string;
  level: TermLevel;
  subject: string;
  role: string | null;
  resourcing_entity: string | null;
  overtime: boolean | null;
  unit: 'hour' | 'day';
  amount: string;
  currency: string;
  from_date: string;
  to_date: string | null;
  origin: string;
}

@ApiTags('rates')
@Controller({ version: '1' })
export class RatesController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ExceptionDesk) private readonly desk: ExceptionDesk,
    @Inject(Audit) private readonly audit: Audit,
    @Inject(Wakes) private readonly wakes: Wakes,
  ) {}

  @Get('rates')
  @ApiOperation({ summary: 'Rates that lines are priced by: stated ones, those of won deals and of rate cards' })
  @Scopes('time-to-billing.read')
  @PageOf(RateView)
  async list(@Query() query: RateQuery): Promise<Page<RateView>> {
    const limit = query.limit ?? DEFAULT_PAGE_SIZE;
    const [after] = query.cursor ? decodeCursor(query.cursor, 1) : [''];
    const rows = await this.dataSource.query<Row[]>(
      `select id, level, subject, role, resourcing_entity, overtime, unit, amount::text, currency, from_date::text, to_date::text, origin from billing.rate
       where id > $1 and ($2::text is null or subject = $2) order by id limit $3`,
      [after, query.subject ?? null, limit + 1],
    );
    return pageOf(rows, limit, ({ id }) => [id], viewOf);
  }

  /** Finance states a rate, or corrects one it stated. Lines that waited for one try again. */
  @Put('rates/:id')
  @ApiOperation({ summary: 'State a rate; lines that waited for one try again' })
  @Scopes('time-to-billing.run')
  @ApiOkResponse({ type: RateView })
  async put(@Param('id') id: string, @Body() body: StatedRate): Promise<RateView> {
    const key = `stated:${id}`;
    await inTransaction(this.dataSource, async em => {
      const [before] = await em.query<Row[]>('select * from billing.rate where id = $1 for update', [key]);
      await em.query(
        `insert into billing.rate(id, level, subject, role, resourcing_entity, overtime, unit, amount, currency, from_date, to_date, origin)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'stated')
         on conflict (id) do update set level = excluded.level, subject = excluded.subject, role = excluded.role,
           resourcing_entity = excluded.resourcing_entity, overtime = excluded.overtime, unit = excluded.unit, amount = excluded.amount,
           currency = excluded.currency, from_date = excluded.from_date, to_date = excluded.to_date`,
        [
          key,
          body.level,
          body.subject,
          body.role ?? null,
          body.resourcingEntity ?? null,
          body.overtime ?? null,
          body.unit,
          body.amount,
          body.currency,
          body.from,
          body.to ?? null,
        ],
      );
      await this.audit.record(em, { what: 'rate-stated', subject: id, before: before ?? null, after: body });
      await this.desk.satisfy(em, [...(await this.desk.unmetNeeds('rate:')), ...(await this.desk.unmetNeeds('psa-rate:'))]);
    });
    this.wakes.assessor();
    return { id: key, origin: 'stated', ...body };
  }

  @Delete('rates/:id')
  @ApiOperation({ summary: 'Take back a stated rate; what is priced by it stays as it is' })
  @HttpCode(204)
  @Scopes('time-to-billing.run')
  @ApiNoContentResponse()
  async remove(@Param('id') id: string): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      const [rows] = await em.query<[Row[], number]>('delete from billing.rate where id = $1 returning *', [`stated:${id}`]);
      if (rows.length > 0) await this.audit.record(em, { what: 'rate-taken-back', subject: id, before: rows[0], after: null });
    });
  }

  /** Finance states how expenses are billed. Lines that waited for it try again. */
  @Put('expense-terms/:id')
  @ApiOperation({ summary: 'State how expenses are billed; lines that waited for it try again' })
  @Scopes('time-to-billing.run')
  @ApiOkResponse({ type: StatedExpenseTerm })
  async putTerm(@Param('id') id: string, @Body() body: StatedExpenseTerm): Promise<StatedExpenseTerm> {
    await inTransaction(this.dataSource, async em => {
      const [before] = await em.query<object[]>('select * from billing.expense_term where id = $1 for update', [id]);
      await em.query(
        `insert into billing.expense_term(id, level, subject, category, treatment, percent, unit_rate, unit_cost, max_amount, receipt_over, from_date)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         on conflict (id) do update set level = excluded.level, subject = excluded.subject, category = excluded.category,
           treatment = excluded.treatment, percent = excluded.percent, unit_rate = excluded.unit_rate, unit_cost = excluded.unit_cost,
           max_amount = excluded.max_amount, receipt_over = excluded.receipt_over, from_date = excluded.from_date`,
        [
          id,
          body.level,
          body.subject,
          body.category ?? null,
          body.treatment,
          body.percent ?? null,
          body.unitRate ?? null,
          body.unitCost ?? null,
          body.maxAmount ?? null,
          body.receiptOver ?? null,
          body.from,
        ],
      );
      await this.audit.record(em, { what: 'expense-term-stated', subject: id, before: before ?? null, after: body });
      await this.desk.satisfy(em, await this.desk.unmetNeeds('expense-term:'));
    });
    this.wakes.assessor();
    return body;
  }
}

const viewOf = (row: Row): RateView => ({
  id: row.id,
  level: row.level,
  subject: row.subject,
  ...(row.role === null ? {} : { role: row.role }),
  ...(row.resourcing_entity === null ? {} : { resourcingEntity: row.resourcing_entity }),
  ...(row.overtime === null ? {} : { overtime: row.overtime }),
  unit: row.unit,
  amount: row.amount,
  currency: row.currency,
  from: row.from_date,
  ...(row.to_date === null ? {} : { to: row.to_date }),
  origin: row.origin,
});
