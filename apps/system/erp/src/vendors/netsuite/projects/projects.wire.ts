import { compact } from '#canonical';
import { recordOf, type NetsuiteReference } from '../netsuite.wire.js';

export interface NetsuiteJob {
  id: string;
  externalId?: string;
  companyName: string;
  isInactive: boolean;
  entityStatus?: NetsuiteReference;
  parent?: NetsuiteReference;
  subsidiary?: NetsuiteReference;
  currency?: NetsuiteReference;
  jobBillingType?: NetsuiteReference;
  billingSchedule?: NetsuiteReference;
  jobPrice?: number;
  startDate?: string;
  projectedEndDate?: string;
  allowTime: boolean;
  allowExpenses: boolean;
  costCentre?: NetsuiteReference;
  taxCode?: NetsuiteReference;
  dealId?: string;
  billingMethod?: string;
  notToExceed?: number;
}

export interface NetsuiteMilestone {
  milestoneId?: number;
  milestoneAmount?: number;
  milestoneDate?: string;
  comments?: string;
}

export interface NetsuiteBillingSchedule {
  id: string;
  externalId?: string;
  job?: NetsuiteReference;
  scheduleType?: NetsuiteReference;
  frequency?: NetsuiteReference;
  seriesStartDate?: string;
  /** How much of the project's amount the milestones leave. */
  initialAmountPercent?: number;
  milestone: NetsuiteMilestone[];
}

export interface NetsuiteProjectTask {
  id: string;
  externalId?: string;
  title: string;
  project?: NetsuiteReference;
  startDateTime?: string;
  finishByDate?: string;
  estimatedWork?: number;
  nonBillableTask: boolean;
  role?: string;
}

/** The names of the firm's own fields. */
export interface CustomFields {
  costCentreField: string;
  taxCodeField: string;
  dealIdField: string;
  billingMethodField: string;
  notToExceedField: string;
  taskRoleField: string;
}

export function readJob(json: unknown, fields: CustomFields): NetsuiteJob {
  const record = recordOf(json, 'job');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    companyName: record.text('companyName') ?? '',
    isInactive: record.flag('isInactive'),
    entityStatus: record.reference('entityStatus'),
    parent: record.reference('parent'),
    subsidiary: record.reference('subsidiary'),
    currency: record.reference('currency'),
    jobBillingType: record.reference('jobBillingType'),
    billingSchedule: record.reference('billingSchedule'),
    jobPrice: record.number('jobPrice'),
    startDate: record.day('startDate'),
    projectedEndDate: record.day('projectedEndDate'),
    allowTime: record.flag('allowTime'),
    allowExpenses: record.flag('allowExpenses'),
    costCentre: record.reference(fields.costCentreField),
    taxCode: record.reference(fields.taxCodeField),
    dealId: record.text(fields.dealIdField),
    billingMethod: record.text(fields.billingMethodField),
    notToExceed: record.number(fields.notToExceedField),
  });
}

export function readBillingSchedule(json: unknown): NetsuiteBillingSchedule {
  const record = recordOf(json, 'billingSchedule');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    job: record.reference('job'),
    scheduleType: record.reference('scheduleType'),
    frequency: record.reference('frequency'),
    seriesStartDate: record.day('seriesStartDate'),
    initialAmountPercent: record.number('initialAmountPercent'),
    milestone: record.lines('milestone').map(line =>
      compact({
        milestoneId: line.number('milestoneId'),
        milestoneAmount: line.number('milestoneAmount'),
        milestoneDate: line.day('milestoneDate'),
        comments: line.text('comments'),
      }),
    ),
  });
}

export function readProjectTask(json: unknown, fields: CustomFields): NetsuiteProjectTask {
  const record = recordOf(json, 'projectTask');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    title: record.text('title') ?? '',
    project: record.reference('project'),
    startDateTime: record.text('startDateTime'),
    finishByDate: record.day('finishByDate'),
    estimatedWork: record.number('estimatedWork'),
    nonBillableTask: record.flag('nonBillableTask'),
    role: record.text(fields.taskRoleField),
  });
}
