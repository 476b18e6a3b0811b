import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import { hashOf, Problem, projectIdOf, type Changed, type Deal, type Project } from '#canonical';
import { EventLog } from '#events';
import { Refused } from '#flow';
import { Decisions } from '#ownership';
import { Database, inTransaction } from '#persistence';
import { SystemApis } from '../../clients.js';
import { AppliedDealStore, type AppliedDeal, type StandingDeal } from '../../engagements/applied-deal.store.js';
import { Planner, refuseDrifted, type Proposal, type Wanted } from '../../plans/planner.js';
import { SoldRateAgreements, type AgreedNow } from '../../sold-rates/sold-rate-agreements.js';
import { questionFault } from './deal-exceptions.js';
import { termsOf } from './deal-to-project.rules.js';

export const DEAL_EVENTS = ['deal.won.v1', 'deal.changed.v1', 'deal.reopened.v1', 'deal.lost.v1'] as const;

/**
 * Why there is nothing to do: the state is reached already, a newer state was applied, the deal
 * isn't won, or it was won before this system ran.
 */
export type NothingToDo = 'unchanged' | 'superseded' | 'not-won' | 'sold-before';

/**
 * What an event of a deal requires now. The plan itself is stored in our table, not in the journal.
 */
export type DealDecision =
  | { action: 'none'; why: NothingToDo; agreed?: AgreedNow }
  // `differing`: attributes that people decided to leave different. `onePartDue`: when a price is
  // due for which the CRM keeps no parts.
  | {
      action: 'establish';
      planId: string;
      engagement: AppliedDeal;
      differing: string[];
      drift?: Proposal['drift'];
      agreed?: AgreedNow;
      onePartDue?: string;
    }
  | { action: 'undo'; planId: string; engagement: AppliedDeal };

/**
 * Decides what to do about a deal, by its current state in the CRM and what was applied of it
 * before. Throws `Refused` with every fault.
 */
@Injectable()
export class DealDecider {
  constructor(
    private readonly dataSource: Database,
    private readonly log: EventLog,
    private readonly systems: SystemApis,
    private readonly planner: Planner,
    private readonly appliedDeals: AppliedDealStore,
    private readonly soldRates: SoldRateAgreements,
    private readonly decisions: Decisions,
  ) {}

  async decide(event: RecordedEvent): Promise<DealDecision> {
    const dealId = event.key;
    const deal = await this.#dealNow(dealId);
    const before = await this.appliedDeals.find(dealId);
    const planHash = event.type === 'run.requested.v1' ? (event.data as { planHash?: string }).planHash : undefined;
    if (deal.stage !== 'won') return this.#undo(deal, before);
    // The CRM answered with a state older than the applied one, from a replica that lags. The newer
    // state has been applied already.
    if (before && deal.modifiedAt < before.appliedModifiedAt) return { action: 'none', why: 'superseded' };
    // The deal was won before this system ran: its project was made by hand, and a change of the
    // deal is no reason to make another.
    if (event.type === 'deal.changed.v1' && !before && !(await this.log.latest(this.dataSource.manager, dealId, ['deal.won.v1'])))
      return { action: 'none', why: 'sold-before' };
    const wanted = await this.#wanted(deal, before);
    const appliedHash = hashOf(wanted.desired);
    const agreed = this.soldRates.agree(wanted.checked, wanted.soldRates);
    if (before?.status === 'active' && !before.unfinished && before.appliedHash === appliedHash && event.type !== 'run.requested.v1')
      return { action: 'none', why: 'unchanged', ...agreed };
    const proposal = await this.planner.effectsOf(wanted);
    if (planHash) refuseDrifted(planHash, proposal);
    else await this.#refuseToDecide(deal, proposal);
    const { desired, parts, effects, legalEntity, differing, drift } = proposal;
    // Only a plan that a person approved is bound to exactly its effects.
    const bound = planHash ? { hash: planHash, parts, effects } : { hash: null, parts: {}, effects: [] };
    const plan = await this.planner.keep({ ...bound, dealId, desired, legalEntities: [legalEntity] });
    await this.planner.begin(plan.id);
    const engagement: AppliedDeal = {
      dealId,
      projectId: projectIdOf(dealId),
      status: 'active',
      terms: termsOf(wanted.checked),
      planId: plan.id,
      appliedHash,
      appliedModifiedAt: deal.modifiedAt,
    };
    const [part] = deal.milestones.length === 0 ? wanted.checked.deal.milestones : [];
    return { action: 'establish', planId: plan.id, engagement, differing, drift, ...agreed, ...(part ? { onePartDue: part.dueDate } : {}) };
  }

  /** The deal as the event contains it, or as its latest event does. */
  async dealOf(event: RecordedEvent): Promise<Deal> {
    const told = event.type === 'run.requested.v1' ? await this.log.latest(this.dataSource.manager, event.key, [...DEAL_EVENTS]) : event;
    return (told!.data as Changed<Deal>).state;
  }

  /**
   * When a deal is refused, its rates are asked about together with everything else that is wrong.
   */
  async #wanted(deal: Deal, before?: AppliedDeal): Promise<Wanted> {
    try {
      return await this.planner.wanted(deal, before);
    } catch (error) {
      if (error instanceof Refused) await this.soldRates.ask(deal.id, error.faults, () => this.planner.legalEntitiesOf(deal));
      throw error;
    }
  }

  async #undo(deal: Deal, before?: StandingDeal): Promise<DealDecision> {
    const nothing: DealDecision = { action: 'none', why: 'not-won' };
    if (before?.status === 'archived' && !before.unfinished) return nothing;
    const desired = await this.planner.undoingOf(deal, before);
    if (!desired) {
      await inTransaction(this.dataSource, em => this.appliedDeals.settle(em, deal.id));
      return nothing;
    }
    const legalEntities = [(before?.terms ?? desired.project).legalEntity];
    const plan = await this.planner.keep({ hash: null, dealId: deal.id, desired, parts: {}, effects: [], legalEntities });
    return {
      action: 'undo',
      planId: plan.id,
      engagement: { ...(before ?? neverFinished(desired.project, plan.id)), appliedModifiedAt: deal.modifiedAt },
    };
  }

  /** Asks people everything that they have to decide first, at once. */
  async #refuseToDecide(deal: Deal, { open, legalEntity }: Proposal): Promise<void> {
    if (open.length === 0) return;
    await this.decisions.ask(deal.id, open, [legalEntity]);
    const names = await this.planner.namesIn(open);
    throw new Refused(open.map(question => questionFault(deal, question, names)));
  }

  /**
   * The deal as it is in the CRM now. A deal that was deleted there counts as lost, in its last
   * state; one that was merely not found does not.
   */
  async #dealNow(dealId: string): Promise<Deal> {
    try {
      return await this.systems.deal(dealId);
    } catch (error) {
      if (!(error instanceof Problem && error.kind === 'not-found')) throw error;
      const last = (await this.log.latest(this.dataSource.manager, dealId, [...DEAL_EVENTS]))?.data as Changed<Deal> | undefined;
      if (!last?.deleted) throw error;
      return { ...last.state, stage: 'lost' };
    }
  }
}

/** The project of a deal whose first run never ended, so that no deal was applied. */
const neverFinished = (project: Project, planId: string): Omit<AppliedDeal, 'appliedModifiedAt'> => ({
  dealId: project.dealId,
  projectId: project.id,
  status: project.status,
  terms: {
    legalEntity: project.legalEntity,
    billingMethod: project.billingMethod,
    currency: project.currency,
    customerId: project.customerId,
  },
  planId,
  appliedHash: '',
});
