import { Injectable } from '@nestjs/common';
import {
  hashOf,
  Problem,
  projectIdOf,
  type Applied,
  type Changed,
  type Deal,
  type EventType,
  type ExternalRef,
  type RecordedEvent,
  type StaffingRequest,
} from '#canonical';
import { EventLog, EventPublisher, type NewEvent } from '#events';
import { Refused, type FailedStep, type Finish, type Flow, type FlowException, type FlowRun, type TellStep } from '#flow';
import { Decisions } from '#ownership';
import { Database } from '#persistence';
import { Metrics } from '#service';
import { SystemApis } from '../../clients.js';
import { EngagementStore, type Engagement } from '../../engagements/engagement.store.js';
import { needs } from '../../needs.js';
import { Planner, refuseDrifted, type Proposal, type Wanted } from '../../plans/planner.js';
import { ProjectInitiationConfig } from '../../project-initiation.config.js';
import { SoldRateAgreements, type AgreedNow } from '../../sold-rates/sold-rate-agreements.js';
import { termsOf } from './deal-to-project.rules.js';
import { dealException, questionFault } from './deal-to-project.exceptions.js';
import { intentsOf, outcomeFaults, type DesiredState, type Intent } from './desired-state.rules.js';

const DEAL_EVENTS = ['deal.won.v1', 'deal.changed.v1', 'deal.reopened.v1', 'deal.lost.v1'] as const;
type DealEvent = (typeof DEAL_EVENTS)[number];

/** What the first step decided; the plan itself is kept in our table, not in the journal. */
/** Why there is nothing to do: all is so already, a newer state was applied, it isn't won, or it was won before we were there. */
type NothingToDo = 'unchanged' | 'superseded' | 'not-won' | 'sold-before';

type Decision =
  | { action: 'none'; why: NothingToDo; agreed?: AgreedNow }
  // `differing`: attributes that people decided to leave as they are.
  | { action: 'establish'; planId: string; engagement: Engagement; differing: string[]; drift?: Proposal['drift']; agreed?: AgreedNow }
  | { action: 'undo'; planId: string; engagement: Engagement };

/** What a part of the plan did: how many writes, and where the thing now is. */
interface PartDone {
  part: string;
  effects: number;
  operations: string[];
  refs: ExternalRef[];
}

/**
 * From a signed deal to a running project. Level-triggered: each event of a deal brings the world in line with the deal as it is in the
 * CRM now, so that a change met while another runs is applied after it, once, and in order.
 */
@Injectable()
export class DealToProject implements Flow<DealEvent | 'run.requested.v1'> {
  readonly types: (DealEvent | 'run.requested.v1')[] = [...DEAL_EVENTS, 'run.requested.v1'];

  constructor(
    private readonly dataSource: Database,
    private readonly log: EventLog,
    private readonly publisher: EventPublisher,
    private readonly systems: SystemApis,
    private readonly planner: Planner,
    private readonly engagements: EngagementStore,
    private readonly soldRates: SoldRateAgreements,
    private readonly decisions: Decisions,
    private readonly config: ProjectInitiationConfig,
    private readonly metrics: Metrics,
  ) {}

  get clockMs(): number {
    return this.config.clockMs;
  }

  /** A deal that was never won is of no interest, whatever changes on it; nor is what a first reading of the CRM finds. */
  keyOf(event: RecordedEvent<DealEvent | 'run.requested.v1'>): string | null {
    if (event.type !== 'deal.changed.v1') return event.key;
    const { state, changed } = event.data as Changed<Deal>;
    return state.stage === 'won' && changed.length > 0 ? event.key : null;
  }

  async run(run: FlowRun): Promise<Finish> {
    const dealId = run.event.key;
    const decision = await run.step(
      'read and check the deal',
      () => this.#noteAndDecide(run),
      told => this.#tellChecked(run.event, told),
    );
    if (decision.action === 'none') return this.soldRates.finish(run, decision.agreed);
    return decision.action === 'establish' ? this.#establish(run, dealId, decision) : this.#undo(run, dealId, decision);
  }

  async #establish(
    run: FlowRun,
    dealId: string,
    { planId, engagement, differing, agreed }: Extract<Decision, { action: 'establish' }>,
  ): Promise<Finish> {
    const step = (part: string, kind: string) =>
      run.step(
        part,
        () => this.#apply(planId, part),
        done => [this.#told(engagement, dealId, kind, done)],
      );
    await step('customer', 'journey.customer-ensured');
    const inPsa = await step('project', 'journey.project-in-psa');
    const inErp = await step('financial-project', 'journey.project-in-erp');
    await run.step(
      'check the outcome',
      () => this.#checkOutcome(planId),
      () => [
        {
          ...this.#told(engagement, dealId, 'journey.outcome-checked', {
            part: 'outcome',
            effects: 0,
            operations: [],
            refs: [...inPsa.refs, ...inErp.refs],
          }),
          system: 'throughline',
        },
      ],
    );
    const raised = await run.step(
      'raise staffing requests',
      () => this.#raiseStaffing(run, planId),
      done => [this.#told(engagement, dealId, 'journey.staffing-requested', done)],
    );
    const refs = [...inPsa.refs, ...inErp.refs];
    const activated: TellStep = { ...this.#told(engagement, dealId, 'journey.project-active', { ...raised, refs }), system: 'throughline' };
    const rates = this.soldRates.finish(run, agreed);
    return {
      events: [...(rates.events ?? []), this.#activated(run, engagement, refs), this.#journeyEvent(run, activated)],
      commit: async em => {
        await rates.commit?.(em);
        await this.engagements.save(em, { ...engagement, status: 'active' }, run.event.keySeq);
        await this.decisions.settle(em, dealId, differing);
        this.#observeLeadTime(run.event);
      },
    };
  }

  /** In reverse, before any time was booked. The customer is shared and stays. */
  async #undo(run: FlowRun, dealId: string, { planId, engagement }: Extract<Decision, { action: 'undo' }>): Promise<Finish> {
    const plan = await this.planner.byId(planId);
    await run.step('see that no time was booked', () => this.#refuseWhenBooked(plan.desired));
    for (const intent of intentsOf(plan.desired)) {
      await run.step(
        `undo ${intent.part}`,
        () => this.#apply(planId, intent.part),
        done => [{ ...this.#told(engagement, dealId, `journey.undone-${intent.part.split(':')[0]}`, done), outcome: 'undone' }],
      );
    }
    const undone: TellStep = {
      ...this.#told(engagement, dealId, 'journey.project-undone', { part: 'undo', effects: 0, operations: [], refs: [] }),
      system: 'throughline',
      outcome: 'undone',
    };
    return {
      events: [this.#journeyEvent(run, undone)],
      commit: async em => {
        await this.engagements.save(em, { ...engagement, status: 'archived' }, run.event.keySeq);
        await this.decisions.settle(em, dealId, []);
      },
    };
  }

  async exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException> {
    const deal = await this.#dealOf(event);
    return dealException(deal, await this.planner.legalEntitiesOf(deal), failure, this.config);
  }

  async #decide(event: RecordedEvent): Promise<Decision> {
    const dealId = event.key;
    const deal = await this.#dealNow(dealId);
    const before = await this.engagements.find(dealId);
    const planHash = event.type === 'run.requested.v1' ? (event.data as { planHash?: string }).planHash : undefined;
    if (deal.stage !== 'won') {
      if (!before || before.status === 'archived') return { action: 'none', why: 'not-won' };
      return this.#decideUndo(deal, before);
    }
    // An older state of the deal than the one applied: a replica that lags. The newer one has been applied already.
    if (before && deal.modifiedAt < before.appliedModifiedAt) return { action: 'none', why: 'superseded' };
    // Won before we were there: its project was made by hand, and a change of it is no reason to make another.
    if (event.type === 'deal.changed.v1' && !before && !(await this.log.latest(this.dataSource.manager, dealId, ['deal.won.v1']))) {
      return { action: 'none', why: 'sold-before' };
    }
    const wanted = await this.#wanted(deal, before);
    const appliedHash = hashOf(wanted.desired);
    const agreed = this.soldRates.agree(wanted.checked, wanted.soldRates);
    if (before?.status === 'active' && before.appliedHash === appliedHash && event.type !== 'run.requested.v1')
      return { action: 'none', why: 'unchanged', ...agreed };
    const proposal = await this.planner.effectsOf(wanted);
    if (planHash) refuseDrifted(planHash, proposal);
    else await this.#refuseToDecide(deal, proposal);
    const { desired, parts, effects, legalEntity, differing, drift } = proposal;
    // Only a plan that a person looked at is bound to exactly its effects.
    const bound = planHash ? { hash: planHash, parts, effects } : { hash: null, parts: {}, effects: [] };
    const plan = await this.planner.keep({ ...bound, dealId, desired, legalEntities: [legalEntity] });
    const engagement: Engagement = {
      dealId,
      projectId: projectIdOf(dealId),
      status: 'active',
      terms: termsOf(wanted.checked),
      planId: plan.id,
      appliedHash,
      appliedModifiedAt: deal.modifiedAt,
    };
    return { action: 'establish', planId: plan.id, engagement, differing, drift, ...agreed };
  }

  /** A deal that is refused for a rate asks about it with all else that is wrong. */
  async #wanted(deal: Deal, before?: Engagement): Promise<Wanted> {
    try {
      return await this.planner.wanted(deal, before);
    } catch (error) {
      if (error instanceof Refused) await this.soldRates.ask(deal.id, error.faults, () => this.planner.legalEntitiesOf(deal));
      throw error;
    }
  }

  /** Undoes what was applied, as it was applied: the deal may be incomplete by now. */
  async #decideUndo(deal: Deal, before: Engagement): Promise<Decision> {
    const { desired: applied } = await this.planner.byId(before.planId);
    const desired: DesiredState = {
      customer: applied.customer,
      project: { ...applied.project, status: 'archived' },
      financialProject: { ...applied.financialProject, status: 'archived' },
      staffing: applied.staffing.map((request): StaffingRequest => ({ ...request, status: 'cancelled' })),
    };
    const plan = await this.planner.keep({ hash: null, dealId: deal.id, desired, parts: {}, effects: [], legalEntities: [before.terms.legalEntity] });
    return { action: 'undo', planId: plan.id, engagement: { ...before, appliedModifiedAt: deal.modifiedAt } };
  }

  /** What people have to decide first is asked, all of it at once. */
  async #refuseToDecide(deal: Deal, { open, legalEntity }: Proposal): Promise<void> {
    if (open.length === 0) return;
    await this.decisions.ask(deal.id, open, [legalEntity]);
    const names = await this.planner.namesIn(open);
    throw new Refused(open.map(question => questionFault(deal, question, names)));
  }

  async #refuseWhenBooked({ project }: DesiredState): Promise<{ booked: false }> {
    const actual = await this.systems.psaProject(project.id);
    if (!actual.timeBooked) return { booked: false };
    throw new Refused([
      {
        reason: { code: 'deal.reopened-after-time', params: { deal: project.title, project: project.id } },
        category: 'policy',
        desk: 'pmo',
        need: needs.timeBooked(project.dealId),
      },
    ]);
  }

  async #apply(planId: string, part: string): Promise<PartDone> {
    const plan = await this.planner.byId(planId);
    const intent = intentsOf(plan.desired).find(candidate => candidate.part === part);
    if (!intent) return { part, effects: 0, operations: [], refs: [] };
    const applied = await this.systems.apply(intent, plan.parts[part]);
    return done(intent, applied);
  }

  async #checkOutcome(planId: string): Promise<{ checked: true }> {
    const { desired } = await this.planner.byId(planId);
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
        desk: reason.params.system === 'erp' ? 'finance' : 'pmo',
        need: needs.complete(desired.project.id, reason.params.system),
      })),
    );
  }

  /** One request per sold role, each with HCM's answer to who could do it. */
  async #raiseStaffing(run: FlowRun, planId: string): Promise<PartDone> {
    const plan = await this.planner.byId(planId);
    const refs: ExternalRef[] = [];
    const events: NewEvent[] = [];
    let effects = 0;
    for (const intent of intentsOf(plan.desired).filter(candidate => candidate.part.startsWith('staffing:'))) {
      const request = intent.body as StaffingRequest;
      const [applied, candidates] = await Promise.all([this.systems.apply(intent, plan.parts[intent.part]), this.systems.candidates(request)]);
      effects += applied.effects.length;
      refs.push(...applied.refs);
      events.push({
        id: `${run.runId}:${request.id}`,
        type: 'staffing-request.raised.v1',
        key: request.id,
        data: { state: { ...request, candidates }, refs: applied.refs },
        legalEntities: plan.legalEntities,
      });
    }
    await this.dataSource.transaction(em => this.publisher.publish(em, events));
    return { part: 'staffing', effects, operations: events.map(() => 'create'), refs };
  }

  /** As it is in the CRM now. One that is gone there because it was deleted is lost, as it was last; a merely unseen one is not. */
  async #dealNow(dealId: string): Promise<Deal> {
    try {
      return await this.systems.deal(dealId);
    } catch (error) {
      if (!(error instanceof Problem && error.kind === 'not-found')) throw error;
      const last = (await this.log.latest(this.dataSource.manager, dealId, [...DEAL_EVENTS] as EventType[]))?.data as Changed<Deal> | undefined;
      if (!last?.deleted) throw error;
      return { ...last.state, stage: 'lost' };
    }
  }

  async #dealOf(event: RecordedEvent): Promise<Deal> {
    if (event.type !== 'run.requested.v1') return (event.data as Changed<Deal>).state;
    const latest = await this.log.latest(this.dataSource.manager, event.key, [...DEAL_EVENTS] as EventType[]);
    return (latest!.data as Changed<Deal>).state;
  }

  /** What happened in the CRM is told even when the deal is then refused. */
  async #noteAndDecide(run: FlowRun): Promise<Decision> {
    const { event } = run;
    const deal = (event.data as Partial<Changed<Deal>>).state;
    if (deal) {
      await run.tell('cause', [
        {
          subject: event.key,
          related: [projectIdOf(event.key), deal.customer.id],
          kind: `journey.${event.type.split('.').slice(0, 2).join('-')}`,
          at: event.time,
          params: { deal: deal.name, customer: deal.customer.name, amount: deal.amount.amount, currency: deal.amount.currency },
          system: deal.refs[0]?.system ?? 'crm',
          outcome: 'done',
          refs: deal.refs,
          money: deal.amount,
          // The CRM says that it happened, not who did it.
          actor: { kind: 'system', id: deal.refs[0]?.system ?? 'crm' },
          legalEntities: event.legalEntities,
          next: { kind: deal.stage === 'won' ? 'journey.next.check' : 'journey.next.undo', params: {} },
        },
      ]);
    }
    return this.#decide(event);
  }

  #tellChecked(event: RecordedEvent, decision: Decision): TellStep[] {
    if (decision.action === 'none') return [this.#tellNothing(event, decision.why)];
    const { engagement } = decision;
    const tell = (kind: string): TellStep => ({
      ...this.#told(engagement, event.key, kind, { part: 'check', effects: 0, operations: [], refs: [] }),
      system: 'throughline',
    });
    if (decision.action === 'undo') return [tell('journey.undo-begun')];
    // A run that began under an earlier release knew of none.
    const drifts = Object.entries(decision.drift ?? {}).filter(([, attributes]) => attributes.length > 0);
    return [
      ...drifts.map(([what, attributes]) => ({ ...tell(`journey.drift-${what}`), params: { attributes: attributes.join(', ') } })),
      tell('journey.checked'),
    ];
  }

  /** A run that found nothing to do ends the line too: with the project as it was, or with none. */
  #tellNothing(event: RecordedEvent, why: NothingToDo): TellStep {
    const deal = (event.data as Partial<Changed<Deal>>).state;
    return {
      subject: event.key,
      related: [projectIdOf(event.key), ...(deal ? [deal.customer.id] : [])],
      kind: why === 'unchanged' || why === 'superseded' ? 'journey.project-as-it-was' : 'journey.no-project',
      params: { why },
      system: 'throughline',
      outcome: 'done',
      refs: [],
      money: null,
      legalEntities: event.legalEntities,
    };
  }

  #told({ projectId, terms }: Engagement, dealId: string, kind: string, { effects, operations, refs }: PartDone): TellStep {
    const next = NEXT[kind];
    return {
      subject: dealId,
      related: [projectId, terms.customerId],
      kind: effects === 0 && AS_IT_WAS.has(kind) ? `${kind}-already` : kind,
      params: { effects: String(effects), operations: [...new Set(operations)].join(', ') || 'none' },
      system: refs[0]?.system ?? 'throughline',
      outcome: 'done',
      refs,
      money: null,
      legalEntities: [terms.legalEntity],
      ...(next ? { next: { kind: next, params: {} } } : {}),
    };
  }

  #observeLeadTime(event: RecordedEvent): void {
    if (event.type !== 'deal.won.v1') return;
    const seconds = this.metrics.histogram(
      'throughline_deal_to_project_seconds',
      'From the deal won to its project active.',
      [],
      [1, 5, 15, 60, 300, 900, 3600, 86_400],
    );
    seconds.observe((Date.now() - Date.parse(event.time)) / 1000);
  }

  #activated(run: FlowRun, engagement: Engagement, refs: ExternalRef[]): NewEvent {
    return {
      id: `${run.runId}:activated`,
      type: 'project.activated.v1',
      key: engagement.projectId,
      data: { projectId: engagement.projectId, dealId: engagement.dealId, customerId: engagement.terms.customerId, refs },
      legalEntities: [engagement.terms.legalEntity],
    };
  }

  #journeyEvent(run: FlowRun, step: TellStep): NewEvent {
    const at = new Date().toISOString();
    const id = `${run.runId}:${step.kind}`;
    return {
      id,
      type: 'journey.step.v1',
      key: `journey:${step.subject}`,
      time: at,
      data: { ...step, id, at, actor: run.actor, runId: run.runId },
      legalEntities: step.legalEntities,
    };
  }
}

/** Steps that may find all as it should be; then they say so. */
const AS_IT_WAS = new Set(['journey.customer-ensured', 'journey.project-in-psa', 'journey.project-in-erp', 'journey.staffing-requested']);

/** What comes after a step, for whoever looks while it runs. */
const NEXT: Record<string, string> = {
  'journey.checked': 'journey.next.customer',
  'journey.customer-ensured': 'journey.next.project-in-psa',
  'journey.project-in-psa': 'journey.next.project-in-erp',
  'journey.project-in-erp': 'journey.next.outcome',
  'journey.outcome-checked': 'journey.next.staffing',
  'journey.staffing-requested': 'journey.next.active',
};

const done = ({ part }: Intent, { effects, refs }: Applied): PartDone => ({
  part,
  effects: effects.length,
  operations: effects.map(effect => effect.operation),
  refs,
});
