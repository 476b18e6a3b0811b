import { Decimal } from 'decimal.js';
import {
  BILLING_METHODS,
  checkRecord,
  mintId,
  nounOf,
  money,
  type BillingMethod,
  type ExternalRef,
  type Money,
  type Project,
  type StaffingRequest,
  type StaffingStatus,
} from '#canonical';
import type { MilestoneRecord, ProjectHead, StaffingSeat, TaskRecord } from '../../projects/project-records.js';
import {
  unfit,
  type KantataReference,
  type KantataRequest,
  type KantataSeat,
  type KantataStory,
  type KantataValue,
  type KantataWorkspace,
} from './kantata.wire.js';

// Pure, both ways, for each record: what we read maps to the canonical record, and the canonical record to what we send.
// Milestones are stories of type `milestone` and not billing_milestones: stories are on the change feed, can be archived and brought
// back, carry custom fields and say when delivery completed them. Their money is `budget_estimate_in_cents` with `fixed_fee`;
// invoices are made from the ERP's schedule.

export const SERVICE = 'throughline';
export type Model = 'project' | 'task' | 'milestone' | 'staffing-request' | 'invoice';

/** What the account calls things. */
export interface KantataNames {
  account: string;
  appUrl: string;
  workspace: Record<'legalEntity' | 'costCentre' | 'billingMethod' | 'customerId' | 'customerName' | 'dealId', string>;
  /** Extension -> custom field of a project. */
  extensions: Record<string, string>;
  story: Record<'role' | 'sequence', string>;
  seat: Record<'skills' | 'legalEntity' | 'minutes' | 'start' | 'end', string>;
  /** What the location of a time entry says when it is overtime. */
  overtimeLocation: string;
  /** What a foreign amount is counted in; the documentation doesn't say. */
  foreignAmounts: 'subunits' | 'units';
  /** Canonical role -> role name, where the name isn't the code in words. */
  roles: Record<string, string>;
}

/** The account's own ids for the names. */
export interface KantataIds {
  customField(subject: 'Workspace' | 'Story' | 'Resource', name: string): string;
  role(name: string): string;
  rateCard(code: string, currency: string): string;
  /** The set's title of a rate card, undefined when the account has no such card. */
  rateCardTitle(id: string): string | undefined;
  approver(): string;
}

type Body = Record<string, unknown>;

const valueOf = (values: KantataValue[], name: string): unknown => values.find(value => value.custom_field_name === name)?.value;
const textOf = (values: KantataValue[], name: string): string | undefined => {
  const value = valueOf(values, name);
  return value === undefined || value === null || value === '' ? undefined : String(value);
};

/** Throws what a field of the firm's own breaks. */
function checkedOf(values: KantataValue[], name: string, rule: 'day' | 'amount'): string | undefined {
  const value = textOf(values, name);
  checkRecord<Record<string, string>>('kantata', { [name]: value }, { [name]: `${rule}?` });
  return value;
}

/** Our reference on a record: which of our things it is. */
export const referenceOf = (references: KantataReference[]): KantataReference | undefined =>
  references.find(({ service_name }) => service_name === SERVICE);

/** Our id on a record of the kind; undefined when it isn't ours, or was retired. */
export function ourId(references: KantataReference[], model: Model): string | undefined {
  const reference = referenceOf(references);
  return reference?.service_model === model ? reference.service_model_ref : undefined;
}

/** A duplicate that was taken out of use keeps its id under another model, so that no look-up by key finds it. */
export const isRetired = (references: KantataReference[]): boolean => referenceOf(references)?.service_model.startsWith('retired-') ?? false;

export const reference = (model: Model, id: string): Body => ({ service_name: SERVICE, service_model: model, service_model_ref: id });
export const retiredReference = (model: Model, id: string): Body => ({
  ...reference(model, id),
  service_model: `retired-${model}`,
  external_message: 'A duplicate that Throughline took out of use',
});

// ---- projects ------------------------------------------------------------------------------------------------------------

export const workspaceRef = (workspaceId: string, { account, appUrl }: KantataNames): ExternalRef => ({
  system: 'kantata',
  account,
  type: 'workspace',
  nativeId: workspaceId,
  url: `${appUrl}/workspaces/${workspaceId}`,
});

export const projectIdOfWorkspace = (workspace: Pick<KantataWorkspace, 'id' | 'external_references'>, names: KantataNames): string =>
  ourId(workspace.external_references, 'project') ?? mintId('project', 'kantata', names.account, workspace.id);

export function headOf(workspace: KantataWorkspace, names: KantataNames, ids: Pick<KantataIds, 'rateCardTitle'>): ProjectHead {
  const field = (name: string) => textOf(workspace.custom_field_values, name);
  // A number that people keep there is no id that anybody else knows.
  const idIn = (noun: 'deal' | 'customer', name: string) => [field(name) ?? ''].find(id => nounOf(id) === noun) ?? '';
  const costCentre = field(names.workspace.costCentre);
  const rateCard = workspace.rate_card_id === null ? undefined : ids.rateCardTitle(String(workspace.rate_card_id));
  const extensions = Object.entries(names.extensions).flatMap(([key, name]) => (field(name) === undefined ? [] : [[key, field(name)]]));
  const method = field(names.workspace.billingMethod);
  const startDate = workspace.start_date ?? workspace.created_at.slice(0, 10);
  return {
    id: projectIdOfWorkspace(workspace, names),
    title: workspace.title,
    dealId: idIn('deal', names.workspace.dealId),
    customerId: idIn('customer', names.workspace.customerId),
    customerName: field(names.workspace.customerName) ?? '',
    status: workspace.archived ? 'archived' : 'active',
    legalEntity: field(names.workspace.legalEntity) ?? '',
    ...(costCentre === undefined ? {} : { costCentre }),
    // Without a word about it Kantata bills time, so a project of people's own making is time and materials.
    billingMethod: (BILLING_METHODS as readonly string[]).includes(method ?? '') ? (method as BillingMethod) : 'time-and-materials',
    currency: workspace.currency,
    budget: moneyOf(workspace.price_in_cents, workspace),
    ...(rateCard === undefined ? {} : { rateCard }),
    startDate,
    endDate: workspace.due_date ?? startDate,
    ...(extensions.length > 0 ? { extensions: Object.fromEntries(extensions) } : {}),
  };
}

/** The project as Kantata can hold it: money at its minor unit, extensions that have a field. */
export function holdable({ extensions = {}, ...project }: Project, names: KantataNames): Project {
  const held = Object.entries(extensions).filter(
    ([key, value]) => names.extensions[key] !== undefined && value !== undefined && value !== null && value !== '',
  );
  return {
    ...project,
    budget: money(project.budget.amount, project.budget.currency),
    milestones: project.milestones.map(milestone => ({ ...milestone, amount: money(milestone.amount.amount, milestone.amount.currency) })),
    ...(held.length > 0 ? { extensions: Object.fromEntries(held.map(([key, value]) => [key, String(value)])) } : {}),
  };
}

/** `price` is in whole units; the reference makes the record ours in the same write. */
export function workspaceBody(head: ProjectHead, names: KantataNames, ids: KantataIds): Body {
  const custom = (name: string, value: unknown) => ({ custom_field_id: Number(ids.customField('Workspace', name)), value: value ?? null });
  return {
    title: head.title,
    budgeted: true,
    price: Number(head.budget.amount),
    currency: head.currency,
    rate_card_id: head.rateCard === undefined ? null : Number(ids.rateCard(head.rateCard, head.currency)),
    start_date: head.startDate,
    due_date: head.endDate,
    stage: 'project',
    custom_fields: [
      custom(names.workspace.legalEntity, head.legalEntity),
      custom(names.workspace.costCentre, head.costCentre),
      custom(names.workspace.billingMethod, head.billingMethod),
      custom(names.workspace.customerId, head.customerId),
      custom(names.workspace.customerName, head.customerName),
      custom(names.workspace.dealId, head.dealId),
      ...Object.entries(names.extensions).map(([key, name]) => custom(name, head.extensions?.[key])),
    ],
    external_reference: reference('project', head.id),
  };
}

// ---- tasks and milestones ------------------------------------------------------------------------------------------------

/** The project a story belongs to, as far as its record depends on it. */
export interface StoryContext {
  projectId: string;
  currency: string;
  currency_base_unit: number;
}

export const isTask = (story: KantataStory): boolean => story.story_type !== 'milestone';

export function taskOf(story: KantataStory, context: StoryContext, names: KantataNames): TaskRecord {
  const role = textOf(story.custom_field_values, names.story.role);
  return {
    id: ourId(story.external_references, 'task') ?? mintId('task', 'kantata', names.account, story.id),
    projectId: context.projectId,
    title: story.title,
    ...(role === undefined ? {} : { role }),
    ...(story.start_date === null ? {} : { startDate: story.start_date }),
    ...(story.due_date === null ? {} : { endDate: story.due_date }),
    estimatedMinutes: story.time_estimate_in_minutes ?? 0,
    billable: story.billable,
    status: story.archived ? 'archived' : 'active',
  };
}

export function milestoneOf(story: KantataStory, context: StoryContext, names: KantataNames): MilestoneRecord {
  return {
    id: ourId(story.external_references, 'milestone') ?? mintId('milestone', 'kantata', names.account, story.id),
    projectId: context.projectId,
    title: story.title,
    sequence: Number(checkedOf(story.custom_field_values, names.story.sequence, 'amount') ?? 1),
    dueDate: story.due_date ?? story.created_at.slice(0, 10),
    amount: moneyOf(story.budget_estimate_in_cents ?? 0, context),
    status: story.archived ? 'archived' : 'active',
  };
}

export function taskBody(task: TaskRecord, names: KantataNames, ids: KantataIds): Body {
  return {
    title: task.title,
    story_type: 'task',
    start_date: task.startDate ?? null,
    due_date: task.endDate ?? null,
    time_estimate_in_minutes: task.estimatedMinutes,
    billable: task.billable,
    custom_fields: [{ custom_field_id: Number(ids.customField('Story', names.story.role)), value: task.role ?? null }],
    external_reference: reference('task', task.id),
  };
}

export function milestoneBody(milestone: MilestoneRecord, { currency_base_unit }: StoryContext, names: KantataNames, ids: KantataIds): Body {
  return {
    title: milestone.title,
    story_type: 'milestone',
    due_date: milestone.dueDate,
    budget_estimate_in_cents: new Decimal(milestone.amount.amount).times(currency_base_unit).toNumber(),
    fixed_fee: true,
    billable: true,
    custom_fields: [{ custom_field_id: Number(ids.customField('Story', names.story.sequence)), value: milestone.sequence }],
    external_reference: reference('milestone', milestone.id),
  };
}

const moneyOf = (subunits: number, { currency, currency_base_unit }: { currency: string; currency_base_unit: number }): Money =>
  money(new Decimal(subunits).div(currency_base_unit), currency);

// ---- staffing ------------------------------------------------------------------------------------------------------------

/** PROJECT_MANAGER <-> Project Manager, or what the configuration says. */
export function roleNameOf(code: string, { roles }: KantataNames): string {
  return (
    roles[code] ?? code.toLowerCase().replace(/(^|_)([a-z])/g, (_, gap: string, letter: string) => (gap === '' ? '' : ' ') + letter.toUpperCase())
  );
}

export function roleOf(name: string, { roles }: KantataNames): string {
  return Object.entries(roles).find(([, known]) => known === name)?.[0] ?? name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
}

export const seatRef = (seatId: string, { account }: KantataNames): ExternalRef => ({
  system: 'kantata',
  account,
  type: 'workspace_resource',
  nativeId: seatId,
});
export const requestRef = (requestId: string, { account }: KantataNames): ExternalRef => ({
  system: 'kantata',
  account,
  type: 'resource_request',
  nativeId: requestId,
});

export function seatOfResource(seat: KantataSeat, projectId: string, names: KantataNames): StaffingSeat {
  return { id: staffingIdOf(seat, names), projectId, role: roleOf(seat.role_name ?? '', names) };
}

export const staffingIdOf = (seat: Pick<KantataSeat, 'id' | 'external_references'>, names: KantataNames): string =>
  ourId(seat.external_references, 'staffing-request') ?? mintId('staffing-request', 'kantata', names.account, seat.id);

export const seatBody = (seat: StaffingSeat, workspaceId: string, names: KantataNames, ids: KantataIds): Body => ({
  workspace_id: Number(workspaceId),
  user_id: null,
  role_id: Number(ids.role(roleNameOf(seat.role, names))),
  external_reference: reference('staffing-request', seat.id),
});

const STATUSES: Record<KantataRequest['status'], StaffingStatus> = {
  new: 'requested',
  approved: 'staffed',
  rejected: 'rejected',
  cancelled: 'cancelled',
};

/** The request with what its seat carries for it. */
export function staffingRequestOf(request: KantataRequest, projectId: string, names: KantataNames): StaffingRequest {
  const { custom_field_values: values } = request.resource;
  const created = request.created_at.slice(0, 10);
  if (!(request.status in STATUSES)) throw unfit([{ field: 'status', rule: 'known' }]);
  return {
    ...seatOfResource(request.resource, projectId, names),
    skills: textOf(values, names.seat.skills)?.split(', ') ?? [],
    legalEntity: textOf(values, names.seat.legalEntity) ?? '',
    startDate: checkedOf(values, names.seat.start, 'day') ?? created,
    endDate: checkedOf(values, names.seat.end, 'day') ?? created,
    minutes: Number(checkedOf(values, names.seat.minutes, 'amount') ?? 0),
    status: STATUSES[request.status],
  };
}

/** The dates go twice: as the seat's soft allocation for who plans people, and as fields that can be read back with the seat. */
export function requestBody(request: StaffingRequest, seatId: string, names: KantataNames, ids: KantataIds): Body {
  const custom = (name: string, value: unknown) => ({ custom_field_id: Number(ids.customField('Resource', name)), value });
  return {
    resource_id: Number(seatId),
    approver_ids: [Number(ids.approver())],
    workspace_allocation_start_date: request.startDate,
    workspace_allocation_end_date: request.endDate,
    custom_fields: [
      custom(names.seat.skills, request.skills.length > 0 ? request.skills.join(', ') : null),
      custom(names.seat.legalEntity, request.legalEntity),
      custom(names.seat.minutes, request.minutes),
      custom(names.seat.start, request.startDate),
      custom(names.seat.end, request.endDate),
    ],
  };
}
