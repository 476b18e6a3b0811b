import { randomUUID } from 'node:crypto';
import { Body, Controller, Headers, Param } from '@nestjs/common';
import { RunBody, runs, type RunRequested, type RunsOfDeal } from '#apis/project-initiation';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { EventPublisher } from '#events';
import { Lanes } from '#flow';
import { Database, inTransaction, withFullView } from '#persistence';
import { Audit, Implements } from '#service';
import { SystemApis } from '../clients.js';
import { Planner } from '../plans/planner.js';

const SUBSCRIPTION = 'project-initiation.deal-to-project';

@Controller({ version: '1' })
export class RunsController {
  constructor(
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    private readonly systems: SystemApis,
    private readonly planner: Planner,
    private readonly audit: Audit,
    private readonly lanes: Lanes,
  ) {}

  /**
   * Runs a won deal again, after what its lane already holds. With `If-Match: "<plan hash>"` it has
   * exactly the planned effects, or none: 412 when they have changed.
   */
  @Implements(runs.runsRequest)
  async request(@Body() body: RunBody, @CurrentPrincipal() principal: Principal, @Headers('if-match') ifMatch?: string): Promise<RunRequested> {
    const planHash = ifMatch?.replace(/^"|"$/g, '');
    const deal = await this.systems.deal(body.dealId);
    if (deal.stage !== 'won') throw new Problem('conflict', `${deal.name} is not won, so there is nothing to run.`, { code: 'deal-not-won' });
    if (planHash) {
      const plan = await this.planner.byHash(planHash);
      if (plan.dealId !== deal.id || !maySee(principal, plan.legalEntities))
        throw new Problem('not-found', `There is no plan ${planHash} of this deal.`);
      await this.planner.confirm(planHash, deal);
    }
    const id = `run-requested-${randomUUID()}`;
    await inTransaction(this.dataSource, async em => {
      await this.events.publish(em, [
        {
          id,
          type: 'run.requested.v1',
          key: deal.id,
          data: { dealId: deal.id, ...(planHash ? { planHash } : {}), reason: body.reason },
          legalEntities: await this.planner.legalEntitiesOf(deal),
        },
      ]);
      await this.audit.record(em, {
        what: 'run-requested',
        subject: deal.id,
        before: null,
        after: { requestId: id, planHash: planHash ?? null },
        why: body.reason,
      });
    });
    return { requestId: id, dealId: deal.id };
  }

  /** The turns of a deal's lane, in order. */
  @Implements(runs.runsOfDeal)
  async ofDeal(@Param('dealId') dealId: string, @CurrentPrincipal() principal: Principal): Promise<RunsOfDeal> {
    // Some turns, such as a requested run, have no legal entity of their own.
    const turns = await withFullView('whoever sees one turn of a deal sees them all', () =>
      this.lanes.turns(this.dataSource.manager, SUBSCRIPTION, dealId),
    );
    // A deal always belongs to its seller. A run that was requested before the deal's legal entity
    // was known shows the deal to nobody else.
    const entities = [...new Set(turns.flatMap(({ event }) => event.legalEntities))];
    if (turns.length === 0 || !maySee(principal, entities)) throw new Problem('not-found', `There are no runs of ${dealId}.`);
    return {
      dealId,
      turns: turns.map(({ turn: { seq, state, run, enteredAt, finishedAt }, event }) => ({
        sequence: Number(seq),
        event: event.type,
        state,
        run,
        enteredAt: enteredAt.toISOString(),
        ...(finishedAt ? { finishedAt: finishedAt.toISOString() } : {}),
      })),
    };
  }
}
