import { Args, Context, ID, Mutation, Parent, Query, ResolveField, Resolver } from '@nestjs/graphql';
import { Scopes } from '#auth';
import { Problem } from '#canonical';
import type { PlanView } from '../../calls.js';
import { ProjectInitiation } from '../../clients.js';
import { dealSource } from '../../deals/deal.list.js';
import { Deal, dealOf, type DealRow } from '../../deals/deal.model.js';
import { Plan, PlanPayload } from '../../plans/plan.model.js';
import { planOf } from '../../plans/plan.rules.js';
import { payload } from '../../request/payload.js';
import type { PortalContext } from '../../request/portal-context.js';
import { checkTexts, KEY, refuseWithout } from '../../viewer/refusal.js';

const PLANS_AT_MOST = 10;

/**
 * The process API makes and stores plans. Besides mutations, they are the only things that the
 * portal requests from another app.
 */
@Resolver(() => Plan)
export class PlansResolver {
  constructor(private readonly initiation: ProjectInitiation) {}

  @Query(() => Plan, { nullable: true, description: 'A stored plan by its hash; null when there is none for this viewer.' })
  @Scopes('portal.read')
  async plan(@Args('hash', { type: () => ID }) hash: string, @Context() context: PortalContext): Promise<Plan | null> {
    const found = await context.loader<PlanView | null>('plan', hashes => this.#plans(hashes)).load(hash);
    return found && (await context.row<DealRow>(dealSource, found.dealId)) ? planOf(found) : null;
  }

  @Mutation(() => PlanPayload, { description: 'Computes everything that winning the deal would do, and does none of it.' })
  @Scopes('portal.act')
  createPlan(
    @Args('dealId', { type: () => ID }) dealId: string,
    @Args('idempotencyKey', { type: () => String }) idempotencyKey: string,
    @Context() context: PortalContext,
  ): Promise<PlanPayload> {
    return payload('createPlan', context, async () => {
      refuseWithout(context.viewer, 'createPlan');
      checkTexts({ idempotencyKey: { value: idempotencyKey, ...KEY } });
      if (!(await context.row(dealSource, dealId))) throw new Problem('not-found', `There is no deal ${dealId}.`);
      const plan = planOf(await this.initiation.createPlan(dealId, idempotencyKey));
      await context.refresh();
      return plan;
    });
  }

  /** One call each: the process API has no list of plans by hash. */
  async #plans(hashes: readonly string[]): Promise<(PlanView | null)[]> {
    if (hashes.length > PLANS_AT_MOST) {
      const message = `at most ${PLANS_AT_MOST} plans are asked for at once`;
      throw new Problem('invalid', `${hashes.length} plans: ${message}.`, { fields: [{ field: 'hash', rule: 'length', message }] });
    }
    return Promise.all(
      hashes.map(hash =>
        this.initiation.plan(hash).catch((error: unknown) => {
          if (error instanceof Problem && error.kind === 'not-found') return null;
          throw error;
        }),
      ),
    );
  }

  @ResolveField(() => Deal, { nullable: true })
  async deal(@Parent() { dealId }: Plan, @Context() context: PortalContext): Promise<Deal | null> {
    const row = await context.row<DealRow>(dealSource, dealId);
    return row && dealOf(row);
  }
}
