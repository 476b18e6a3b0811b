import type { Reason } from '#apis';
import {
  mintId,
  projectIdOf,
  sameMoney,
  shortened,
  UNKNOWN_COUNTRY,
  type BillingCustomer,
  type BillingSchedule,
  type FinancialDimensions,
  type FinancialProject,
  type Milestone,
  type Project,
  type ProjectStatus,
  type StaffingRequest,
  type Task,
  type WantedBillingCustomer,
} from '#canonical';
import { isComplete, type CheckedDeal, type DraftDeal } from './deal-to-project.rules.js';

/** The kinds of record that a deal becomes. */
export interface Records {
  customer: WantedBillingCustomer;
  project: Project;
  'financial-project': FinancialProject;
  'staffing-request': StaffingRequest;
}

/** One record to apply, in the order of the list. `part` names the step and the part of a plan. */
export type IntentOf<Noun extends keyof Records> = { [N in Noun]: { part: string; noun: N; body: Records[N] } }[Noun];
export type Intent = IntentOf<keyof Records>;

export interface DesiredState {
  customer: WantedBillingCustomer;
  project: Project;
  financialProject: FinancialProject;
  staffing: StaffingRequest[];
  /** Parts that a person decided to leave as they are in their system. */
  leftOut?: string[];
  /** Sold things that the PSA has no place for. */
  notKept?: NotKept[];
  /** Attributes that stay as somebody changed them in their system. */
  standing?: { noun: keyof typeof PARTS; attribute: string; value: unknown }[];
}

/** Abilities of a PSA; without one, a part of the desired state is left out. */
const LEFT_OUT_WITHOUT = ['staffing', 'milestones', 'archive'] as const;
export type NotKept = (typeof LEFT_OUT_WITHOUT)[number];

const PARTS = { customer: 'customer', project: 'project', 'financial-project': 'financialProject' } as const;

/** The final desired state: includes the attributes that stay as they are. */
const withStanding = (desired: DesiredState): DesiredState =>
  (desired.standing ?? []).reduce((state, { noun, attribute, value }) => {
    const part = PARTS[noun];
    return { ...state, [part]: { ...state[part], [attribute]: value } };
  }, desired);

/**
 * The desired state without what the PSA can't keep, which it names: no staffing requests, no
 * milestones, no undoing of its project.
 */
export function asFarAsKept(desired: DesiredState, lacking: readonly string[]): DesiredState {
  const { project, staffing, leftOut = [] } = desired;
  const concerned = { staffing: staffing.length > 0, milestones: project.milestones.length > 0, archive: project.status === 'archived' };
  const notKept = LEFT_OUT_WITHOUT.filter(ability => concerned[ability] && lacking.includes(ability));
  if (notKept.length === 0) return desired;
  return {
    ...desired,
    project: notKept.includes('milestones') ? { ...project, milestones: [] } : project,
    staffing: notKept.includes('staffing') ? [] : staffing,
    ...(notKept.includes('archive') ? { leftOut: [...leftOut, 'project'] } : {}),
    notKept,
  };
}

/**
 * Undoes what was applied, as it was applied: the deal may be incomplete by now. What the PSA can't
 * undo stays.
 */
export const undoing = (applied: DesiredState, lacking: readonly string[]): DesiredState =>
  asFarAsKept(
    {
      customer: applied.customer,
      project: { ...applied.project, status: 'archived' },
      financialProject: { ...applied.financialProject, status: 'archived' },
      staffing: applied.staffing.map((request): StaffingRequest => ({ ...request, status: 'cancelled' })),
    },
    lacking,
  );

export const leavesOut = ({ notKept = [] }: Pick<DesiredState, 'notKept'>, what: NotKept): boolean => notKept.includes(what);

/**
 * Whether the PSA has the project that is undone: it is also left out where the PSA can't archive
 * it.
 */
export const isInPsa = ({ leftOut = [], notKept }: Pick<DesiredState, 'leftOut' | 'notKept'>): boolean =>
  !leftOut.includes('project') || leavesOut({ notKept }, 'archive');

/**
 * The state that a deal should have in all systems. Ids derive from the deal, so that a repeated
 * request can't make a second record.
 */
export function desiredState(checked: CheckedDeal, status: ProjectStatus): DesiredState {
  const { deal, legalEntity, costCentre, billingMethod, notToExceed } = checked;
  const projectId = projectIdOf(deal.id);
  const tasks = deal.roles.map((role): Task => ({
    id: mintId('task', projectId, role.id),
    title: titleOf(checked.roles.get(role.role)!),
    role: checked.roles.get(role.role)!,
    startDate: role.startDate ?? checked.startDate,
    endDate: role.endDate ?? checked.endDate,
    estimatedMinutes: role.minutes,
    billable: true,
  }));
  const milestones = deal.milestones.map((milestone): Milestone => ({
    id: mintId('milestone', projectId, milestone.id),
    title: milestone.name,
    sequence: milestone.sequence,
    dueDate: milestone.dueDate!,
    amount: milestone.amount,
  }));
  return {
    customer: customerOf(checked),
    project: {
      id: projectId,
      title: deal.name,
      dealId: deal.id,
      customerId: deal.customer.id,
      customerName: deal.customer.name,
      status,
      legalEntity,
      costCentre,
      billingMethod,
      currency: deal.currency,
      budget: deal.amount,
      ...(deal.rateCard ? { rateCard: deal.rateCard.code } : {}),
      startDate: checked.startDate,
      endDate: checked.endDate,
      tasks,
      milestones,
    },
    financialProject: {
      id: projectId,
      title: shortened(deal.name, 83),
      dealId: deal.id,
      customerId: deal.customer.id,
      status,
      billingMethod,
      currency: deal.currency,
      ...(billingMethod === 'fixed-price' || billingMethod === 'milestone' ? { price: deal.amount } : {}),
      ...(notToExceed ? { notToExceed } : {}),
      startDate: checked.startDate,
      endDate: checked.endDate,
      dimensions: { legalEntity, costCentre, taxCode: checked.taxCode },
      billingSchedule: scheduleOf(checked, milestones),
      tasks,
      timeAllowed: true,
      expensesAllowed: true,
    },
    staffing: deal.roles.map(role => ({
      id: mintId('staffing-request', projectId, role.id),
      projectId,
      role: checked.roles.get(role.role)!,
      skills: role.skills,
      legalEntity,
      startDate: role.startDate ?? checked.startDate,
      endDate: role.endDate ?? checked.endDate,
      minutes: role.minutes,
      status: status === 'active' ? 'requested' : 'cancelled',
    })),
  };
}

function customerOf({ deal, legalEntity }: Pick<CheckedDeal, 'deal' | 'legalEntity'>): BillingCustomer {
  const { id, name, legalName, parentId, billingAddress, billingEmail, taxRegistration, paymentTerms, billToId } = deal.customer;
  // An unticked checkbox in a CRM states nothing.
  const { reverseCharge, purchaseOrderRequired } = deal.customer;
  return {
    id,
    name,
    billingAddress: billingAddress!,
    legalEntity,
    currency: deal.currency,
    status: 'active',
    ...(legalName ? { legalName } : {}),
    ...(parentId ? { parentId } : {}),
    ...(billingEmail ? { billingEmail } : {}),
    ...(taxRegistration ? { taxRegistration } : {}),
    ...(paymentTerms ? { paymentTerms } : {}),
    ...(billToId ? { billToId } : {}),
    ...(reverseCharge ? { reverseCharge } : {}),
    ...(purchaseOrderRequired ? { purchaseOrderRequired } : {}),
  };
}

/** Time is billed monthly, a retainer by its interval, fixed prices and milestones by their milestones. */
function scheduleOf({ billingMethod, startDate }: CheckedDeal, milestones: Milestone[]): BillingSchedule {
  switch (billingMethod) {
    case 'time-and-materials':
      return { type: 'time-and-materials', frequency: 'monthly', startDate, milestones: [] };
    case 'retainer':
      return { type: 'fixed-interval', frequency: 'monthly', startDate, milestones: [] };
    case 'fixed-price':
    case 'milestone':
      return { type: 'fixed-milestone', frequency: 'milestones', startDate, milestones };
  }
}

/** ARCHITECT -> Architect, PROJECT_MANAGER -> Project manager. */
const titleOf = (role: string): string => {
  const words = role.replaceAll(/[_-]/g, ' ').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/**
 * The order in which a deal's records are made: the customer, delivery's project, finance's
 * project, the people. Undone in reverse order; the customer is shared, so it is never undone.
 */
export function intentsOf(desired: DesiredState): Intent[] {
  const { customer, project, financialProject, staffing, leftOut = [] } = withStanding(desired);
  const intents: Intent[] = [
    customerIntent(customer),
    { part: 'project', noun: 'project', body: project },
    { part: 'financial-project', noun: 'financial-project', body: financialProject },
    // No staffing is requested for a project that stays ended. Requests are withdrawn even where
    // the project has to stay.
    ...(leftOut.includes('project') && project.status === 'active' ? [] : staffing).map((request): Intent => ({
      part: `staffing:${request.id}`,
      noun: 'staffing-request',
      body: request,
    })),
  ];
  const wanted = intents.filter(({ part }) => !leftOut.includes(part));
  return project.status === 'active' ? wanted : wanted.filter(({ part }) => part !== 'customer').reverse();
}

const customerIntent = (customer: BillingCustomer): Intent => ({ part: 'customer', noun: 'customer', body: customer });

/** What a refused deal would become, as far as that can be determined. */
export function intentsOfDraft(draft: DraftDeal, lacking: readonly string[]): Intent[] {
  if (isComplete(draft)) return intentsOf(asFarAsKept(desiredState(draft, 'active'), lacking));
  const { deal, legalEntity } = draft;
  const { country = UNKNOWN_COUNTRY } = deal.customer.billingAddress ?? {};
  return legalEntity && country !== UNKNOWN_COUNTRY ? [customerIntent(customerOf({ deal, legalEntity }))] : [];
}

/** The project as the back ends have it, read back. Attributes that a back end lacks are absent. */
export interface ReadBack {
  project: (Partial<Project> & { tasks?: Task[]; milestones?: Milestone[] }) | null;
  financialProject: (Partial<Omit<FinancialProject, 'dimensions'>> & { dimensions?: Partial<FinancialDimensions> }) | null;
}

/**
 * Checks the outcome, not the status codes: compares what was requested, where it matters, with
 * what is there. An ERP project without billing attributes is a failure even if every call
 * succeeded.
 */
export function outcomeFaults(desired: DesiredState, actual: ReadBack): Reason[] {
  const { project, financialProject, leftOut = [] } = withStanding(desired);
  return [
    ...(leftOut.includes('project') ? [] : psaFaults(project, actual.project)),
    ...(leftOut.includes('financial-project') ? [] : erpFaults(financialProject, actual.financialProject)),
  ];
}

function psaFaults(wanted: Project, found: ReadBack['project']): Reason[] {
  if (!found) return [{ code: 'outcome.absent', params: { system: 'psa', project: wanted.id } }];
  const attributes = ['status', 'currency', 'startDate', 'endDate', 'legalEntity', 'costCentre', 'billingMethod', 'title'] as const;
  const sameBudget = found.budget !== undefined && sameMoney(found.budget, wanted.budget);
  return [
    ...attributes.flatMap(attribute => difference('psa', attribute, wanted[attribute], found[attribute])),
    ...(sameBudget ? [] : difference('psa', 'budget', wanted.budget.amount, found.budget?.amount)),
    ...difference('psa', 'tasks', wanted.tasks.length, found.tasks?.length ?? 0),
    ...difference('psa', 'milestones', wanted.milestones.length, found.milestones?.length ?? 0),
  ];
}

function erpFaults(wanted: FinancialProject, found: ReadBack['financialProject']): Reason[] {
  if (!found) return [{ code: 'outcome.absent', params: { system: 'erp', project: wanted.id } }];
  const attributes = ['status', 'currency', 'customerId', 'billingMethod', 'timeAllowed', 'expensesAllowed', 'title'] as const;
  const dimensions = ['legalEntity', 'costCentre', 'taxCode'] as const;
  const { type, milestones } = wanted.billingSchedule;
  return [
    ...attributes.flatMap(attribute => difference('erp', attribute, wanted[attribute], found[attribute])),
    ...dimensions.flatMap(name => difference('erp', `dimensions.${name}`, wanted.dimensions[name], found.dimensions?.[name])),
    ...difference('erp', 'billingSchedule.type', type, found.billingSchedule?.type),
    ...difference('erp', 'billingSchedule.milestones', milestones.length, found.billingSchedule?.milestones?.length ?? 0),
    ...(wanted.price ? difference('erp', 'price', wanted.price.amount, found.price?.amount) : []),
  ];
}

function difference(system: 'psa' | 'erp', attribute: string, wanted: unknown, found: unknown): Reason[] {
  if (wanted === found) return [];
  const params = { system, attribute, wanted: String(wanted ?? 'none'), found: String(found ?? 'none') };
  return [{ code: 'outcome.differs', field: attribute, params }];
}
