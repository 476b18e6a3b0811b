import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { message } from '#apis';
import { projectIdOf } from '#canonical';
import { Scopes } from '#auth';
import type { Listing, ListInput } from '#read-model';
import { customerSource } from '../../customers/customer.list.js';
import { Customer, customerOf, type CustomerRow } from '../../customers/customer.model.js';
import { exceptions } from '../../exceptions/exception.list.js';
import type { ExceptionFilter, ExceptionRow } from '../../exceptions/exception.model.js';
import type { PortalContext } from '../../request/portal-context.js';
import { projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectRow } from '../../projects/project.model.js';
import { Action } from '../../values/action.model.js';
import { actionOf } from '../../viewer/permissions.rules.js';
import { deals, dealSource } from '../../deals/deal.list.js';
import { Deal, dealOf, type DealFilter, type DealRow } from '../../deals/deal.model.js';

@Resolver(() => Deal)
export class DealsResolver {
  @Query(() => deals.Connection, { description: 'Deals as sold.' })
  @Scopes('portal.read')
  deals(@Args({ type: () => deals.Args }) input: ListInput<DealFilter>, @Context() context: PortalContext): Listing<DealRow, DealFilter> {
    return deals.of(context, input);
  }

  @Query(() => Deal, { nullable: true, description: 'One deal by its canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async deal(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Deal | null> {
    const row = await context.row<DealRow>(dealSource, id);
    return row && dealOf(row);
  }

  @ResolveField(() => Customer, { nullable: true, description: 'Who buys.' })
  async customer(@Parent() { customerId }: Deal, @Context() context: PortalContext): Promise<Customer | null> {
    const row = await context.row<CustomerRow>(customerSource, customerId);
    return row && customerOf(row);
  }

  @ResolveField(() => Project, { nullable: true, description: 'The project it became; null until there is one.' })
  async project(@Parent() { id }: Deal, @Context() context: PortalContext): Promise<Project | null> {
    const row = await context.row<ProjectRow>(projectSource, projectIdOf(id));
    return row && projectOf(row);
  }

  @ResolveField(() => exceptions.Connection, { description: 'Exceptions about it.' })
  exceptions(
    @Parent() { id }: Deal,
    @Args({ type: () => exceptions.Args }) input: ListInput<ExceptionFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionRow, ExceptionFilter> {
    return exceptions.of(context, input, 'line', id);
  }

  @ResolveField(() => [Action], { description: 'What the viewer may do with it.' })
  actions(@Parent() { stage }: Deal, @Context() { viewer }: PortalContext): Action[] {
    return [actionOf(viewer, 'createPlan', { obstacle: stage === 'lost' && message('action.deal-lost', {}) })];
  }
}
