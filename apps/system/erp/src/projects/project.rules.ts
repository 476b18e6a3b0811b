import { addMoney, canonicalJson, type Effect, type EffectOperation, type Money } from '#canonical';
import type { FinancialProjectInErp } from './financial-project-in-erp.js';
import type { CurrentRecords, ProjectRecord, ProjectRecords, ScheduleRecord, TaskRecord } from './project-records.js';

export type Change = Omit<Effect, 'system' | 'account'>;

export interface ErpOrder {
  /**
   * True when such a schedule can be created only for an existing project; it is attached to it
   * afterwards.
   */
  scheduleNeedsProject(schedule: ScheduleRecord): boolean;
}

const bag = (record: object | null) => record as Record<string, unknown> | null;
const differ = (a: object, b: object): boolean => canonicalJson(a) !== canonicalJson(b);

/**
 * The writes that turn `current` into `desired`, one change per record, in an order in which every
 * reference exists: the schedule, the project that refers to it, the tasks. Where a schedule must
 * belong to its project, the project comes first and is written again to attach the schedule.
 * Archiving is the undo: it closes the project and leaves the rest as it is.
 */
export function projectChanges(desired: ProjectRecords, current: CurrentRecords, order: ErpOrder): Change[] {
  if (desired.project.status === 'archived') return archived(current.project);
  const schedule = scheduleChange(desired, current);
  return [...heads(desired, current, schedule, order), ...taskChanges(desired, current)];
}

function archived(current: ProjectRecord | null): Change[] {
  if (!current || current.status === 'archived') return [];
  return [projectChange('archive', current, { ...current, status: 'archived' })];
}

function heads(desired: ProjectRecords, current: CurrentRecords, schedule: Change[], order: ErpOrder): Change[] {
  const { project } = desired;
  if (current.project) return [...schedule, ...updated(current.project, project)];
  if (schedule.length === 0 || !order.scheduleNeedsProject(desired.schedule)) return [...schedule, projectChange('create', null, project)];
  const { billingSchedule: _, ...bare } = project;
  return [projectChange('create', null, bare), ...schedule, projectChange('update', bare, project)];
}

function updated(current: ProjectRecord, desired: ProjectRecord): Change[] {
  if (!differ(current, desired)) return [];
  return [projectChange(current.status === 'archived' ? 'reactivate' : 'update', current, desired)];
}

function projectChange(operation: EffectOperation, before: ProjectRecord | null, after: ProjectRecord): Change {
  return {
    operation,
    noun: 'financial-project',
    externalId: after.id,
    before: bag(before),
    after: bag(after),
    money: after.price ?? after.notToExceed ?? null,
  };
}

function scheduleChange({ schedule }: ProjectRecords, current: CurrentRecords): Change[] {
  const before = current.schedule;
  if (before && !differ(before, schedule)) return [];
  const operation = before ? 'update' : 'create';
  return [{ operation, noun: 'billing-schedule', externalId: schedule.id, before: bag(before), after: bag(schedule), money: total(schedule) }];
}

function total({ milestones }: ScheduleRecord): Money | null {
  const [first, ...rest] = milestones.map(({ amount }) => amount);
  return first ? addMoney(first, ...rest) : null;
}

/** `current` holds only tasks that bear our ids: others are not ours to take away. */
function taskChanges(desired: ProjectRecords, current: CurrentRecords): Change[] {
  const present = new Map(current.tasks.map(task => [task.id, task]));
  const wanted = new Set(desired.tasks.map(({ id }) => id));
  const made = desired.tasks.flatMap((after): Change[] => {
    const before = present.get(after.id) ?? null;
    if (before && !differ(before, after)) return [];
    return [
      { operation: before ? 'update' : 'create', noun: 'financial-task', externalId: after.id, before: bag(before), after: bag(after), money: null },
    ];
  });
  const gone = current.tasks.filter(({ id }) => !wanted.has(id));
  return [
    ...made,
    ...gone.map((before): Change => ({
      operation: 'delete',
      noun: 'financial-task',
      externalId: before.id,
      before: bag(before),
      after: null,
      money: null,
    })),
  ];
}

/** The records once the changes are made. */
export function recordsAfter(current: CurrentRecords, changes: Change[]): CurrentRecords {
  const last = <T>(noun: string): T | undefined => changes.findLast(change => change.noun === noun)?.after as T | undefined;
  const tasks = new Map(current.tasks.map(task => [task.id, task]));
  for (const { noun, externalId, after } of changes) {
    if (noun !== 'financial-task') continue;
    if (after) tasks.set(externalId, after as unknown as TaskRecord);
    else tasks.delete(externalId);
  }
  return {
    project: last<ProjectRecord>('financial-project') ?? current.project,
    schedule: last<ScheduleRecord>('billing-schedule') ?? current.schedule,
    tasks: [...tasks.values()],
  };
}

/** The records as one project; attributes that the ERP lacks are absent. */
export function projectInErp({ project, schedule, tasks }: CurrentRecords, refs: FinancialProjectInErp['refs']): FinancialProjectInErp | null {
  if (!project) return null;
  const { billingType, billingSchedule, ...head } = project;
  const attached = schedule !== null && billingSchedule === schedule.id && billingType !== undefined;
  const { id: _, ...terms } = schedule ?? { id: '', milestones: [] };
  return {
    ...head,
    ...(attached ? { billingSchedule: { ...terms, type: billingType } as FinancialProjectInErp['billingSchedule'] } : {}),
    tasks: tasks.map(({ projectId: __, ...task }) => task).sort((a, b) => (a.id < b.id ? -1 : 1)),
    refs,
  };
}
