import { message, type Fault } from '#apis';
import {
  cutText,
  projectIdOf,
  totals,
  type Deal,
  type ExceptionCategory,
  type FieldFault,
  type ProblemKind,
  type Project,
  type SystemKind,
} from '#canonical';
import type { FailedStep, FlowException, JournaledProblem } from '#flow';
import { attributesWith, type Decision } from '#ownership';
import { deskOfSystem, exceptionOf } from '#work';
import { needs, NEEDS } from '../../needs.js';
import type { Intent } from './desired-state.rules.js';

/** The exception that this flow raises: a pure function of the deal and the failure. */
export function dealException(deal: Deal, legalEntities: string[], failure: FailedStep | 'stalled', { dueMs }: { dueMs: number }): FlowException {
  const faults: Fault[] = failure === 'stalled' ? [stalledFault(deal)] : (failure.problem.faults ?? problemFaults(deal, failure));
  return {
    ...exceptionOf(faults, NEEDS),
    keys: {
      deal: deal.id,
      dealName: deal.name,
      project: projectIdOf(deal.id),
      customer: deal.customer.id,
      customerName: deal.customer.name,
      ...billToOf(faults),
      ...(deal.legalEntity ? { legalEntity: deal.legalEntity } : {}),
    },
    refs: [...deal.refs, ...deal.customer.refs],
    money: totals([{ money: deal.amount }]),
    dueAt: new Date(Date.now() + dueMs).toISOString(),
    effect: failure === 'stalled' ? 'unknown' : effectOf(failure.problem),
    legalEntities,
    ...(failure !== 'stalled' && failure.problem.vendor
      ? { answer: `${failure.problem.vendor.code}: ${failure.problem.vendor.message}`, request: failure.problem.vendor.operation }
      : {}),
  };
}

/** The customer that was to get the invoices: news of that customer concern the deal. */
function billToOf(faults: Fault[]): { billTo?: string } {
  const billTo = faults.map(({ reason }) => reason.params.billToId).find(id => id !== undefined);
  return billTo === undefined ? {} : { billTo };
}

/**
 * The question that a person answers before a difference is written; `names` are people's names of
 * the records whose ids differ.
 */
export function questionFault(deal: Deal, { attribute, noun, target, stands, wanted, outcome }: Decision, names: ReadonlyMap<string, string>): Fault {
  const [before, after] = [stands, wanted].map(value => names.get(value) ?? value);
  const owned = attribute.startsWith(`${noun}.`);
  const drifted = owned && attributesWith('apply', noun, 'crm', target).includes(attribute.slice(noun.length + 1));
  const elsewhere = drifted ? 'deal.changed-elsewhere' : 'deal.differs-elsewhere';
  const standing = attribute === `${noun}.status` ? 'deal.ended-elsewhere' : owned ? elsewhere : 'deal.change-needs-decision';
  const code = outcome === 'done' ? 'decision.not-done' : standing;
  return {
    reason: { code, field: `deal.${attribute}`, params: { deal: deal.name, attribute, noun, system: target, before, after } },
    category: 'policy',
    desk: owned && target === 'erp' ? 'finance' : 'pmo',
    need: needs.question(deal.id, attribute),
  };
}

/** Time was booked on the project that is to be undone. */
export const bookedFault = ({ id, title, dealId }: Project): Fault => ({
  reason: message('deal.reopened-after-time', { deal: title, project: id }),
  category: 'policy',
  desk: 'pmo',
  need: needs.timeBooked(dealId),
});

const stalledFault = (deal: Deal): Fault => ({
  reason: { code: 'journey.stalled', params: { deal: deal.name } },
  category: 'stalled',
  desk: 'integration',
  need: needs.moving(deal.id),
});

const CATEGORIES: Partial<Record<ProblemKind, ExceptionCategory>> = {
  'vendor-unavailable': 'outage',
  'rate-limited': 'outage',
  'refused-by-vendor': 'refused-by-back-end',
  conflict: 'conflict',
  'precondition-failed': 'conflict',
  invalid: 'refused-by-back-end',
  unprocessable: 'validation',
  'not-found': 'missing-reference',
  internal: 'defect',
};

const REFUSALS: ReadonlySet<ProblemKind> = new Set(['invalid', 'unprocessable', 'conflict', 'refused-by-vendor']);

/** Whether a system API examined the request and refuses it. */
export const isRefusal = ({ kind, retryable = false }: { kind: ProblemKind; retryable?: boolean }): boolean => REFUSALS.has(kind) && !retryable;

/** The ERP's codes when other customers there have the tax registration already. */
const SAME_NUMBER: ReadonlySet<string> = new Set(['customer-ambiguous', 'customer-taken']);

/** A system API's refusal of one intended record, as faults. */
export const refusalFaults = (deal: Deal, { part }: Pick<Intent, 'part'>, problem: JournaledProblem): Fault[] =>
  problemFaults(deal, { step: part, problem });

/**
 * A system API's problem as faults, one for each field that it names: what the API was doing, whose
 * desk it is, and the cause that equal faults share.
 */
function problemFaults(deal: Deal, { step, problem }: Pick<FailedStep, 'step' | 'problem'>): Fault[] {
  const fault = problemFault(deal, { step, problem });
  if (!isRefusal(problem) || problem.fields.length === 0 || SAME_NUMBER.has(problem.code ?? '')) return [fault];
  return problem.fields.map(field => fieldFault(fault, field));
}

function fieldFault(fault: Fault, { field, message: detail, reference }: FieldFault): Fault {
  const { deal, system, ...known }: Record<string, string> = fault.reason.params;
  const params = { ...known, deal, system, field, detail };
  return {
    ...fault,
    reason: { code: 'system.refuses', field, params: reference ? { ...params, reference } : params },
    need: reference ? needs.reference(reference) : cutText(needs.refusedField(system, field, detail), 300),
  };
}

function problemFault(deal: Deal, { step, problem }: Pick<FailedStep, 'step' | 'problem'>): Fault {
  const category = CATEGORIES[problem.kind] ?? 'defect';
  const kindOfSystem = SYSTEM_OF_STEP[step.replace('undo ', '').split(':')[0]];
  const system = problem.vendor?.system ?? kindOfSystem ?? 'throughline';
  const params = { deal: deal.name, step, system, detail: problem.detail, ...(problem.vendor ? { vendorCode: problem.vendor.code } : {}) };
  if (category === 'outage') return { reason: { code: 'system.unavailable', params }, category, desk: 'integration', need: needs.available(system) };
  if (SAME_NUMBER.has(problem.code ?? '')) {
    return {
      reason: { code: 'customer.ambiguous', params: { ...params, customer: deal.customer.name } },
      category: 'conflict',
      desk: 'finance',
      need: needs.oneMatch(deal.customer.id),
    };
  }
  if (problem.code === 'plan-drifted') return { reason: { code: 'plan.drifted', params }, category, desk: 'pmo', need: needs.plan(deal.id) };
  const desk = category === 'defect' ? 'integration' : deskOfSystem(problem.from ?? kindOfSystem);
  return {
    reason: { code: category === 'defect' ? 'flow.defect' : 'system.refused', params },
    category,
    desk,
    need: needs.refusal(system, problem.code ?? problem.kind),
  };
}

const SYSTEM_OF_STEP: Record<string, SystemKind> = {
  customer: 'erp',
  project: 'psa',
  'financial-project': 'erp',
  staffing: 'psa',
  'read and check the deal': 'crm',
  'raise staffing requests': 'psa',
  'check the outcome': 'erp',
};

function effectOf(problem: JournaledProblem): FlowException['effect'] {
  if (problem.faults || problem.kind === 'refused-by-vendor' || problem.kind === 'invalid') return 'none';
  return problem.code === 'not-made' ? 'none' : problem.kind === 'vendor-unavailable' || problem.kind === 'internal' ? 'unknown' : 'none';
}
