import { describe, expect, it } from 'vitest';
import type { BillableTransaction, BillingCustomer } from '#canonical';
import { textsIn } from '#connector';
import { aBillingCustomer } from '#testing';
import { aCharge, aLine, anExpense } from '../../billing/billing.fixture.js';
import type { ProjectRecord, ScheduleRecord, TaskRecord } from '../../projects/project-records.js';
import { netsuiteTexts } from './netsuite.lengths.js';
import { lineBody } from './billing/billing.mapper.js';
import { customerBody, relationshipBody } from './customers/customers.mapper.js';
import { billingTypeIds, jobBody, scheduleBody, taskBody } from './projects/projects.mapper.js';

const money = { amount: '1000.00', currency: 'GBP' };
const fields = {
  costCentreField: 'custentity_cost_centre',
  taxCodeField: 'custentity_tax_code',
  dealIdField: 'custentity_deal_id',
  billingMethodField: 'custentity_billing_method',
  notToExceedField: 'custentity_not_to_exceed',
  taskRoleField: 'custevent_role',
  billToField: 'custentity_bill_to',
  reverseChargeField: 'custentity_reverse_charge',
  purchaseOrderRequiredField: 'custentity_purchase_order',
};

// All fields of a record, so that adding one fails here.
const customer: Required<BillingCustomer> = {
  ...aBillingCustomer(),
  legalName: 'Larkfield Bristol Ltd',
  parentId: 'cus_parent',
  billingEmail: 'bills@larkfield.test',
  billingAddress: { street: '1 Quay', city: 'Bristol', state: 'Avon', postalCode: 'BS1 4DJ', country: 'GB' },
  taxRegistration: 'GB123456789',
  paymentTerms: 'Net 30',
  billToId: 'cus_payer',
  reverseCharge: true,
  purchaseOrderRequired: true,
};
const project: Required<ProjectRecord> = {
  id: 'prj_1',
  title: 'Tide',
  status: 'active',
  timeAllowed: true,
  expensesAllowed: true,
  dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-100', taxCode: 'GB-S' },
  dealId: 'dea_1',
  customerId: 'cus_1',
  billingMethod: 'milestone',
  billingType: 'fixed-milestone',
  billingSchedule: 'prj_1-bs',
  currency: 'GBP',
  price: money,
  notToExceed: money,
  startDate: '2027-01-04',
  endDate: '2027-06-30',
};
const schedule: Required<ScheduleRecord> = {
  id: 'prj_1-bs',
  type: 'fixed-milestone',
  frequency: 'milestones',
  startDate: '2027-01-04',
  milestones: [{ id: 'mil_1', title: 'Design accepted', sequence: 1, dueDate: '2027-03-31', amount: money }],
};
const task: Required<TaskRecord> = {
  id: 'tsk_1',
  projectId: 'prj_1',
  title: 'Design',
  role: 'ARCHITECT',
  startDate: '2027-01-04',
  endDate: '2027-02-26',
  estimatedMinutes: 600,
  billable: true,
};
const types = billingTypeIds(['time-and-materials=TM', 'fixed-interval=FBI', 'fixed-milestone=FBM']);
const ids = { subsidiary: '1', currency: '1', terms: '1', billTo: '1', department: '1', taxItem: '1' };
const known = { taxCode: () => '1', currency: () => '1' };
const settings = {
  taxCodeField: 'custcol_tax_code',
  postingDateField: 'custcol_posting_date',
  approvedTime: '3',
  approvedReport: '2',
  customPrice: '-1',
  chargeType: '1',
  rateDecimals: 2,
};
const line = (of: BillableTransaction) => lineBody({ ...of, taskId: 'tsk_1' }, known, settings);

describe('The texts that are written to NetSuite', () => {
  it('are each in the table of lengths, and the table has no others', () => {
    const sent = {
      customer: customerBody(customer, null, null, ids, fields),
      customerSubsidiaryRelationship: relationshipBody('7', '1'),
      job: jobBody(project, null, ids, { ...fields, activeStatus: '2', closedStatus: '1' }, types),
      billingSchedule: [
        scheduleBody(schedule, null, project, types, 'amount'),
        scheduleBody({ ...schedule, type: 'fixed-interval', frequency: 'monthly' }, null, project, types, 'amount'),
      ],
      projectTask: taskBody(task, null, fields),
      timeBill: line(aLine()),
      expenseReport: line(anExpense()),
      charge: line(aCharge({ role: 'ARCHITECT' })),
    };
    expect([...new Set(textsIn(sent).map(({ path }) => path))].sort()).toEqual(Object.keys(netsuiteTexts(fields)).sort());
  });
});
