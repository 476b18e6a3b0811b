import type { EventData } from '#apis';
import type { BillingMethod, ProjectInPsa, ProjectStatus } from '#canonical';
import { column, table } from '#persistence';

/** Projects, as the PSA and the ERP state them. Its columns are written here and nowhere else. */
export const project = table(
  'portal.project',
  {
    id: column.text(),
    title: column.text(),
    dealId: column.text().orNull(),
    customerId: column.text().orNull(),
    status: column.text<ProjectStatus>(),
    legalEntity: column.text().orNull(),
    costCentre: column.text().orNull(),
    billingMethod: column.text<BillingMethod>().orNull(),
    budget: column.numeric(21, 6).orNull(),
    currency: column.char(3).orNull(),
    startDate: column.date().orNull(),
    endDate: column.date().orNull(),
    activatedAt: column.instant().orNull(),
    psa: column.json<ProjectInPsa>().orNull(),
    psaSeq: column.bigint().orNull(),
    erp: column.json<EventData['financial-project.changed.v1']['state']>().orNull(),
    erpSeq: column.bigint().orNull(),
    gone: column.boolean(),
    changedAt: column.instant(),
    legalEntities: column.texts(),
  },
  ['id'],
);
