import type { ProjectInPsa } from '#canonical';
import type { Feed } from '#capture';
import type { PsaConfig } from '../psa.config.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import { changedEvent } from './changed.js';
import { moveWithProjects } from './legal-entities.js';

/** The legal entities a record concerns: none when nobody said. */
export const entitiesOf = ({ legalEntity }: { legalEntity: string }): string[] => (legalEntity === '' ? [] : [legalEntity]);

/**
 * The attributes that delivery decides in the PSA. The others were sold and belong to the CRM:
 * changing them in the PSA is drift.
 */
const PSA_OWNS = ['title', 'status', 'startDate', 'endDate', 'tasks', 'milestones', 'timeBooked', 'refs', 'extensions'];

export function projectFeed(vendor: PsaVendor, { pollMs, overlapMs, sweepMs }: PsaConfig): Feed<ProjectInPsa> {
  return {
    name: 'projects',
    noun: 'project',
    clock: () => vendor.clock,
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.projects.changed(cursor),
    sweep: () => vendor.projects.all(),
    events: change => [changedEvent('project.changed.v1', (change.after ?? change.before)!.id, change)],
    legalEntities: entitiesOf,
    ownedAttributes: PSA_OWNS,
    keep: (em, changed) => moveWithProjects(em, changed),
  };
}
