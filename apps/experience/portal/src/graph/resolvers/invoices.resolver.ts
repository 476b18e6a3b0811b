import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import type { Listing, ListInput } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectRow } from '../../projects/project.model.js';
import { invoices, invoiceSource } from '../../invoices/invoice.list.js';
import { Invoice, invoiceOf, type InvoiceFilter, type InvoiceRow } from '../../invoices/invoice.model.js';

@Resolver(() => Invoice)
export class InvoicesResolver {
  @Query(() => invoices.Connection, { description: 'Invoices, as the ERP knows them; the newest first.' })
  @Scopes('portal.read')
  invoices(
    @Args({ type: () => invoices.Args }) input: ListInput<InvoiceFilter>,
    @Context() context: PortalContext,
  ): Listing<InvoiceRow, InvoiceFilter> {
    return invoices.of(context, input);
  }

  @Query(() => Invoice, { nullable: true, description: 'One invoice by its canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async invoice(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Invoice | null> {
    const row = await context.row<InvoiceRow>(invoiceSource, id);
    return row && invoiceOf(row);
  }

  @ResolveField(() => Project, { nullable: true })
  async project(@Parent() { projectId }: Invoice, @Context() context: PortalContext): Promise<Project | null> {
    const row = projectId === null ? null : await context.row<ProjectRow>(projectSource, projectId);
    return row && projectOf(row);
  }
}
