import { Injectable } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import type { Applied, Changed, Deal, StaffingRequest } from '#canonical';
import type { NewEvent } from '#events';
import { Refused, type AppliedThing, type FailedStep, type Finish, type Flow, type FlowException, type FlowRun } from '#flow';
import { Decisions } from '#ownership';
import { Metrics } from '#service';
import { deskOfSystem } from '#work';
import { SystemApis } from '../../clients.js';
import { AppliedDealStore, type AppliedDeal } from '../../engagements/applied-deal.store.js';
import { needs } from '../../needs.js';
import { Planner, type Plan } from '../../plans/planner.js';
import { ProjectInitiationConfig } from '../../project-initiation.config.js';
import { SoldRateAgreements } from '../../sold-rates/sold-rate-agreements.js';
import { DEAL_EVENTS, DealDecider, type DealDecision } from './deal-decider.js';
import { bookedFault, dealException } from './deal-exceptions.js';
import { aboutOf, appliedAs, cause, checked, undone, UNDONE } from './deal-journey.js';
import { intentsOf, isInPsa, outcomeFaults, type Intent } from './desired-state.rules.js';

type Decided<Action> = Extract<DealDecision, { action: Action }>;
type Event = (typeof DEAL_EVENTS)[number] | 'run.requested.v1';

/**
 * From a signed deal to a running project. Level-triggered: each event of a deal makes the systems
 * match the deal's current state in the CRM. So a change that comes while another runs is applied
 * after it, once, and in order.
 */
@Injectable()
export class DealToProject implements Flow<Event> {
  readonly types: Event[] = [...DEAL_EVENTS, 'run.requested.v1'];

  constructor(
    private readonly decider: DealDecider,
    private readonly systems: SystemApis,
    private readonly planner: Planner,
    private readonly appliedDeals: AppliedDealStore,
    private readonly soldRates: SoldRateAgreements,
    private readonly decisions: Decisions,
    private readonly config: ProjectInitiationConfig,
    private readonly metrics: Metrics,
  ) {}

  get clockMs(): number {
    return this.config.clockMs;
  }

  /** Ignore a deal that was never won, and what the first reading of the CRM finds. */
  keyOf(event: RecordedEvent<Event>): string | null {
    if (event.type !== 'deal.changed.v1') return event.key;
    const { state, changed } = event.data as Changed<Deal>;
    return state.stage === 'won' && changed.length > 0 ? event.key : null;
  }

  async run(run: FlowRun): Promise<Finish> {
    const decision = await run.step(
      'read and check the deal',
      () => this.#check(run),
      made => checked(run.event, made),
    );
    if (decision.action === 'none') return this.soldRates.finish(run, decision.agreed);
    run.about(aboutOf(decision.engagement));
    return decision.action === 'establish' ? this.#establish(run, decision) : this.#undo(run, decision);
  }

  async #establish(run: FlowRun, { planId, engagement, differing, agreed }: Decided<'establish'>): Promise<Finish> {
    const plan = await run.read('the plan', () => this.planner.byId(planId));
    const as = appliedAs(plan.desired);
    await run.apply('customer', as.customer, () => this.#apply(plan, 'customer'));
    const inPsa = await run.apply('project', as.project, () => this.#apply(plan, 'project'));
    const inErp = await run.apply('financial-project', as.financialProject, () => this.#apply(plan, 'financial-project'));
    const refs = [...inPsa.refs, ...inErp.refs];
    await run.step(
      'check the outcome',
      () => this.#checkOutcome(plan),
      () => [{ kind: 'journey.outcome-checked', refs, next: 'journey.next.staffing' }],
    );
    await run.each('raise staffing requests', as.staffing, staffingOf(plan), intent => this.#raise(run, plan, intent));
    const rates = this.soldRates.finish(run, agreed);
    return run.finish(
      { kind: 'journey.project-active', refs },
      {
        events: [...(rates.events ?? []), activated(run, engagement, refs)],
        commit: async em => {
          await rates.commit?.(em);
          await this.appliedDeals.save(em, { ...engagement, status: 'active' }, run.event.keySeq);
          await this.decisions.markCarriedOut(em, engagement.dealId, differing);
          this.#observeLeadTime(run.event);
        },
      },
    );
  }

  /** In reverse order, before any time was booked. The customer is shared and stays. */
  async #undo(run: FlowRun, { planId, engagement }: Decided<'undo'>): Promise<Finish> {
    const plan = await run.read('the plan', () => this.planner.byId(planId));
    await run.step('see that no time was booked', () => this.#beginUnlessBooked(plan));
    for (const { part } of intentsOf(plan.desired)) await run.apply(`undo ${part}`, UNDONE[part.split(':')[0]], () => this.#apply(plan, part));
    return run.finish(undone(plan.desired), {
      commit: async em => {
        await this.appliedDeals.save(em, { ...engagement, status: 'archived' }, run.event.keySeq);
        await this.decisions.markCarriedOut(em, engagement.dealId, []);
      },
    });
  }

  async exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException> {
    const deal = await this.decider.dealOf(event);
    return dealException(deal, await this.planner.legalEntitiesOf(deal), failure, this.config);
  }

  /** Publish what happened in the CRM even when the deal is then refused. */
  async #check(run: FlowRun): Promise<DealDecision> {
    await run.publish('cause', cause(run.event));
    return this.decider.decide(run.event);
  }

  async #beginUnlessBooked({ id, desired: { project, ...left } }: Plan): Promise<{ booked: false }> {
    const booked = isInPsa(left) && (await this.systems.psaProject(project.id)).timeBooked;
    if (booked) throw new Refused([bookedFault(project)]);
    await this.planner.begin(id);
    return { booked: false };
  }

  /**
   * Applies exactly what a person approved, where the plan is bound to that. Undefined where the
   * part is left out.
   */
  async #apply({ desired, parts }: Plan, part: string): Promise<Applied | undefined> {
    const intent = intentsOf(desired).find(candidate => candidate.part === part);
    return intent && this.systems.apply(intent, parts[part]);
  }

  async #checkOutcome({ desired }: Plan): Promise<{ checked: true }> {
    const { leftOut = [] } = desired;
    const [project, financialProject] = await Promise.all([
      leftOut.includes('project') ? null : this.systems.psaProject(desired.project.id),
      leftOut.includes('financial-project') ? null : this.systems.erpProject(desired.financialProject.id),
    ]);
    const faults = outcomeFaults(desired, { project, financialProject });
    if (faults.length === 0) return { checked: true };
    throw new Refused(
      faults.map(reason => ({
        reason,
        category: 'refused-by-back-end',
        desk: deskOfSystem(reason.params.system),
        need: needs.complete(desired.project.id, reason.params.system),
      })),
    );
  }

  /** Requests staff for a sold role, with HCM's suggestions of who could do it. */
  async #raise(run: FlowRun, { parts, legalEntities }: Plan, intent: Intent): Promise<AppliedThing> {
    const request = intent.body as StaffingRequest;
    const [applied, candidates] = await Promise.all([this.systems.apply(intent, parts[intent.part]), this.systems.candidates(request)]);
    const data = { state: { ...request, candidates }, refs: applied.refs };
    return { ...applied, event: { id: `${run.runId}:${request.id}`, type: 'staffing-request.raised.v1', key: request.id, data, legalEntities } };
  }

  #observeLeadTime(event: RecordedEvent): void {
    if (event.type !== 'deal.won.v1') return;
    const buckets = [1, 5, 15, 60, 300, 900, 3600, 86_400];
    const seconds = this.metrics.histogram('throughline_deal_to_project_seconds', 'From the deal won to its project active.', [], buckets);
    seconds.observe((Date.now() - Date.parse(event.time)) / 1000);
  }
}

const staffingOf = ({ desired }: Plan): Intent[] => intentsOf(desired).filter(({ part }) => part.startsWith('staffing:'));

const activated = (run: FlowRun, { projectId, dealId, terms }: AppliedDeal, refs: Applied['refs']): NewEvent => ({
  id: `${run.runId}:activated`,
  type: 'project.activated.v1',
  key: projectId,
  data: { projectId, dealId, customerId: terms.customerId, refs },
  legalEntities: [terms.legalEntity],
});
