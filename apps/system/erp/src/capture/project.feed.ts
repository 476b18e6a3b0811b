import type { EventData } from '#apis';
import { changedOf, type Change, type Feed } from '#capture';
import type { ErpConfig } from '../erp.config.js';
import type { FinancialProjectInErp } from '../projects/financial-project-in-erp.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { eventOf } from './event-of.js';

export const entitiesOfProject = ({ dimensions }: Pick<FinancialProjectInErp, 'dimensions'>): string[] =>
  dimensions.legalEntity ? [dimensions.legalEntity] : [];

export function projectFeed(vendor: ErpVendor, { pollMs, overlapMs, sweepMs }: ErpConfig): Feed<FinancialProjectInErp> {
  return {
    name: 'projects',
    noun: 'financial-project',
    clock: () => vendor.clock,
    everyMs: pollMs,
    overlapMs,
    sweepEveryMs: sweepMs,
    read: cursor => vendor.projects.changed(cursor),
    sweep: () => vendor.projects.all(),
    events: change => [projectChanged(change)],
    legalEntities: entitiesOfProject,
  };
}

function projectChanged(change: Change<FinancialProjectInErp>) {
  // An incomplete project is published incomplete: readers of events assume nothing.
  const data = changedOf(change) as EventData['financial-project.changed.v1'];
  return eventOf('financial-project.changed.v1', change, data, entitiesOfProject((change.after ?? change.before)!));
}
