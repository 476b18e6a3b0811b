import { canonicalJson, type Worker, type WorkerStatus } from '#canonical';
import type { WorkerHistory, WorkerRecord, WorkerVersion } from './worker-record.js';

/**
 * Versions in order. What an earlier version could not know yet (the end of the same employment) is
 * added to it, and versions equal to the one before are left out. The first one holds from the hire
 * on, whatever day it was read for.
 */
export function mergedVersions(versions: WorkerVersion[]): WorkerVersion[] {
  const ordered = [...versions].sort((a, b) => (a.from < b.from ? -1 : 1));
  for (let i = ordered.length - 2; i >= 0; i--) {
    const [one, next] = [ordered[i], ordered[i + 1]];
    if (one.terminatedOn === undefined && next.terminatedOn !== undefined && next.hiredOn === one.hiredOn)
      ordered[i] = { ...one, terminatedOn: next.terminatedOn };
  }
  if (ordered[0].hiredOn < ordered[0].from) ordered[0] = { ...ordered[0], from: ordered[0].hiredOn };
  return ordered.filter((version, index) => index === 0 || !sameButFrom(ordered[index - 1], version));
}

const sameButFrom = (a: WorkerVersion, b: WorkerVersion): boolean => canonicalJson({ ...a, from: '' }) === canonicalJson({ ...b, from: '' });

const versionAt = ({ versions }: WorkerHistory, date: string): WorkerVersion => versions.findLast(({ from }) => from <= date) ?? versions[0];

/** The day of termination is the last day of employment. */
export function statusAt({ hiredOn, terminatedOn }: Pick<WorkerVersion, 'hiredOn' | 'terminatedOn'>, date: string): WorkerStatus {
  if (terminatedOn !== undefined && terminatedOn < date) return 'terminated';
  return hiredOn > date ? 'not-started' : 'active';
}

/** The worker as it was when the record was read, without the cost: may be used in events. */
export function presentWorker(record: WorkerRecord): Omit<Worker, 'costRate'> {
  const { from: _, ...attributes } = versionAt(record, record.inForce.from);
  const { id, employeeNumber, refs, leave, inForce } = record;
  return { id, employeeNumber, ...attributes, status: inForce.status, leave, refs };
}

export function recordOn(history: WorkerHistory, today: string): WorkerRecord {
  const version = versionAt(history, today);
  return { ...history, inForce: { from: version.from, status: statusAt(version, today) } };
}

/**
 * The attributes of Worker that differ between two records, now or on any other day. Pay is not
 * among them.
 */
export function changedAttributes(before: WorkerRecord, after: WorkerRecord): string[] {
  const [then, now] = [presentWorker(before), presentWorker(after)] as Record<string, unknown>[];
  const names = [then, now, ...before.versions, ...after.versions].flatMap(Object.keys).filter(name => name !== 'from');
  const differ = (name: string) => !same(then[name], now[name]) || !same(courseOf(before, name), courseOf(after, name));
  return [...new Set(names)].filter(differ).sort();
}

const same = (a: unknown, b: unknown): boolean => canonicalJson(a) === canonicalJson(b);

/** One attribute over time, changes only. */
function courseOf({ versions }: WorkerRecord, name: string): unknown[] {
  const values = versions.map(version => ({ from: version.from, value: (version as unknown as Record<string, unknown>)[name] }));
  return values.filter(({ value }, index) => index === 0 || canonicalJson(values[index - 1].value) !== canonicalJson(value));
}

/** Every legal entity the worker belongs to from today on. */
export function legalEntitiesOf(record: WorkerRecord): string[] {
  const current = record.versions.filter(({ from }) => from >= record.inForce.from);
  return [...new Set(current.map(version => version.legalEntity).filter(entity => entity !== ''))].sort();
}

/**
 * The common form of spellings of one address. Only case is ignored: another accent is another
 * mailbox.
 */
export const emailKey = (email: string): string => email.toLowerCase();
