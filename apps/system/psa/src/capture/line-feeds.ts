import type { Approval, Assignment, ExpenseEntry, TimeEntry } from '#canonical';
import type { Change, Feed } from '#capture';
import type { PsaConfig } from '../psa.config.js';
import type { LineFeed } from '../vendors/port/lines.port.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import { changedEvent } from './changed.js';
import { entitiesByProject } from './legal-entities.js';

type Line = TimeEntry | ExpenseEntry;

/** Teams change seldom, and are asked about so many times less often than the rest. */
const TEAMS_EVERY = 5;

export function timeEntryFeed(vendor: PsaVendor, config: PsaConfig): Feed<TimeEntry> {
  return {
    name: 'time-entries',
    noun: 'time-entry',
    ...lines(vendor.timeEntries, 'workDate', config),
    clock: () => vendor.clock,
    events: change => (isTold(change) ? [changedEvent('time-entry.changed.v1', (change.after ?? change.before)!.id, change)] : []),
  };
}

export function expenseFeed(vendor: PsaVendor, config: PsaConfig): Feed<ExpenseEntry> {
  return {
    name: 'expenses',
    noun: 'expense',
    ...lines(vendor.expenses!, 'expenseDate', config),
    clock: () => vendor.clock,
    events: change => (isTold(change) ? [changedEvent('expense-entry.changed.v1', (change.after ?? change.before)!.id, change)] : []),
  };
}

/** Published in the order of the project. */
export function assignmentFeed(vendor: PsaVendor, { pollMs, overlapMs, sweepMs }: PsaConfig): Feed<Assignment> {
  return {
    name: 'assignments',
    noun: 'assignment',
    clock: () => vendor.clock,
    everyMs: pollMs * TEAMS_EVERY,
    overlapMs: 0, // the vendor takes it off itself
    sweepEveryMs: sweepMs,
    read: cursor => vendor.assignments!.changed(cursor, { overlapMs }),
    sweep: () => vendor.assignments!.all(),
    events: change => [changedEvent('assignment.changed.v1', (change.after ?? change.before)!.projectId, change)],
    legalEntitiesOfAll: entitiesByProject,
  };
}

/** A sweep covers the newest days only; older lines are published by the feed alone. */
function lines<T extends Line>(feed: LineFeed<T>, day: keyof T & string, config: PsaConfig): Omit<Feed<T>, 'name' | 'noun' | 'events'> {
  const { pollMs, overlapMs, timeSweepMs, timeSweepDays, readerLeaseMs } = config;
  const firstDay = () => new Date(Date.now() - timeSweepDays * 24 * 3_600_000).toISOString().slice(0, 10);
  return {
    everyMs: pollMs,
    overlapMs: 0, // the vendor takes it off itself, more for approvals than for the lines
    sweepEveryMs: timeSweepMs,
    leaseMs: readerLeaseMs,
    read: cursor => feed.changed(cursor, { from: firstDay(), overlapMs }),
    sweepWindow: () => ({ attribute: day, from: firstDay() }),
    sweep: window => feed.from(window!.from),
    reread: unseen => feed.reread(unseen),
    legalEntitiesOfAll: entitiesByProject,
  };
}

/**
 * Drafts, and lines that are submitted or rejected without ever having been approved, concern only
 * the PSA.
 */
const isTold = ({ before, after }: Change<Line>): boolean =>
  [before, after].some(line => (line?.approval satisfies Approval | undefined) === 'approved');
