import { Decimal } from 'decimal.js';
import { BILLING_METHODS, minorUnits, mintId, money, nounOf, type BillingMethod, type ExternalRef, type Project } from '#canonical';
import type { MilestoneRecord, ProjectHead, TaskRecord } from '../../../projects/project-records.js';
import type { Body } from '../kantata.api.js';
import { checkedOf, moneyOf, textOf } from '../kantata-fields.js';
import type { KantataIds, KantataNames } from '../kantata-names.js';
import { ourId, reference, refTo } from '../kantata.references.js';
import type { KantataStory, KantataWorkspace } from './projects.wire.js';

// Pure, in both directions, for each record: from Kantata's record to the canonical one and back.
// Milestones are stories of type `milestone` and not billing_milestones: stories are on the change
// feed, can be archived and restored, have custom fields and state when delivery completed them.
// Their money is `budget_estimate_in_cents` with `fixed_fee`; invoices are made from the ERP's
// schedule.

export const workspaceRef = (workspaceId: string, { account, appUrl }: KantataNames): ExternalRef => ({
  ...refTo(account, 'workspace', workspaceId),
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
    // By default Kantata bills time, so a project that people made themselves is time and
    // materials.
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

/** The project that a story belongs to, with what the story's record depends on. */
export interface StoryContext {
  projectId: string;
  currency: string;
  currency_base_unit: number;
}

/** How many of Kantata's subunits a unit of the currency has. */
export const baseUnitOf = (currency: string): number => 10 ** minorUnits(currency);

export const isTask = (story: KantataStory): boolean => story.story_type !== 'milestone';

export const taskIdOf = ({ id, external_references: refs }: Pick<KantataStory, 'id' | 'external_references'>, { account }: KantataNames): string =>
  ourId(refs, 'task') ?? mintId('task', 'kantata', account, id);

export function taskOf(story: KantataStory, context: StoryContext, names: KantataNames): TaskRecord {
  const role = textOf(story.custom_field_values, names.story.role);
  return {
    id: taskIdOf(story, names),
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
