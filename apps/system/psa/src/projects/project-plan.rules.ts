import { canonicalJson, type Effect, type EffectOperation, type Money, type ProjectStatus } from '#canonical';
import type { MilestoneRecord, ProjectRecords, TaskRecord } from './project-records.js';

type Change = Pick<Effect, 'operation' | 'noun' | 'externalId' | 'before' | 'after' | 'money'>;
type Below = (TaskRecord | MilestoneRecord) & { amount?: Money };

const differ = (a: object, b: object): boolean => canonicalJson(a) !== canonicalJson(b);
const bag = (record: object | null) => record as Record<string, unknown> | null;

/**
 * The writes that turn `current` into `desired`, one change per record, in order: the project, new
 * records below it, changed ones, removed ones. Archiving is the undo and touches the project
 * alone; what is below it is hidden with it.
 */
export function projectChanges(desired: ProjectRecords, current: ProjectRecords | null): Change[] {
  if (desired.head.status === 'archived') return archived(current);
  const below = [
    ...belowChanges('task', desired.tasks, current?.tasks ?? []),
    ...belowChanges('milestone', desired.milestones, current?.milestones ?? []),
  ];
  const order: EffectOperation[] = ['create', 'reactivate', 'update', 'archive'];
  return [...headChange(desired, current), ...order.flatMap(operation => below.filter(change => change.operation === operation))];
}

function archived(current: ProjectRecords | null): Change[] {
  if (!current || current.head.status === 'archived') return [];
  const { head } = current;
  const after = { ...head, status: 'archived' as ProjectStatus };
  return [{ operation: 'archive', noun: 'project', externalId: head.id, before: bag(head), after: bag(after), money: head.budget }];
}

function headChange({ head }: ProjectRecords, current: ProjectRecords | null): Change[] {
  const change = { noun: 'project', externalId: head.id, after: bag(head), money: head.budget };
  if (!current) return [{ ...change, operation: 'create', before: null }];
  if (!differ(head, current.head)) return [];
  return [{ ...change, operation: current.head.status === 'archived' ? 'reactivate' : 'update', before: bag(current.head) }];
}

/** Only records that bear our id are ours to archive: `current` holds no others. */
function belowChanges(noun: string, desired: Below[], current: Below[]): Change[] {
  const present = new Map(current.map(record => [record.id, record]));
  const wanted = new Set(desired.map(record => record.id));
  const changes = desired.flatMap((after): Change[] => {
    const before = present.get(after.id) ?? null;
    if (before && !differ(before, after)) return [];
    const operation = before === null ? 'create' : before.status === 'archived' ? 'reactivate' : 'update';
    return [{ operation, noun, externalId: after.id, before: bag(before), after: bag(after), money: after.amount ?? null }];
  });
  const gone = current.filter(({ id, status }) => !wanted.has(id) && status === 'active');
  return [
    ...changes,
    ...gone.map((before): Change => ({
      operation: 'archive',
      noun,
      externalId: before.id,
      before: bag(before),
      after: { ...before, status: 'archived' },
      money: before.amount ?? null,
    })),
  ];
}

/** The records as they are once the changes are made. */
export function applied(current: ProjectRecords | null, changes: Pick<Effect, 'noun' | 'externalId' | 'after'>[]): ProjectRecords {
  const head = changes.find(({ noun }) => noun === 'project')?.after ?? current?.head;
  const put = <T extends { id: string }>(noun: string, records: T[]): T[] => {
    const changed = new Map(changes.filter(change => change.noun === noun).map(({ externalId, after }) => [externalId, after as unknown as T]));
    const kept = records.map(record => changed.get(record.id) ?? record);
    return [...kept, ...[...changed.values()].filter(record => !records.some(({ id }) => id === record.id))];
  };
  return {
    head: head as unknown as ProjectRecords['head'],
    tasks: put('task', current?.tasks ?? []),
    milestones: put('milestone', current?.milestones ?? []),
  };
}
