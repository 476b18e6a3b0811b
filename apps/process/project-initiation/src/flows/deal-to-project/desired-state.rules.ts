import {
  cutText,
  mintId,
  projectIdOf,
  sameMoney,
  type BillingCustomer,
  type BillingSchedule,
  type FinancialProject,
  type Milestone,
  type Project,
  type ProjectStatus,
  type StaffingRequest,
  type SystemKind,
  type Task,
  type Reason,
} from '#canonical';
import { isComplete, type CheckedDeal, type DraftDeal } from './deal-to-project.rules.js';

/** One thing to make so, at one system API: `PUT {path}` with `body`, in the order of the list. */
export interface Intent {
  /** Names the step and the part of a plan. */
  part: string;
  system: Extract<SystemKind, 'psa' | 'erp'>;
  path: string;
  body: object;
}

export interface DesiredState {
  customer: BillingCustomer;
  project: Project;
  financialProject: FinancialProject;
  staffing: StaffingRequest[];
}

/** What a deal is to look like everywhere. Ids derive from the deal, so that asking again can't make a second one. */
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
      title: cutText(deal.name, 83),
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
  const { id, name, legalName, parentId, billingAddress, billingEmail, taxRegistration, paymentTerms } = deal.customer;
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
 * The order in which a deal becomes real: the customer, delivery's project, finance's project, the people. Undone in reverse; the customer is
 * shared, so it is never undone.
 */
export function intentsOf({ customer, project, financialProject, staffing }: DesiredState): Intent[] {
  const intents: Intent[] = [
    customerIntent(customer),
    { part: 'project', system: 'psa', path: `projects/${project.id}`, body: project },
    { part: 'financial-project', system: 'erp', path: `projects/${financialProject.id}`, body: financialProject },
    ...staffing.map((request): Intent => ({ part: `staffing:${request.id}`, system: 'psa', path: `staffing-requests/${request.id}`, body: request })),
  ];
  return project.status === 'active' ? intents : intents.slice(1).reverse();
}

const customerIntent = (customer: BillingCustomer): Intent => ({ part: 'customer', system: 'erp', path: `customers/${customer.id}`, body: customer });

/** What a deal that our rules refuse would be made as, as far as that can be told. */
export function intentsOfDraft(draft: DraftDeal): Intent[] {
  if (isComplete(draft)) return intentsOf(desiredState(draft, 'active'));
  const { deal, legalEntity } = draft;
  return legalEntity && deal.customer.billingAddress ? [customerIntent(customerOf({ deal, legalEntity }))] : [];
}

/** What the back ends say a project is, read back. Attributes a back end has not are absent. */
export interface ReadBack {
  project: (Partial<Project> & { tasks?: Task[]; milestones?: Milestone[] }) | null;
  financialProject: Partial<FinancialProject> | null;
}

/**
 * Checks the outcome, not the status codes: what matters of what was asked for against what is there. An ERP project without billing attributes
 * is a failure although every call said it went well.
 */
export function outcomeFaults(desired: DesiredState, actual: ReadBack): Reason[] {
  const faults: Reason[] = [];
  const expect = (system: 'psa' | 'erp', attribute: string, wanted: unknown, found: unknown) => {
    if (wanted === found) return;
    faults.push({
      code: 'outcome.differs',
      field: attribute,
      params: { system, attribute, wanted: String(wanted ?? 'none'), found: String(found ?? 'none') },
    });
  };
  const { project, financialProject } = actual;
  if (!project) faults.push({ code: 'outcome.absent', params: { system: 'psa', project: desired.project.id } });
  else {
    for (const attribute of ['status', 'currency', 'startDate', 'endDate', 'legalEntity', 'costCentre', 'billingMethod', 'title'] as const) {
      expect('psa', attribute, desired.project[attribute], project[attribute]);
    }
    if (project.budget === undefined || !sameMoney(project.budget, desired.project.budget))
      expect('psa', 'budget', desired.project.budget.amount, project.budget?.amount);
    expect('psa', 'tasks', desired.project.tasks.length, project.tasks?.length ?? 0);
    expect('psa', 'milestones', desired.project.milestones.length, project.milestones?.length ?? 0);
  }
  if (!financialProject) faults.push({ code: 'outcome.absent', params: { system: 'erp', project: desired.financialProject.id } });
  else {
    const wanted = desired.financialProject;
    for (const attribute of ['status', 'currency', 'customerId', 'billingMethod', 'timeAllowed', 'expensesAllowed', 'title'] as const) {
      expect('erp', attribute, wanted[attribute], financialProject[attribute]);
    }
    for (const dimension of ['legalEntity', 'costCentre', 'taxCode'] as const) {
      expect('erp', `dimensions.${dimension}`, wanted.dimensions[dimension], financialProject.dimensions?.[dimension]);
    }
    expect('erp', 'billingSchedule.type', wanted.billingSchedule.type, financialProject.billingSchedule?.type);
    expect('erp', 'billingSchedule.milestones', wanted.billingSchedule.milestones.length, financialProject.billingSchedule?.milestones?.length ?? 0);
    if (wanted.price) expect('erp', 'price', wanted.price.amount, financialProject.price?.amount);
  }
  return faults;
}
