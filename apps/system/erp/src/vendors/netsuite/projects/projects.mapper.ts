import {
  changedFrom,
  compact,
  mintId,
  money,
  nounOf,
  Problem,
  type BillingMethod,
  type FinancialProject,
  type Milestone,
  type Money,
  type Task,
} from '#canonical';
import { percentagesOf, shareOf } from '../../../projects/milestone-shares.rules.js';
import type { BillingType, ProjectRecord, ScheduleRecord, TaskRecord } from '../../../projects/project-records.js';
import type { Codes } from '../netsuite.references.js';
import { milestoneAmountsOf, type MilestoneAmounts } from './milestones.js';
import type { CustomFields, NetsuiteBillingSchedule, NetsuiteJob, NetsuiteMilestone, NetsuiteProjectTask } from './projects.wire.js';

/** The account's ids of the billing types, both ways. */
export interface BillingTypeIds {
  idOf(type: BillingType): string;
  typeOf(id: string | undefined): BillingType | undefined;
}

export function billingTypeIds(pairs: string[]): BillingTypeIds {
  const ids = new Map(pairs.map(pair => [pair.slice(0, pair.indexOf('=')) as BillingType, pair.slice(pair.indexOf('=') + 1)]));
  return { idOf: type => ids.get(type) ?? type, typeOf: id => [...ids].find(([, known]) => known === id)?.[0] };
}

// ---- customer ----

/**
 * The billing methods that a billing type may mean; the first when the project doesn't say which.
 */
const METHODS_OF: Record<BillingType, BillingMethod[]> = {
  'time-and-materials': ['time-and-materials'],
  'fixed-interval': ['retainer', 'fixed-price'],
  'fixed-milestone': ['milestone', 'fixed-price'],
};

/**
 * The billing type decides; the firm's own field only selects among the methods that the type may
 * mean.
 */
function billingMethodOf(type: BillingType | undefined, said: string | undefined): BillingMethod | undefined {
  if (!type) return undefined;
  return METHODS_OF[type].find(method => method === said) ?? METHODS_OF[type][0];
}

/**
 * `closedStatus` is the account's id of the status Closed, which finance may set by hand without
 * making the project inactive.
 */
export function projectOf(job: NetsuiteJob, codes: Codes, types: BillingTypeIds, closedStatus: string): ProjectRecord {
  const currency = codes.currency(job.currency);
  const billingType = types.typeOf(job.jobBillingType?.id);
  const amount = (value: number | undefined) => (value === undefined || currency === undefined ? undefined : money(value, currency));
  return compact({
    id: job.externalId ?? '',
    title: job.companyName,
    dealId: job.dealId,
    customerId: codes.customer(job.parent),
    status: job.isInactive || job.entityStatus?.id === closedStatus ? ('archived' as const) : ('active' as const),
    billingMethod: billingMethodOf(billingType, job.billingMethod),
    billingType,
    billingSchedule: codes.schedule(job.billingSchedule),
    currency,
    price: amount(job.jobPrice),
    notToExceed: amount(job.notToExceed),
    startDate: job.startDate,
    endDate: job.projectedEndDate,
    dimensions: compact({
      legalEntity: codes.legalEntity(job.subsidiary),
      costCentre: codes.costCentre(job.costCentre),
      taxCode: codes.taxCode(job.taxCode),
    }),
    timeAllowed: job.allowTime,
    expensesAllowed: job.allowExpenses,
  });
}

export interface ProjectIds {
  subsidiary?: string;
  department?: string;
  taxItem?: string;
  currency?: string;
}

export interface ProjectSettings extends CustomFields {
  activeStatus: string;
  closedStatus: string;
}

export function jobBody(
  after: ProjectRecord,
  before: ProjectRecord | null,
  ids: ProjectIds,
  settings: ProjectSettings,
  types: BillingTypeIds,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const dimension = changedFrom(before?.dimensions ?? null, after.dimensions);
  const body: Record<string, unknown> = {};
  if (changed('title')) body.companyName = after.title;
  if (changed('customerId')) body.parent = { externalId: after.customerId };
  if (changed('currency')) body.currency = { id: ids.currency };
  if (changed('startDate')) body.startDate = after.startDate ?? null;
  if (changed('endDate')) body.projectedEndDate = after.endDate ?? null;
  if (changed('billingType')) body.jobBillingType = after.billingType ? { id: types.idOf(after.billingType) } : null;
  if (changed('billingSchedule')) body.billingSchedule = after.billingSchedule ? { externalId: after.billingSchedule } : null;
  if (changed('price')) body.jobPrice = numberOf(after.price);
  if (changed('timeAllowed')) body.allowTime = after.timeAllowed;
  if (changed('expensesAllowed')) body.allowExpenses = after.expensesAllowed;
  if (changed('dealId')) body[settings.dealIdField] = after.dealId ?? null;
  if (changed('billingMethod')) body[settings.billingMethodField] = after.billingMethod ?? null;
  if (changed('notToExceed')) body[settings.notToExceedField] = numberOf(after.notToExceed);
  if (dimension('legalEntity')) body.subsidiary = { id: ids.subsidiary };
  if (dimension('costCentre')) body[settings.costCentreField] = ids.department ? { id: ids.department } : null;
  if (dimension('taxCode')) body[settings.taxCodeField] = ids.taxItem ? { id: ids.taxItem } : null;
  if (changed('status'))
    Object.assign(body, {
      isInactive: after.status === 'archived',
      entityStatus: { id: after.status === 'archived' ? settings.closedStatus : settings.activeStatus },
    });
  return body;
}

// ---- billing schedule ----

/**
 * What a schedule is read against: the project's money, which the schedule doesn't repeat, and the
 * form of the account's milestone amounts.
 */
export interface ScheduleBasis {
  currency: string;
  price?: Money;
  milestoneAmounts: MilestoneAmounts;
}

export function scheduleOf(schedule: NetsuiteBillingSchedule, basis: ScheduleBasis, types: BillingTypeIds): ScheduleRecord {
  const type = types.typeOf(schedule.scheduleType?.id);
  const frequency = type === 'fixed-milestone' ? ('milestones' as const) : schedule.frequency?.id === 'MONTHLY' ? ('monthly' as const) : undefined;
  const id = schedule.externalId ?? '';
  const { currency, price } = basis;
  const percentages = milestoneAmountsOf(schedule, price && Number(price.amount), basis.milestoneAmounts) === 'percentage';
  const amountOf = (amount: number) => (percentages ? shareOf(price ?? money(0, currency), amount) : money(amount, currency));
  return compact({
    id,
    type,
    frequency,
    startDate: schedule.seriesStartDate,
    milestones: schedule.milestone.map(line => milestoneOf(line, id, amountOf)).sort((a, b) => a.sequence - b.sequence),
  });
}

export function scheduleBody(
  after: ScheduleRecord,
  before: ScheduleRecord | null,
  project: Pick<FinancialProject, 'id' | 'title' | 'price'>,
  types: BillingTypeIds,
  milestoneAmounts: MilestoneAmounts,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const byMilestones = after.type === 'fixed-milestone';
  const body: Record<string, unknown> = {};
  if (!before) Object.assign(body, { name: `${project.title} (${project.id})`, isPublic: false });
  if (changed('type')) body.scheduleType = { id: types.idOf(after.type!) };
  // A milestone schedule belongs to its project; the others are attached to theirs only.
  if (changed('type') && byMilestones) body.job = { externalId: project.id };
  if ((changed('frequency') || changed('type')) && !byMilestones) Object.assign(body, { frequency: { id: 'MONTHLY' }, repeatEvery: 1 });
  if (changed('startDate')) body.seriesStartDate = after.startDate;
  if (changed('milestones') && (before || after.milestones.length > 0))
    body.milestone = { items: milestoneLines(after.milestones, project.price, milestoneAmounts) };
  return body;
}

// A milestone line has no title and no external id: its comment carries both, as "mil_… Design accepted".
export function milestoneLines(milestones: Milestone[], price: Money | undefined, milestoneAmounts: MilestoneAmounts): object[] {
  const amounts = milestones.map(({ amount }) => amount);
  const sent = milestoneAmounts === 'amount' ? amounts.map(({ amount }) => Number(amount)) : price && percentagesOf(amounts, price);
  if (!sent) throw noPercentages(price);
  return milestones.map(({ id, title, sequence, dueDate }, index) => ({
    milestoneId: sequence,
    milestoneAmount: sent[index],
    milestoneDate: dueDate,
    comments: `${id} ${title}`,
  }));
}

function noPercentages(price: Money | undefined): Problem {
  const message = `billingSchedule.milestones can't be percentages of ${price ? `${price.amount} ${price.currency}` : 'a project without a price'}`;
  return new Problem('unprocessable', `${message}.`, {
    code: 'no-percentages',
    fields: [{ field: 'billingSchedule.milestones', rule: 'percentages', message }],
  });
}

function milestoneOf(line: NetsuiteMilestone, scheduleId: string, amountOf: (amount: number) => Money): Milestone {
  const comments = line.comments ?? '';
  const [first = '', ...rest] = comments.split(' ');
  const ours = nounOf(first) === 'milestone';
  const sequence = line.milestoneId ?? 0;
  return {
    id: ours ? first : mintId('milestone', 'netsuite', scheduleId, String(sequence)),
    title: ours ? rest.join(' ') : comments,
    sequence,
    dueDate: line.milestoneDate ?? '',
    amount: amountOf(line.milestoneAmount ?? 0),
  };
}

// ---- task ----

/** Work is hours there, minutes here; whole minutes come back whole even from two decimals. */
export function taskOf(task: NetsuiteProjectTask, codes: Codes): TaskRecord {
  return compact({
    id: task.externalId ?? '',
    projectId: codes.project(task.project) ?? '',
    title: task.title,
    role: task.role,
    startDate: task.startDateTime?.slice(0, 10),
    endDate: task.finishByDate,
    estimatedMinutes: Math.round((task.estimatedWork ?? 0) * 60),
    billable: !task.nonBillableTask,
  });
}

export function taskBody(
  after: TaskRecord,
  before: TaskRecord | null,
  { taskRoleField }: Pick<CustomFields, 'taskRoleField'>,
): Record<string, unknown> {
  const changed = changedFrom<Task>(before, after);
  const body: Record<string, unknown> = {};
  if (!before) body.project = { externalId: after.projectId };
  if (changed('title')) body.title = after.title;
  if (changed('role')) body[taskRoleField] = after.role ?? null;
  if (changed('startDate')) body.startDateTime = after.startDate ? `${after.startDate}T00:00:00Z` : null;
  if (changed('endDate')) body.finishByDate = after.endDate ?? null;
  if (changed('estimatedMinutes')) body.estimatedWork = after.estimatedMinutes / 60;
  if (changed('billable')) body.nonBillableTask = !after.billable;
  return body;
}

// ---- history ----

const numberOf = (amount: { amount: string } | undefined): number | null => (amount ? Number(amount.amount) : null);
