import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { hasFieldRight, Scopes } from '#auth';
import { notePayRead } from '#service';
import { type Listing, type ListInput, Money } from '#read-model';
import { exceptionSource } from '../../exceptions/exception.list.js';
import { Exception, exceptionOf, Need, type ExceptionRow } from '../../exceptions/exception.model.js';
import type { PortalContext } from '../../request/portal-context.js';
import { invoices } from '../../invoices/invoice.list.js';
import type { InvoiceFilter, InvoiceRow } from '../../invoices/invoice.model.js';
import { projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectRow } from '../../projects/project.model.js';
import { workerSource } from '../../workers/worker.list.js';
import { COST_RATE_RIGHT, Worker, workerOf, type WorkerRow } from '../../workers/worker.model.js';
import { billingLines, billingLineSource } from '../../billing/billing-line.list.js';
import {
  BillingBlock,
  BillingLine,
  billingLineOf,
  Intercompany,
  moneyOf,
  type BillingLineFilter,
  type BillingLineRow,
} from '../../billing/billing-line.model.js';
import { Submission, submissionOf, submissionSource, type SubmissionRow } from '../../billing/submission.model.js';

@Resolver(() => BillingLine)
export class BillingLinesResolver {
  @Query(() => billingLines.Connection, { description: 'Approved lines of time and expenses, on their way from the PSA to an invoice.' })
  @Scopes('portal.read')
  billingLines(
    @Args({ type: () => billingLines.Args }) input: ListInput<BillingLineFilter>,
    @Context() context: PortalContext,
  ): Listing<BillingLineRow, BillingLineFilter> {
    return billingLines.of(context, input);
  }

  @Query(() => BillingLine, { nullable: true, description: 'One line by its canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async billingLine(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<BillingLine | null> {
    const row = await context.row<BillingLineRow>(billingLineSource, id);
    return row && billingLineOf(row);
  }

  @ResolveField(() => Project, { nullable: true })
  async project(@Parent() { projectId }: BillingLine, @Context() context: PortalContext): Promise<Project | null> {
    const row = await context.row<ProjectRow>(projectSource, projectId);
    return row && projectOf(row);
  }

  @ResolveField(() => Worker, { nullable: true, description: 'Null while the worker is unknown, and for viewers who may not see them.' })
  worker(@Parent() { workerId }: BillingLine, @Context() context: PortalContext): Promise<Worker | null> {
    return workerById(context, workerId);
  }

  @ResolveField(() => Submission, { nullable: true, description: 'The timesheet or expense report that contains it.' })
  async submission(@Parent() { submissionId }: BillingLine, @Context() context: PortalContext): Promise<Submission | null> {
    const row = submissionId === null ? null : await context.row<SubmissionRow>(submissionSource, submissionId);
    return row && submissionOf(row);
  }

  @ResolveField(() => invoices.Connection, { description: 'Invoices that contain it: more than one when it was credited.' })
  invoices(
    @Parent() { id }: BillingLine,
    @Args({ type: () => invoices.Args }) input: ListInput<InvoiceFilter>,
    @Context() context: PortalContext,
  ): Listing<InvoiceRow, InvoiceFilter> {
    return invoices.of(context, input, 'line', id);
  }
}

@Resolver(() => BillingBlock)
export class BillingBlocksResolver {
  @ResolveField(() => Exception, { nullable: true, description: 'The exception, with its history and the actions of the viewer.' })
  exception(@Parent() { exceptionId }: BillingBlock, @Context() context: PortalContext): Promise<Exception | null> {
    return exceptionById(context, exceptionId);
  }

  @ResolveField(() => [Need], { description: 'What has to arrive before the line goes on.' })
  async needs(@Parent() { exceptionId }: BillingBlock, @Context() context: PortalContext): Promise<Need[]> {
    return (await exceptionById(context, exceptionId))?.needs.filter(({ met }) => !met) ?? [];
  }
}

/**
 * Without the right, costs are not queried at all; if they were, row security would answer no row
 * (see portal.migrations.ts).
 */
@Resolver(() => Intercompany)
export class IntercompanyResolver {
  @ResolveField(() => Money, {
    nullable: true,
    description: 'What the owner would pay the lender. Null and named in deniedFields without the right worker.cost-rate.',
  })
  async owningCost(@Parent() { lineId }: Intercompany, @Context() context: PortalContext): Promise<Money | null> {
    const row = await costsOf(context, lineId);
    return row && moneyOf(row.owning_cost, row.owning_currency);
  }

  @ResolveField(() => Money, {
    nullable: true,
    description: 'What the worker costs the lender. Null and named in deniedFields without the right worker.cost-rate.',
  })
  async lendingCost(@Parent() { lineId }: Intercompany, @Context() context: PortalContext): Promise<Money | null> {
    const row = await costsOf(context, lineId);
    return row && moneyOf(row.lending_cost, row.lending_currency);
  }

  @ResolveField(() => Money, {
    nullable: true,
    description:
      "What the lender would bill the owner. When that equals the worker's cost, null and named in deniedFields without the right worker.cost-rate.",
  })
  async lendingSale(@Parent() { lineId, knownLendingSale }: Intercompany, @Context() context: PortalContext): Promise<Money | null> {
    if (knownLendingSale !== undefined) return knownLendingSale;
    const row = await costsOf(context, lineId);
    return row && moneyOf(row.lending_cost, row.lending_currency);
  }

  @ResolveField(() => [String], { description: 'Fields that are null because the viewer may not see them, not because they are empty.' })
  deniedFields(@Parent() { knownLendingSale }: Intercompany, @Context() { viewer }: PortalContext): string[] {
    if (hasFieldRight(viewer, COST_RATE_RIGHT)) return [];
    return ['owningCost', 'lendingCost', ...(knownLendingSale === undefined ? ['lendingSale'] : [])];
  }
}

interface CostRow {
  owning_cost: string;
  owning_currency: string;
  lending_cost: string | null;
  lending_currency: string | null;
}

const COSTS = {
  name: 'line costs',
  from: 'portal.billing_line_cost t',
  columns: 't.owning_cost::text, t.owning_currency, t.lending_cost::text, t.lending_currency',
  id: 't.line_id',
};

async function costsOf(context: PortalContext, lineId: string): Promise<CostRow | null> {
  if (!hasFieldRight(context.viewer, COST_RATE_RIGHT)) return null;
  const row = await context.row<CostRow>(COSTS, lineId);
  if (row) notePayRead([lineId]);
  return row;
}

async function exceptionById(context: PortalContext, id: string): Promise<Exception | null> {
  const row = await context.row<ExceptionRow>(exceptionSource, id);
  return row && exceptionOf(row);
}

export async function workerById(context: PortalContext, id: string | null): Promise<Worker | null> {
  const row = id === null ? null : await context.row<WorkerRow>(workerSource, id);
  return row && workerOf(row);
}
