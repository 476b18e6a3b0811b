import type { ProjectRecord } from '../../projects/project-records.js';
import { customerOf, type FurtherEntity } from './customers/customers.mapper.js';
import { NO_CUSTOMER_FIELDS, readCustomer, readRelationship } from './customers/customers.wire.js';
import type { Codes } from './netsuite.references.js';
import type { NetsuiteReference } from './netsuite.wire.js';
import type { MilestoneAmounts } from './projects/milestones.js';
import { projectOf, scheduleOf, taskOf, type BillingTypeIds } from './projects/projects.mapper.js';
import { readBillingSchedule, readJob, readProjectTask, type CustomFields } from './projects/projects.wire.js';

type Reference = NetsuiteReference | undefined;

/** A row of the sandbox's ledger, or of another source with a record before and after a write. */
export interface HistoryRow {
  type: string;
  id: string;
  externalId: string | null;
  before: unknown;
  after: unknown;
}

export interface HistoryState {
  noun: 'customer' | 'customer-legal-entity' | 'financial-project' | 'billing-schedule' | 'financial-task';
  externalId: string;
  before: object | null;
  after: object | null;
}

/**
 * Rows of history, oldest first, as canonical records: equal to the effects that caused them. Their
 * references carry external ids; a schedule's money is that of its project, whose row came before.
 * Rows of other types are left out.
 */
export function statesOf(
  rows: HistoryRow[],
  fields: CustomFields,
  types: BillingTypeIds,
  { closedStatus = '1', milestoneAmounts = 'percentage' }: { closedStatus?: string; milestoneAmounts?: MilestoneAmounts } = {},
): HistoryState[] {
  const projects = new Map<string, ProjectRecord>();
  return rows.flatMap(({ type, id, externalId, before, after }): HistoryState[] => {
    const told = (noun: HistoryState['noun'], map: (json: unknown) => object): HistoryState[] => [
      { noun, externalId: externalId ?? '', before: before ? map(before) : null, after: after ? map(after) : null },
    ];
    switch (type) {
      case 'customer':
        return told('customer', json => customerOf(readCustomer(json, NO_CUSTOMER_FIELDS), HISTORY_CODES));
      case 'customerSubsidiaryRelationship':
        return told('customer-legal-entity', json => furtherEntityOf(json));
      case 'job': {
        const project = (json: unknown) => projectOf(readJob(json, fields), HISTORY_CODES, types, closedStatus);
        if (after) projects.set(id, project(after));
        return told('financial-project', project);
      }
      case 'billingSchedule':
        return told('billing-schedule', json => {
          const schedule = readBillingSchedule(json);
          const { currency = '', price } = projects.get(schedule.job?.id ?? '') ?? {};
          return scheduleOf(schedule, { currency, price, milestoneAmounts }, types);
        });
      case 'projectTask':
        return told('financial-task', json => taskOf(readProjectTask(json, fields), HISTORY_CODES));
      default:
        return [];
    }
  });
}

function furtherEntityOf(json: unknown): FurtherEntity {
  const { entity, subsidiary } = readRelationship(json);
  return { customerId: external(entity) ?? '', legalEntity: external(subsidiary) ?? '' };
}

const external = (reference: Reference) => reference?.externalId;

const named = (reference: Reference) => reference?.refName;

/** How references read where each carries its external id and name. */
const HISTORY_CODES: Codes = {
  legalEntity: external,
  costCentre: external,
  taxCode: named,
  terms: named,
  currency: external,
  customer: external,
  schedule: external,
  project: external,
};
