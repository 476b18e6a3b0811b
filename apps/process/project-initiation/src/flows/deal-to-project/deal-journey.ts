import type { RecordedEvent } from '#apis';
import { projectIdOf, type Changed, type Deal } from '#canonical';
import type { About, TellApplied, TellStep } from '#flow';
import type { Engagement } from '../../engagements/engagement.store.js';
import type { DealDecision } from './deal-decider.js';
import { leavesOut, type DesiredState } from './desired-state.rules.js';

/** What its project's people and its customer's find of a run, and whose it is. */
export const aboutOf = ({ projectId, terms }: Engagement): About => ({ related: [projectId, terms.customerId], legalEntities: [terms.legalEntity] });

/** Each part as it is told when it is applied, and what comes after it for whoever looks while the run goes on. */
const APPLIED = {
  customer: { kind: 'journey.customer-ensured', already: 'journey.customer-ensured-already', next: 'journey.next.project-in-psa' },
  project: { kind: 'journey.project-in-psa', already: 'journey.project-in-psa-already', next: 'journey.next.project-in-erp' },
  financialProject: { kind: 'journey.project-in-erp', already: 'journey.project-in-erp-already', next: 'journey.next.outcome' },
  staffing: { kind: 'journey.staffing-requested', already: 'journey.staffing-requested-already', next: 'journey.next.active' },
} satisfies Record<string, TellApplied>;

/** The same where the PSA has no place for a part. */
const NOT_KEPT = { milestones: 'journey.project-in-psa-not-kept', staffing: 'journey.staffing-requested-not-kept' } as const;

export const appliedAs = (desired: DesiredState): Record<keyof typeof APPLIED, TellApplied> => ({
  ...APPLIED,
  ...(leavesOut(desired, 'milestones') ? { project: { kind: NOT_KEPT.milestones, next: APPLIED.project.next } } : {}),
  ...(leavesOut(desired, 'staffing') ? { staffing: { kind: NOT_KEPT.staffing, next: APPLIED.staffing.next } } : {}),
});

/** The same for what is undone. */
export const UNDONE: Record<string, TellApplied> = {
  project: { kind: 'journey.undone-project', outcome: 'undone' },
  'financial-project': { kind: 'journey.undone-financial-project', outcome: 'undone' },
  staffing: { kind: 'journey.undone-staffing', outcome: 'undone' },
};

/** How a deal that is no longer won ends: a project that the PSA can't archive is left to people. */
export const undone = (desired: DesiredState): TellStep => ({
  kind: leavesOut(desired, 'archive') ? 'journey.project-undone-not-kept' : 'journey.project-undone',
  outcome: 'undone',
});

/** What happened in the CRM, which says that it happened and not who did it; nothing where somebody asked for the run. */
export function cause({ type, key, time, data }: RecordedEvent): TellStep[] {
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

/** What came of the check. A run that finds nothing to do ends its line too: with the project as it was, or with none. */
export function checked({ key, data }: RecordedEvent, decision: DealDecision): TellStep[] {
  if (decision.action === 'none') {
    const deal = (data as Partial<Changed<Deal>>).state;
    const asItWas = decision.why === 'unchanged' || decision.why === 'superseded';
    const told = { related: [projectIdOf(key), ...(deal ? [deal.customer.id] : [])], params: { why: decision.why } };
    return [asItWas ? { ...told, kind: 'journey.project-as-it-was' } : { ...told, kind: 'journey.no-project' }];
  }
  const about = aboutOf(decision.engagement);
  if (decision.action === 'undo') return [{ ...about, kind: 'journey.undo-begun' }];
  // A run that began under an earlier release knew of none.
  const { overwritten = [], left = [] } = decision.drift ?? {};
  const drift = (kind: 'journey.drift-overwritten' | 'journey.drift-left', attributes: string[]): TellStep[] =>
    attributes.length > 0 ? [{ ...about, kind, params: { attributes: attributes.join(', ') } }] : [];
  return [
    ...drift('journey.drift-overwritten', overwritten),
    ...drift('journey.drift-left', left),
    ...(decision.onePartDue ? [{ ...about, kind: 'journey.price-in-one-part' as const, params: { due: decision.onePartDue } }] : []),
    { ...about, kind: 'journey.checked', next: 'journey.next.customer' },
  ];
}
