import type { Milestone, ProjectStatus } from '#canonical';
import { column, table } from '#persistence';

/** A client's project: what the PSA says of it, and whose it is. */
export const project = table(
  'partner.project',
  {
    id: column.text(),
    seq: column.bigint(),
    erpSeq: column.bigint(),
    title: column.text().orNull(),
    status: column.text<ProjectStatus>().orNull(),
    startDate: column.date().orNull(),
    endDate: column.date().orNull(),
    milestones: column.json<Milestone[]>(),
    psaCustomerId: column.text().orNull(),
    erpCustomerId: column.text().orNull(),
    /** Made of the two before by Postgres. */
    customerId: column.text().orNull(),
    legalEntities: column.texts(),
    gone: column.boolean(),
  },
  ['id'],
);
