import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import type { Listing, ListInput } from '#read-model';
import { deals } from '../../deals/deal.list.js';
import type { DealFilter, DealRow } from '../../deals/deal.model.js';
import { exceptions } from '../../exceptions/exception.list.js';
import type { ExceptionFilter, ExceptionRow } from '../../exceptions/exception.model.js';
import type { PortalContext } from '../../request/portal-context.js';
import { projects } from '../../projects/project.list.js';
import type { ProjectFilter, ProjectRow } from '../../projects/project.model.js';
import { customers, customerSource } from '../../customers/customer.list.js';
import { Customer, customerOf, type CustomerFilter, type CustomerRow } from '../../customers/customer.model.js';

@Resolver(() => Customer)
export class CustomersResolver {
  @Query(() => customers.Connection, { description: 'Customers, as the CRM and the ERP know them.' })
  @Scopes('portal.read')
  customers(
    @Args({ type: () => customers.Args }) input: ListInput<CustomerFilter>,
    @Context() context: PortalContext,
  ): Listing<CustomerRow, CustomerFilter> {
    return customers.of(context, input);
  }

  @Query(() => Customer, { nullable: true, description: 'One customer by its canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  customer(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Customer | null> {
    return this.#byId(context, id);
  }

  @ResolveField(() => Customer, { nullable: true, description: 'The parent customer.' })
  parent(@Parent() { parentId }: Customer, @Context() context: PortalContext): Promise<Customer | null> | null {
    return parentId === undefined ? null : this.#byId(context, parentId);
  }

  @ResolveField(() => Customer, { nullable: true, description: 'The customer that receives its invoices, if that is another one.' })
  billTo(@Parent() { billToId }: Customer, @Context() context: PortalContext): Promise<Customer | null> | null {
    return billToId === undefined ? null : this.#byId(context, billToId);
  }

  @ResolveField(() => deals.Connection)
  deals(
    @Parent() { id }: Customer,
    @Args({ type: () => deals.Args }) input: ListInput<DealFilter>,
    @Context() context: PortalContext,
  ): Listing<DealRow, DealFilter> {
    return deals.of(context, input, 'customer', id);
  }

  @ResolveField(() => projects.Connection)
  projects(
    @Parent() { id }: Customer,
    @Args({ type: () => projects.Args }) input: ListInput<ProjectFilter>,
    @Context() context: PortalContext,
  ): Listing<ProjectRow, ProjectFilter> {
    return projects.of(context, input, 'customer', id);
  }

  @ResolveField(() => exceptions.Connection, { description: 'Exceptions about it.' })
  exceptions(
    @Parent() { id }: Customer,
    @Args({ type: () => exceptions.Args }) input: ListInput<ExceptionFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionRow, ExceptionFilter> {
    return exceptions.of(context, input, 'line', id);
  }

  async #byId(context: PortalContext, id: string): Promise<Customer | null> {
    const row = await context.row<CustomerRow>(customerSource, id);
    return row && customerOf(row);
  }
}
