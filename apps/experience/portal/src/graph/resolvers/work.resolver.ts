import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import { Problem } from '#canonical';
import { BusinessDate, type Listing, type ListInput } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { invoices } from '../../invoices/invoice.list.js';
import type { InvoiceFilter, InvoiceRow } from '../../invoices/invoice.model.js';
import { PortalConfig } from '../../portal.config.js';
import { Project } from '../../projects/project.model.js';
import { SubjectKind } from '../../values/subject.model.js';
import { Worker } from '../../workers/worker.model.js';
import { daysOfMonth, daysOfWeek, monthId, weekId } from '../../billing/billed.rules.js';
import { billingLines } from '../../billing/billing-line.list.js';
import type { BillingLineFilter, BillingLineRow } from '../../billing/billing-line.model.js';
import { BillingSummary } from '../../billing/billing-summary.model.js';
import { summaryOfLines } from '../../billing/billing-summary.js';
import { WorkerWeek } from '../../billing/period.model.js';
import { PublicHolidays } from '../../billing/public-holidays.js';
import { Utilisation } from '../../billing/utilisation.model.js';
import { utilisationOf } from '../../billing/utilisation.js';

/** A worker's time and expenses on their way to the bank. */
@Resolver(() => Worker)
export class WorkerBillingResolver {
  constructor(
    private readonly config: PortalConfig,
    private readonly holidays: PublicHolidays,
  ) {}

  @ResolveField(() => WorkerWeek, { description: 'Their lines with a work date in an ISO week, summed up.' })
  week(@Parent() worker: Worker, @Args('week', { type: () => String, description: 'ISO 8601, e.g. 2026-W46.' }) week: string): WorkerWeek {
    const days = daysOfWeek(week);
    if (!days) throw refused('week', 'an ISO week that the calendar has, such as 2026-W46');
    const { id, name, legalEntities } = worker;
    return { id: weekId(id, week), kind: SubjectKind.WORKER_WEEK, title: `${name}, ${week}`, refs: [], legalEntities, workerId: id, week, ...days };
  }

  @ResolveField(() => Utilisation, { description: 'The share of their working time that they spent on approved billable work.' })
  utilisation(
    @Parent() worker: Worker,
    @Args('from', { type: () => BusinessDate }) from: string,
    @Args('to', { type: () => BusinessDate, description: 'Included; at most 366 days after the first.' }) to: string,
    @Context() context: PortalContext,
  ): Promise<Utilisation> {
    return utilisationOf(context, worker, this.holidays, { ...this.config, from, to });
  }

  @ResolveField(() => billingLines.Connection, { description: 'Their approved lines of time and expenses.' })
  billingLines(
    @Parent() { id }: Worker,
    @Args({ type: () => billingLines.Args }) input: ListInput<BillingLineFilter>,
    @Context() context: PortalContext,
  ): Listing<BillingLineRow, BillingLineFilter> {
    return billingLines.of(context, input, 'worker', id);
  }
}

/** A project's time and expenses on their way to the bank. */
@Resolver(() => Project)
export class ProjectBillingResolver {
  @ResolveField(() => BillingSummary, {
    description: 'The states of its lines on their way to the bank, summed up: those with a work date in the month, or all.',
  })
  billing(
    @Parent() { id }: Project,
    @Args('month', { type: () => String, nullable: true, description: 'E.g. 2026-11.' }) month: string | null,
    @Context() context: PortalContext,
  ): Promise<BillingSummary> {
    if (month === null || month === undefined) return summaryOfLines(context, 'project', id);
    if (!daysOfMonth(month)) throw refused('month', 'a month such as 2026-11');
    return summaryOfLines(context, 'month', monthId(id, month));
  }

  @ResolveField(() => billingLines.Connection, { description: 'Its approved lines of time and expenses.' })
  billingLines(
    @Parent() { id }: Project,
    @Args({ type: () => billingLines.Args }) input: ListInput<BillingLineFilter>,
    @Context() context: PortalContext,
  ): Listing<BillingLineRow, BillingLineFilter> {
    return billingLines.of(context, input, 'project', id);
  }

  @ResolveField(() => invoices.Connection, { description: 'Its invoices.' })
  invoices(
    @Parent() { id }: Project,
    @Args({ type: () => invoices.Args }) input: ListInput<InvoiceFilter>,
    @Context() context: PortalContext,
  ): Listing<InvoiceRow, InvoiceFilter> {
    return invoices.of(context, input, 'project', id);
  }
}

const refused = (field: string, what: string): Problem =>
  new Problem('invalid', `${field} must be ${what}.`, { fields: [{ field, rule: 'format', message: `${field} must be ${what}` }] });
