import { BILLING_METHODS, type BillingMethod, checkRecord, mintId, money, nounOf, type Project } from '#canonical';
import type { ProjectHead, ProjectRecords, TaskRecord } from '../../../apps/system/psa/src/projects/project-records.js';
import { type MadeUpProject, type MadeUpTask, PROJECT, TASK } from './projects.wire.js';

// Pure: the made-up PSA's projects and tasks as canonical records, and back. What it has no field for is a label.

const EXTENSION = 'ext.';

/** Its key, where that is an id of ours: people may have given it one of their own. */
const ourKey = (noun: 'project' | 'task', { key }: Pick<MadeUpProject, 'key'>): string | undefined =>
  typeof key === 'string' && nounOf(key) === noun ? key : undefined;

export const projectIdOf = (project: Pick<MadeUpProject, 'id' | 'key'>, account: string): string =>
  ourKey('project', project) ?? mintId('project', 'made-up', account, project.id);

export const taskIdOf = (task: Pick<MadeUpTask, 'id' | 'key'>, account: string): string =>
  ourKey('task', task) ?? mintId('task', 'made-up', account, task.id);

/** All that is there, or only what is ours to change: people's own tasks are not. */
export function recordsIn(project: MadeUpProject, account: string, which: 'all' | 'ours' = 'all'): ProjectRecords {
  const head = headOf(project, account);
  const tasks = project.tasks.filter(task => which === 'all' || ourKey('task', task) !== undefined).map(task => taskOf(task, head.id, account));
  return { head, tasks, milestones: [] };
}

export function headOf(project: MadeUpProject, account: string): ProjectHead {
  checkRecord('made-up', project, PROJECT);
  const { currency } = project;
  const labels = new Map(project.labels.map(({ name, value }) => [name, value]));
  const method = labels.get('billing method') as BillingMethod;
  const [costCentre, rateCard] = [labels.get('cost centre'), labels.get('rate card')];
  const extensions = [...labels].filter(([name]) => name.startsWith(EXTENSION)).map(([name, value]) => [name.slice(EXTENSION.length), value]);
  return {
    id: projectIdOf(project, account),
    title: project.name,
    dealId: labels.get('deal') ?? '',
    customerId: labels.get('customer') ?? '',
    customerName: project.client,
    status: 'active',
    legalEntity: labels.get('legal entity') ?? '',
    ...(costCentre === undefined ? {} : { costCentre }),
    billingMethod: BILLING_METHODS.includes(method) ? method : 'time-and-materials',
    currency,
    budget: money(project.budget, currency),
    ...(rateCard === undefined ? {} : { rateCard }),
    startDate: project.starts,
    endDate: project.ends,
    ...(extensions.length > 0 ? { extensions: Object.fromEntries(extensions) as Record<string, string> } : {}),
  };
}

export function taskOf(task: MadeUpTask, projectId: string, account: string): TaskRecord {
  checkRecord('made-up', task, TASK);
  return {
    id: taskIdOf(task, account),
    projectId,
    title: task.name,
    ...(task.role === null ? {} : { role: task.role }),
    ...(task.starts === null ? {} : { startDate: task.starts }),
    ...(task.ends === null ? {} : { endDate: task.ends }),
    estimatedMinutes: task.plannedMinutes,
    billable: task.billable,
    status: task.closed ? 'archived' : 'active',
  };
}

/** The project as it can be held: money at its minor unit, extensions as text. */
export function holdable({ extensions = {}, ...project }: Project): Project {
  const held = Object.entries(extensions).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return {
    ...project,
    budget: money(project.budget.amount, project.budget.currency),
    ...(held.length > 0 ? { extensions: Object.fromEntries(held.map(([name, value]) => [name, String(value)])) } : {}),
  };
}

export function projectBody(head: ProjectHead): object {
  const labels = Object.entries({
    deal: head.dealId,
    customer: head.customerId,
    'legal entity': head.legalEntity,
    'cost centre': head.costCentre,
    'billing method': head.billingMethod,
    'rate card': head.rateCard,
    ...Object.fromEntries(Object.entries(head.extensions ?? {}).map(([name, value]) => [EXTENSION + name, value])),
  }).flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }]));
  const { id: key, title: name, customerName: client, currency, startDate: starts, endDate: ends } = head;
  return { key, name, client, currency, budget: head.budget.amount, starts, ends, labels };
}

export function taskBody(task: TaskRecord): object {
  const { id: key, title: name, role = null, startDate: starts = null, endDate: ends = null, estimatedMinutes: plannedMinutes, billable } = task;
  return { key, name, role, starts, ends, plannedMinutes, billable, closed: task.status === 'archived' };
}
