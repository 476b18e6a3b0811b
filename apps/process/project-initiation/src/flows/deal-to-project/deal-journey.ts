import type { RecordedEvent } from '#apis';
import { projectIdOf, type Changed, type Deal } from '#canonical';
import type { About, AppliedMessage, StepMessage } from '#flow';
import type { AppliedDeal } from '../../engagements/applied-deal.store.js';
import type { DealDecision } from './deal-decider.js';
import { leavesOut, type DesiredState } from './desired-state.rules.js';

/**
 * The subjects whose journeys show the run (the project and the customer), and the legal entities
 * that it belongs to.
 */
export const aboutOf = ({ projectId, terms }: AppliedDeal): About => ({ related: [projectId, terms.customerId], legalEntities: [terms.legalEntity] });

/**
 * For each part: the message when it is applied, and the next part, for readers while the run goes
 * on.
 */
const APPLIED = {
  customer: { kind: 'journey.customer-ensured', already: 'journey.customer-ensured-already', next: 'journey.next.project-in-psa' },
  project: { kind: 'journey.project-in-psa', already: 'journey.project-in-psa-already', next: 'journey.next.project-in-erp' },
  financialProject: { kind: 'journey.project-in-erp', already: 'journey.project-in-erp-already', next: 'journey.next.outcome' },
  staffing: { kind: 'journey.staffing-requested', already: 'journey.staffing-requested-already', next: 'journey.next.active' },
} satisfies Record<string, AppliedMessage>;

/** The same where the PSA has no place for a part. */
const NOT_KEPT = { milestones: 'journey.project-in-psa-not-kept', staffing: 'journey.staffing-requested-not-kept' } as const;

export const appliedAs = (desired: DesiredState): Record<keyof typeof APPLIED, AppliedMessage> => ({
  ...APPLIED,
  ...(leavesOut(desired, 'milestones') ? { project: { kind: NOT_KEPT.milestones, next: APPLIED.project.next } } : {}),
  ...(leavesOut(desired, 'staffing') ? { staffing: { kind: NOT_KEPT.staffing, next: APPLIED.staffing.next } } : {}),
});

/** The same for what is undone. */
export const UNDONE: Record<string, AppliedMessage> = {
  project: { kind: 'journey.undone-project', outcome: 'undone' },
  'financial-project': { kind: 'journey.undone-financial-project', outcome: 'undone' },
  staffing: { kind: 'journey.undone-staffing', outcome: 'undone' },
};

/**
 * The end of a deal that is no longer won. A project that the PSA can't archive is left to people.
 */
export const undone = (desired: DesiredState): StepMessage => ({
  kind: leavesOut(desired, 'archive') ? 'journey.project-undone-not-kept' : 'journey.project-undone',
  outcome: 'undone',
});

/**
 * What happened in the CRM. The CRM does not say who did it. Nothing where a person requested the
 * run.
 */
export function cause({ type, key, time, data }: RecordedEvent): StepMessage[] {
  const deal = (data as Partial<Changed<Deal>>).state;
  if (!deal) return [];
  const system = deal.refs[0]?.system ?? 'crm';
  return [
    {
      related: [projectIdOf(key), deal.customer.id],
      kind: CAUSES[type as keyof typeof CAUSES],
      at: time,
      params: { deal: deal.name, customer: deal.customer.name, amount: deal.amount.amount, currency: deal.amount.currency },
      system,
      refs: deal.refs,
      money: deal.amount,
      actor: { kind: 'system', id: system },
      next: deal.stage === 'won' ? 'journey.next.check' : 'journey.next.undo',
    },
  ];
}

const CAUSES = {
  'deal.won.v1': 'journey.deal-won',
  'deal.changed.v1': 'journey.deal-changed',
  'deal.reopened.v1': 'journey.deal-reopened',
  'deal.lost.v1': 'journey.deal-lost',
} as const;

/**
 * The result of the check. A run that finds nothing to do ends its journey too, with the existing
 * project or without one.
 */
export function checked({ key, data }: RecordedEvent, decision: DealDecision): StepMessage[] {
  if (decision.action === 'none') {
    const deal = (data as Partial<Changed<Deal>>).state;
    const asItWas = decision.why === 'unchanged' || decision.why === 'superseded';
    const told = { related: [projectIdOf(key), ...(deal ? [deal.customer.id] : [])], params: { why: decision.why } };
    return [asItWas ? { ...told, kind: 'journey.project-as-it-was' } : { ...told, kind: 'journey.no-project' }];
  }
  const about = aboutOf(decision.engagement);
  if (decision.action === 'undo') return [{ ...about, kind: 'journey.undo-begun' }];
  // A run that began under an earlier release has no drift.
  const { overwritten = [], left = [] } = decision.drift ?? {};
  const drift = (kind: 'journey.drift-overwritten' | 'journey.drift-left', attributes: string[]): StepMessage[] =>
    attributes.length > 0 ? [{ ...about, kind, params: { attributes: attributes.join(', ') } }] : [];
  return [
    ...drift('journey.drift-overwritten', overwritten),
    ...drift('journey.drift-left', left),
    ...(decision.onePartDue ? [{ ...about, kind: 'journey.price-in-one-part' as const, params: { due: decision.onePartDue } }] : []),
    { ...about, kind: 'journey.checked', next: 'journey.next.customer' },
  ];
}
