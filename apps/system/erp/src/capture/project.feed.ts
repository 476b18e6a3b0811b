import type { CanonicalEvent, EventData } from '#canonical';
import type { Change, Feed } from '#capture';
import type { ErpConfig } from '../erp.config.js';
import type { FinancialProjectInErp } from '../projects/financial-project-in-erp.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import { only } from './customer.feed.js';

export const entitiesOfProject = ({ dimensions }: Pick<FinancialProjectInErp, 'dimensions'>): string[] =>
  dimensions.legalEntity ? [dimensions.legalEntity] : [];

export function projectFeed(vendor: ErpVendor, { pollMs, overlapMs, sweepMs }: ErpConfig): Feed<FinancialProjectInErp> {
  return {
    name: 'projects',
    noun: 'financial-project',
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.projectsChanged(cursor),
    sweep: () => vendor.allProjects(),
    events: change => [projectChanged(change)],
    legalEntities: entitiesOfProject,
  };
}

function projectChanged({
  before,
  after,
  changed,
  version,
  at,
  correlationId,
}: Change<FinancialProjectInErp>): CanonicalEvent<'financial-project.changed.v1'> {
  const held = (after ?? before)!;
  // An incomplete project is told as it is, incomplete: readers of events take nothing for granted.
  const state = held as EventData['financial-project.changed.v1']['state'];
  const previous = before ? only(before as typeof state, changed) : undefined;
  return {
    id: `${held.id}:${version}`,
    source: '/system/erp',
    type: 'financial-project.changed.v1',
    key: held.id,
    time: at,
    data: { state, changed, ...(previous ? { previous } : {}), ...(after ? {} : { deleted: true }) },
    legalEntities: entitiesOfProject(held),
    correlationId,
  };
}
