import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import type { Listing, ListInput } from '#read-model';
import { customerSource } from '../../customers/customer.list.js';
import { Customer, customerOf, type CustomerRow } from '../../customers/customer.model.js';
import { dealSource } from '../../deals/deal.list.js';
import { Deal, dealOf, type DealRow } from '../../deals/deal.model.js';
import { exceptions } from '../../exceptions/exception.list.js';
import type { ExceptionFilter, ExceptionRow } from '../../exceptions/exception.model.js';
import type { PortalContext } from '../../request/portal-context.js';
import { staffingRequests } from '../../staffing-requests/staffing-request.list.js';
import type { StaffingRequestFilter, StaffingRequestRow } from '../../staffing-requests/staffing-request.model.js';
import { projects, projectSource } from '../../projects/project.list.js';
import { Project, projectOf, type ProjectFilter, type ProjectRow } from '../../projects/project.model.js';

@Resolver(() => Project)
export class ProjectsResolver {
  @Query(() => projects.Connection, { description: 'Projects, as the PSA and the ERP know them.' })
  @Scopes('portal.read')
  projects(
    @Args({ type: () => projects.Args }) input: ListInput<ProjectFilter>,
    @Context() context: PortalContext,
  ): Listing<ProjectRow, ProjectFilter> {
    return projects.of(context, input);
  }

  @Query(() => Project, { nullable: true, description: 'One project by its canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async project(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Project | null> {
    const row = await context.row<ProjectRow>(projectSource, id);
    return row && projectOf(row);
  }

  @ResolveField(() => Deal, { nullable: true, description: 'The deal that sold it; null for projects from before Throughline.' })
  async deal(@Parent() { dealId }: Project, @Context() context: PortalContext): Promise<Deal | null> {
    const row = dealId === null ? null : await context.row<DealRow>(dealSource, dealId);
    return row && dealOf(row);
  }

  @ResolveField(() => Customer, { nullable: true })
  async customer(@Parent() { customerId }: Project, @Context() context: PortalContext): Promise<Customer | null> {
    const row = customerId === null ? null : await context.row<CustomerRow>(customerSource, customerId);
    return row && customerOf(row);
  }

  @ResolveField(() => staffingRequests.Connection, { description: 'Its open roles.' })
  staffingRequests(
    @Parent() { id }: Project,
    @Args({ type: () => staffingRequests.Args }) input: ListInput<StaffingRequestFilter>,
    @Context() context: PortalContext,
  ): Listing<StaffingRequestRow, StaffingRequestFilter> {
    return staffingRequests.of(context, input, 'project', id);
  }

  @ResolveField(() => exceptions.Connection, { description: 'Exceptions about it.' })
  exceptions(
    @Parent() { id }: Project,
    @Args({ type: () => exceptions.Args }) input: ListInput<ExceptionFilter>,
    @Context() context: PortalContext,
  ): Listing<ExceptionRow, ExceptionFilter> {
    return exceptions.of(context, input, 'line', id);
  }
}
