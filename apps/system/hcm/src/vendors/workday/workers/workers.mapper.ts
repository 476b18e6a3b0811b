import type { Leave } from '#canonical';
import type { WorkerHistory, WorkerVersion } from '../../../workers/worker-record.js';
import { mergedVersions } from '../../../workers/worker-record.rules.js';
import { costRatesOf } from '../cost-rates/cost-rates.mapper.js';
import type { CostRateRow } from '../cost-rates/cost-rates.wire.js';
import { refsOf, workerIdOf } from '../workday.references.js';
import { dayBefore } from '../../port/timeline.js';
import type { WorkdayWorker } from './workers.wire.js';

/** The meaning of a worker's organisations, by their type ids. */
export interface OrganizationTypes {
  legalEntity: string;
  costCentre: string;
  agency: string;
  /** Extension name to type id. */
  extensions: Record<string, string>;
}

/** A worker as read on one day, for the days from `from` on. */
export interface Snapshot {
  from: string;
  readOn: string;
  worker: WorkdayWorker;
}

export interface Reading {
  tenant: string;
  today: string;
  types: OrganizationTypes;
}

/** A worker's history from at least one snapshot, and its cost rates. */
export function historyOf(snapshots: Snapshot[], rates: CostRateRow[], { tenant, today, types }: Reading): WorkerHistory {
  const { employeeId } = snapshots[0].worker;
  return {
    id: workerIdOf(tenant, employeeId),
    employeeNumber: employeeId,
    refs: refsOf(snapshots[0].worker, tenant),
    versions: mergedVersions(snapshots.map(snapshot => versionOf(snapshot, tenant, types))),
    leave: leaveOf(snapshots, today),
    costRates: costRatesOf(rates),
  };
}

/**
 * An unknown role or legal entity is '', visible to those with the unassigned right. A rescinded
 * hire ended before it began.
 */
function versionOf({ from, worker }: Snapshot, tenant: string, types: OrganizationTypes): WorkerVersion {
  const organization = (type: string) => worker.organizations.find(one => one.type === type)?.id;
  const hiredOn = worker.hireDate ?? from;
  const terminatedOn = worker.hireRescinded ? dayBefore(hiredOn) : worker.terminationDate;
  const costCentre = organization(types.costCentre);
  const agency = organization(types.agency);
  const extensions = Object.entries(types.extensions).flatMap(([name, type]) =>
    organization(type) === undefined ? [] : [[name, organization(type)]],
  );
  return {
    from,
    name: worker.name ?? worker.employeeId,
    ...(worker.workEmail ? { workEmail: worker.workEmail } : {}),
    hiredOn,
    ...(terminatedOn ? { terminatedOn } : {}),
    role: worker.jobProfileId ?? '',
    skills: [...new Set(worker.skills)].sort(),
    ...(worker.managerId ? { managerId: workerIdOf(tenant, worker.managerId) } : {}),
    ...(worker.location ? { location: worker.location } : {}),
    ...(worker.country ? { country: worker.country } : {}),
    ...(worker.region ? { region: worker.region } : {}),
    ...(worker.fullTimeShare ? { fullTimeShare: worker.fullTimeShare } : {}),
    legalEntity: organization(types.legalEntity) ?? '',
    ...(costCentre ? { costCentre } : {}),
    ...(agency ? { agency } : {}),
    ...(extensions.length > 0 ? { extensions: Object.fromEntries(extensions) as Record<string, unknown> } : {}),
  };
}

/**
 * Each leave once, as stated on the latest day it was read for; the real end takes precedence over
 * the planned one. A worker who should be back by now and isn't has no planned return.
 */
function leaveOf(snapshots: Snapshot[], today: string): Leave[] {
  const ordered = [...snapshots].sort((a, b) => (a.readOn < b.readOn ? -1 : 1));
  const byEvent = new Map(ordered.flatMap(({ worker }) => worker.leaves.map(leave => [leave.event, leave] as const)));
  const present = snapshots.find(({ readOn }) => readOn === today)?.worker.leaves ?? [];
  const overdue = new Set(
    present.filter(leave => leave.onLeave && leave.estimatedEnd !== undefined && leave.estimatedEnd < today).map(leave => leave.event),
  );
  return [...byEvent.values()]
    .map(({ event, start, end, estimatedEnd, type }) => {
      const to = end ?? (overdue.has(event) ? undefined : estimatedEnd);
      return { from: start, ...(to === undefined ? {} : { to }), type };
    })
    .sort((a, b) => (a.from < b.from ? -1 : 1));
}
