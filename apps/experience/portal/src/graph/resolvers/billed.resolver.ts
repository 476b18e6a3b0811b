import type { Type } from '@nestjs/common';
import { Args, Context, Parent, ResolveField, Resolver } from '@nestjs/graphql';
import type { Listing, ListInput } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { Invoice } from '../../invoices/invoice.model.js';
import type { Subject } from '../../values/subject.model.js';
import { scopeOf } from '../../billing/billed.rules.js';
import { billingLines } from '../../billing/billing-line.list.js';
import type { BillingLineFilter, BillingLineRow } from '../../billing/billing-line.model.js';
import { BillingSummary } from '../../billing/billing-summary.model.js';
import { summaryOfLines } from '../../billing/billing-summary.js';
import { ProjectMonth, WorkerWeek } from '../../billing/period.model.js';
import { Submission } from '../../billing/submission.model.js';

/** Makes a resolver for a type that has lines: the lines and their sums. */
function billedResolver(type: Type<Subject>): Type {
  @Resolver(() => type)
  class BilledResolver {
    @ResolveField(() => BillingSummary, { description: 'The states of its lines on their way to the bank, summed up.' })
    billing(@Parent() { id }: Subject, @Context() context: PortalContext): Promise<BillingSummary> {
      return summaryOfLines(context, scopeOf(id)!, id);
    }

    @ResolveField(() => billingLines.Connection, { description: 'Its lines.' })
    billingLines(
      @Parent() { id }: Subject,
      @Args({ type: () => billingLines.Args }) input: ListInput<BillingLineFilter>,
      @Context() context: PortalContext,
    ): Listing<BillingLineRow, BillingLineFilter> {
      return billingLines.of(context, input, scopeOf(id), id);
    }
  }
  return BilledResolver;
}

export const billedResolvers: Type[] = [Submission, Invoice, WorkerWeek, ProjectMonth].map(billedResolver);
