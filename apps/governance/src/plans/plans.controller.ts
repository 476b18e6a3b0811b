import { Body, Controller, Param, Query } from '@nestjs/common';
import { PageQuery, type Page } from '#apis';
import { PlanBody, PlanPath, plans, type PlanView, Removal } from '#apis/governance';
import { Consumers, countConsumersWith, countPartnersWith, CurrentPrincipal, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Database, inTransaction } from '#persistence';
import { Audit, Implements } from '#service';
import { planFaults, Plans, putPlan, removePlan, type Plan } from '#throttling';
import { pagedByKey } from '../paged.js';
import { keepingOwnPlan } from './own-plan.js';

/** How much consumers may ask. It concerns the whole house, and no legal entity. */
@Controller({ version: '1' })
export class PlansController {
  constructor(
    private readonly database: Database,
    private readonly consumers: Consumers,
    private readonly plans: Plans,
    private readonly audit: Audit,
  ) {}

  @Implements(plans.listPlans)
  list(@Query() query: PageQuery): Page<PlanView> {
    return pagedByKey(
      [...this.plans.get().values()],
      query,
      ({ name }) => name,
      plan => this.#viewOf(plan),
    );
  }

  @Implements(plans.putPlan)
  async put(@Param() { id }: PlanPath, @Body() { reason, ...given }: PlanBody, @CurrentPrincipal() { clientId }: Principal): Promise<PlanView> {
    const after: Plan = { name: id, concurrency: null, dailyQuota: null, ...given };
    const fields = planFaults(after);
    if (fields.length > 0) throw new Problem('invalid', `${fields[0].message}.`, { code: 'validation', fields });
    await inTransaction(this.database, async em => {
      await keepingOwnPlan(em, clientId, () => putPlan(em, after));
      await this.audit.record(em, { what: 'plan-set', subject: id, before: this.plans.get().get(id) ?? null, after, why: reason });
    });
    await this.plans.refresh();
    return this.#viewOf(after);
  }

  @Implements(plans.removePlan)
  async remove(@Param() { id }: PlanPath, @Query() { reason }: Removal, @CurrentPrincipal() { clientId }: Principal): Promise<void> {
    await inTransaction(this.database, async em => {
      await keepingOwnPlan(em, clientId, async () => {
        if (!(await removePlan(em, id))) throw new Problem('not-found', `There is no plan ${id}.`);
      });
      // Counted after the row is locked: who takes the plan from now on finds none.
      const holders = (await countConsumersWith(em, id)) + (await countPartnersWith(em, id));
      if (holders > 0)
        throw new Problem('conflict', `${holders} consumers or partners have the plan ${id}; give them another first.`, { code: 'plan-in-use' });
      await this.audit.record(em, { what: 'plan-removed', subject: id, before: this.plans.get().get(id) ?? null, after: null, why: reason });
    });
    await this.plans.refresh();
  }

  #holdersOf(plan: string): number {
    return [...this.consumers.get().values()].filter(consumer => consumer.plan === plan).length;
  }

  #viewOf({ name, rate, windowSeconds, burst, concurrency, dailyQuota }: Plan): PlanView {
    return {
      id: name,
      rate,
      windowSeconds,
      burst,
      ...(concurrency === null ? {} : { concurrency }),
      ...(dailyQuota === null ? {} : { dailyQuota }),
      consumerCount: this.#holdersOf(name),
    };
  }
}
