import { Body, Controller, Param } from '@nestjs/common';
import { PlanBody, plans, type PlanView } from '#apis/project-initiation';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Implements } from '#service';
import { Planner, type Plan } from './planner.js';

@Controller({ version: '1' })
export class PlansController {
  constructor(private readonly planner: Planner) {}

  /**
   * A dry run: every effect with its state before and after, and the money. Faults of the deal are
   * answered with 422.
   */
  @Implements(plans.plansCreate)
  async create(@Body() { dealId }: PlanBody, @CurrentPrincipal() principal: Principal): Promise<PlanView> {
    return view(await this.planner.dryRun(dealId), principal);
  }

  @Implements(plans.plansGet)
  async get(@Param('hash') hash: string, @CurrentPrincipal() principal: Principal): Promise<PlanView> {
    return view(await this.planner.byHash(hash), principal);
  }
}

function view(plan: Plan, principal: Principal): PlanView {
  if (!maySee(principal, plan.legalEntities)) throw new Problem('not-found', `There is no plan ${plan.hash}.`);
  return { hash: plan.hash!, dealId: plan.dealId, effects: plan.effects, legalEntities: plan.legalEntities, createdAt: plan.createdAt };
}
