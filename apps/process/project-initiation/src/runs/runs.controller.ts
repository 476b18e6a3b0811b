import { randomUUID } from 'node:crypto';
import { Body, Controller, Headers, Param } from '@nestjs/common';
import { RunBody, runs, type RunRequested, type RunsOfDeal, type TurnView } from '#apis/project-initiation';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { EventPublisher } from '#events';
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
  ) {}

  /**
   * Runs a won deal again, after what its lane holds already. With `If-Match: "<plan hash>"` exactly the planned effects or nothing: 412 when
   * they are no longer what would happen.
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
    // Some turns, like a run that somebody asked for, concern no legal entity of their own.
    const rows = await withFullView('whoever sees one turn of a deal sees them all', () =>
      this.dataSource.query<
        { seq: string; type: string; state: TurnView['state']; run: number; entered_at: Date; finished_at: Date | null; legal_entities: string[] }[]
      >(
        `select t.seq, e.type, t.state, t.run, t.entered_at, t.finished_at, e.legal_entities
       from flow.turn t join events.event e on e.source = t.event_source and e.id = t.event_id
       where t.subscription = $1 and t.key = $2 order by t.seq`,
        [SUBSCRIPTION, dealId],
      ),
    );
    // A deal is its seller's all along: what was asked for before it was known whose it is shows it to nobody else.
    const entities = [...new Set(rows.flatMap(row => row.legal_entities))];
    if (rows.length === 0 || !maySee(principal, entities)) throw new Problem('not-found', `There are no runs of ${dealId}.`);
    return {
      dealId,
      turns: rows.map(row => ({
        sequence: Number(row.seq),
        event: row.type,
        state: row.state,
        run: row.run,
        enteredAt: row.entered_at.toISOString(),
        ...(row.finished_at ? { finishedAt: row.finished_at.toISOString() } : {}),
      })),
    };
  }
}
