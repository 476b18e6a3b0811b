import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Effect, Instant, Nested, Problem, Ref, Text } from '#canonical';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Planner, type Plan } from './planner.js';

export class PlanBody {
  @Ref('Deal') dealId: string;
}

/** What winning this deal does, write by write, in order. Nothing of it was done. */
export class PlanView {
  @Text({ max: 64, description: 'sha-256 of the effects: apply exactly these by sending it as If-Match to POST /runs.' }) hash: string;
  @Ref('Deal') dealId: string;
  @Nested(() => Effect, { list: true }) effects: Effect[];
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Instant() createdAt: string;
}

@ApiTags('plans')
@Controller({ path: 'plans', version: '1' })
export class PlansController {
  constructor(private readonly planner: Planner) {}

  /** A dry run: every effect with what is before and after, and the money. Faults of the deal are told as 422. */
  @Post()
  @ApiOperation({ summary: 'A dry run: every effect with what is before and after, and the money; nothing is written' })
  @Scopes('project-initiation.run')
  @ApiCreatedResponse({ type: PlanView })
  async create(@Body() { dealId }: PlanBody, @CurrentPrincipal() principal: Principal): Promise<PlanView> {
    return view(await this.planner.dryRun(dealId), principal);
  }

  @Get(':hash')
  @ApiOperation({ summary: 'A plan that was made before' })
  @Scopes('project-initiation.read')
  @ApiOkResponse({ type: PlanView })
  async get(@Param('hash') hash: string, @CurrentPrincipal() principal: Principal): Promise<PlanView> {
    return view(await this.planner.byHash(hash), principal);
  }
}

function view(plan: Plan, principal: Principal): PlanView {
  if (!maySee(principal, plan.legalEntities)) throw new Problem('not-found', `There is no plan ${plan.hash}.`);
  return { hash: plan.hash!, dealId: plan.dealId, effects: plan.effects, legalEntities: plan.legalEntities, createdAt: plan.createdAt };
}
