import type { CanonicalEvent } from '#canonical';
import type { Change, Feed } from '#capture';
import type { PsaConfig } from '../psa.config.js';
import type { PsaVendor, StaffingRequestInPsa } from '../vendors/psa-vendor.js';
import { entitiesOf, only } from './project.feed.js';

export function staffingRequestFeed(vendor: PsaVendor, { pollMs, overlapMs, sweepMs }: PsaConfig): Feed<StaffingRequestInPsa> {
  return {
    name: 'staffing-requests',
    noun: 'staffing-request',
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.staffingRequestsChanged(cursor),
    sweep: () => vendor.allStaffingRequests(),
    events: change => [staffingRequestChanged(change)],
    legalEntities: entitiesOf,
  };
}

/** In the order of the project it is for. */
function staffingRequestChanged(change: Change<StaffingRequestInPsa>): CanonicalEvent<'staffing-request.changed.v1'> {
  const { before, after, changed, version, at, correlationId } = change;
  const state = (after ?? before)!;
  return {
    id: `${state.id}:${version}`,
    source: '/system/psa',
    type: 'staffing-request.changed.v1',
    key: state.projectId,
    time: at,
    data: { state, changed, ...(before ? { previous: only(before, changed) } : {}), ...(after ? {} : { deleted: true }) },
    legalEntities: entitiesOf(state),
    correlationId,
  };
}
