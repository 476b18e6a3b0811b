import type { Feed } from '#capture';
import type { PsaConfig } from '../psa.config.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import type { StaffingRequestInPsa } from '../vendors/port/staffing.port.js';
import { changedEvent } from './changed.js';
import { entitiesOf } from './project.feed.js';

/** Published in the order of the project that it is for. */
export function staffingRequestFeed(vendor: PsaVendor, { pollMs, overlapMs, sweepMs }: PsaConfig): Feed<StaffingRequestInPsa> {
  return {
    name: 'staffing-requests',
    noun: 'staffing-request',
    clock: () => vendor.clock,
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.staffing!.changed(cursor),
    sweep: () => vendor.staffing!.all(),
    events: change => [changedEvent('staffing-request.changed.v1', (change.after ?? change.before)!.projectId, change)],
    legalEntities: entitiesOf,
  };
}
