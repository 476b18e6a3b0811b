import type { CanonicalEvent, ProjectInPsa } from '#canonical';
import type { Change, Feed } from '#capture';
import type { PsaConfig } from '../psa.config.js';
import type { PsaVendor } from '../vendors/psa-vendor.js';

/** The legal entities a record concerns: none when nobody said. */
export const entitiesOf = ({ legalEntity }: { legalEntity: string }): string[] => (legalEntity === '' ? [] : [legalEntity]);

/** What delivery decides in the PSA. The rest was sold, so that it is the CRM's: changed in the PSA it is drift. */
const PSA_OWNS = ['title', 'status', 'startDate', 'endDate', 'tasks', 'milestones', 'timeBooked', 'refs', 'extensions'];

export function projectFeed(vendor: PsaVendor, { pollMs, overlapMs, sweepMs }: PsaConfig): Feed<ProjectInPsa> {
  return {
    name: 'projects',
    noun: 'project',
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.projectsChanged(cursor),
    sweep: () => vendor.allProjects(),
    events: change => [projectChanged(change)],
    legalEntities: entitiesOf,
    ownedAttributes: PSA_OWNS,
  };
}

function projectChanged(change: Change<ProjectInPsa>): CanonicalEvent<'project.changed.v1'> {
  const { before, after, changed, version, at, correlationId } = change;
  const state = (after ?? before)!;
  return {
    id: `${state.id}:${version}`,
    source: '/system/psa',
    type: 'project.changed.v1',
    key: state.id,
    time: at,
    data: { state, changed, ...(before ? { previous: only(before, changed) } : {}), ...(after ? {} : { deleted: true }) },
    legalEntities: entitiesOf(state),
    correlationId,
  };
}

/** What the changed attributes were before. */
export const only = <T extends object>(state: T, attributes: string[]): Partial<T> =>
  Object.fromEntries(Object.entries(state).filter(([name]) => attributes.includes(name))) as Partial<T>;
