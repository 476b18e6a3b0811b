import { Args, Context, ID, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { hasFieldRight, Scopes } from '#auth';
import { money } from '#canonical';
import { notePayRead } from '#service';
import { type Listing, type ListInput, Money } from '#read-model';
import type { PortalContext } from '../../request/portal-context.js';
import { workers, workerSource } from '../../workers/worker.list.js';
import { COST_RATE_RIGHT, Worker, workerOf, type WorkerFilter, type WorkerRow } from '../../workers/worker.model.js';

@Resolver(() => Worker)
export class WorkersResolver {
  @Query(() => workers.Connection, { description: 'Workers, as HCM knows them.' })
  @Scopes('portal.read')
  workers(@Args({ type: () => workers.Args }) input: ListInput<WorkerFilter>, @Context() context: PortalContext): Listing<WorkerRow, WorkerFilter> {
    return workers.of(context, input);
  }

  @Query(() => Worker, { nullable: true, description: 'One worker by canonical id; null when there is none for this viewer.' })
  @Scopes('portal.read')
  worker(@Args('id', { type: () => ID }) id: string, @Context() context: PortalContext): Promise<Worker | null> {
    return this.#byId(context, id);
  }

  @ResolveField(() => Worker, { nullable: true, description: 'The direct manager.' })
  manager(@Parent() { managerId }: Worker, @Context() context: PortalContext): Promise<Worker | null> | null {
    return managerId === undefined ? null : this.#byId(context, managerId);
  }

  @ResolveField(() => workers.Connection, { description: 'Who reports to them directly.' })
  reports(
    @Parent() { id }: Worker,
    @Args({ type: () => workers.Args }) input: ListInput<WorkerFilter>,
    @Context() context: PortalContext,
  ): Listing<WorkerRow, WorkerFilter> {
    return workers.of(context, input, 'manager', id);
  }

  /**
   * Without the right, it is not queried at all; if it were, row security would answer no row
   * (libs/persistence/src/access).
   */
  @ResolveField(() => Money, {
    nullable: true,
    description: 'Cost per hour as of today. Null and named in deniedFields without the right worker.cost-rate.',
  })
  async costRate(@Parent() { id }: Worker, @Context() context: PortalContext): Promise<Money | null> {
    if (!hasFieldRight(context.viewer, COST_RATE_RIGHT)) return null;
    const row = await context.row<{ amount: string; currency: string }>(COST_RATES, id);
    if (row) notePayRead([id]);
    return row && money(row.amount, row.currency);
  }

  @ResolveField(() => [String], { description: 'Fields that are null because the viewer may not see them, not because they are empty.' })
  deniedFields(@Context() { viewer }: PortalContext): string[] {
    return hasFieldRight(viewer, COST_RATE_RIGHT) ? [] : ['costRate'];
  }

  async #byId(context: PortalContext, id: string): Promise<Worker | null> {
    const row = await context.row<WorkerRow>(workerSource, id);
    return row && workerOf(row);
  }
}

const COST_RATES = { name: 'cost rates', from: 'portal.worker_cost_rate t', columns: 't.amount, t.currency', id: 't.worker_id' };
