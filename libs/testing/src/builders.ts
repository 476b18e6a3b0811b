import { TEAMS, type ApiDeclaration } from '#apis';
import {
  type BillingCustomer,
  type BillingSchedule,
  type Customer,
  type Deal,
  type ExternalRef,
  type FinancialProject,
  mintId,
  money,
  type Project,
  projectIdOf,
  type StaffingRequest,
  type Worker,
} from '#canonical';

// The builders' results are valid by default and belong to Larkfield Ltd; state only what the test
// is about.

const salesforceRef = (type: string, nativeId: string): ExternalRef => ({ system: 'salesforce', account: '00DLF0000000001', type, nativeId });

export function aCustomer(over: Partial<Customer> = {}): Customer {
  return {
    id: mintId('customer', 'salesforce', '00DLF0000000001', '001LF0000000001AAA'),
    name: 'Northwind Energy',
    legalName: 'Northwind Energy plc',
    billingAddress: { street: '1 Quay Street', city: 'Bristol', postalCode: 'BS1 4DJ', country: 'GB' },
    billingEmail: 'accounts@northwind.example',
    taxRegistration: 'GB980780684',
    currency: 'GBP',
    paymentTerms: 'Net 30',
    active: true,
    refs: [salesforceRef('Account', '001LF0000000001AAA')],
    ...over,
  };
}

/** A won fixed-price deal with two roles and two milestones, as the CRM's app states it. */
export function aDeal(over: Partial<Deal> = {}): Deal {
  const id = over.id ?? mintId('deal', 'salesforce', '00DLF0000000001', '006LF0000000001AAA');
  const line = (name: string) => mintId('task', id, 'line', name);
  return {
    id,
    name: 'Northwind grid analytics',
    stage: 'won',
    stageName: 'Closed Won',
    closeDate: '2026-11-02',
    customer: aCustomer(),
    legalEntity: 'Larkfield Ltd',
    billingMethod: 'Fixed price',
    costCentre: 'Cloud and Data',
    currency: 'GBP',
    amount: money('32000', 'GBP'),
    rateCard: {
      code: 'RC-UK',
      currency: 'GBP',
      effectiveFrom: '2026-01-01',
      rates: [
        { role: 'SVC-ARCHITECT', ratePerHour: money('160', 'GBP') },
        { role: 'SVC-CONSULTANT', ratePerHour: money('120', 'GBP') },
      ],
    },
    startDate: '2026-12-01',
    endDate: '2027-03-31',
    purchaseOrder: 'PO-1001',
    roles: [
      {
        id: line('1'),
        role: 'SVC-ARCHITECT',
        minutes: 6_000,
        ratePerHour: money('160', 'GBP'),
        amount: money('16000', 'GBP'),
        startDate: '2026-12-01',
        endDate: '2027-03-31',
        skills: ['architecture'],
      },
      {
        id: line('2'),
        role: 'SVC-CONSULTANT',
        minutes: 8_000,
        ratePerHour: money('120', 'GBP'),
        amount: money('16000', 'GBP'),
        startDate: '2026-12-01',
        endDate: '2027-03-31',
        skills: [],
      },
    ],
    milestones: [
      { id: mintId('milestone', id, '1'), name: 'Design accepted', sequence: 1, dueDate: '2027-01-15', amount: money('12000', 'GBP') },
      { id: mintId('milestone', id, '2'), name: 'Go live', sequence: 2, dueDate: '2027-03-31', amount: money('20000', 'GBP') },
    ],
    owner: { name: 'Sam Seller', email: 'sam.seller@larkfield.example' },
    modifiedAt: '2026-11-02T09:00:00Z',
    refs: [salesforceRef('Opportunity', '006LF0000000001AAA')],
    ...over,
  };
}

/** The deal's project in the PSA, in canonical form. */
export function aProject(over: Partial<Project> = {}): Project {
  const dealId = over.dealId ?? aDeal().id;
  const id = over.id ?? projectIdOf(dealId);
  return {
    id,
    title: 'Northwind grid analytics',
    dealId,
    customerId: aCustomer().id,
    customerName: 'Northwind Energy',
    status: 'active',
    legalEntity: 'LF-UK',
    costCentre: 'CC-210',
    billingMethod: 'fixed-price',
    currency: 'GBP',
    budget: money('32000', 'GBP'),
    rateCard: 'RC-UK',
    startDate: '2026-12-01',
    endDate: '2027-03-31',
    tasks: [
      {
        id: mintId('task', id, '1'),
        title: 'Solution architect',
        role: 'ARCHITECT',
        startDate: '2026-12-01',
        endDate: '2027-03-31',
        estimatedMinutes: 6_000,
        billable: true,
      },
      {
        id: mintId('task', id, '2'),
        title: 'Consultant',
        role: 'CONSULTANT',
        startDate: '2026-12-01',
        endDate: '2027-03-31',
        estimatedMinutes: 8_000,
        billable: true,
      },
    ],
    milestones: [
      { id: mintId('milestone', id, '1'), title: 'Design accepted', sequence: 1, dueDate: '2027-01-15', amount: money('12000', 'GBP') },
      { id: mintId('milestone', id, '2'), title: 'Go live', sequence: 2, dueDate: '2027-03-31', amount: money('20000', 'GBP') },
    ],
    ...over,
  };
}

export function aBillingSchedule(over: Partial<BillingSchedule> = {}): BillingSchedule {
  return { type: 'fixed-milestone', frequency: 'milestones', startDate: '2026-12-01', milestones: aProject().milestones, ...over };
}

export function aFinancialProject(over: Partial<FinancialProject> = {}): FinancialProject {
  const project = aProject();
  return {
    id: project.id,
    title: project.title,
    dealId: project.dealId,
    customerId: project.customerId,
    status: 'active',
    billingMethod: 'fixed-price',
    currency: 'GBP',
    price: money('32000', 'GBP'),
    startDate: project.startDate,
    endDate: project.endDate,
    dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-210', taxCode: 'GB-S20' },
    billingSchedule: aBillingSchedule(),
    tasks: project.tasks,
    timeAllowed: true,
    expensesAllowed: true,
    ...over,
  };
}

export function aBillingCustomer(over: Partial<BillingCustomer> = {}): BillingCustomer {
  const { id, name, legalName, billingAddress, billingEmail, taxRegistration, paymentTerms } = aCustomer();
  return {
    id,
    name,
    legalName,
    billingAddress: billingAddress!,
    billingEmail,
    taxRegistration,
    paymentTerms,
    legalEntity: 'LF-UK',
    currency: 'GBP',
    status: 'active',
    ...over,
  };
}

export function aStaffingRequest(over: Partial<StaffingRequest> = {}): StaffingRequest {
  const projectId = over.projectId ?? aProject().id;
  return {
    id: mintId('staffing-request', projectId, '1'),
    projectId,
    role: 'ARCHITECT',
    skills: [],
    legalEntity: 'LF-UK',
    startDate: '2026-12-01',
    endDate: '2027-03-31',
    minutes: 6_000,
    status: 'requested',
    ...over,
  };
}

export function aWorker(over: Partial<Worker> = {}): Worker {
  const employeeNumber = over.employeeNumber ?? 'E0001';
  return {
    id: mintId('worker', 'workday', 'larkfield', employeeNumber),
    employeeNumber,
    name: 'Alex Morgan',
    workEmail: 'alex.morgan@larkfield.example',
    status: 'active',
    hiredOn: '2022-03-01',
    role: 'ARCHITECT',
    skills: ['architecture', 'kubernetes'],
    location: 'Bristol',
    legalEntity: 'LF-UK',
    costCentre: 'CC-210',
    leave: [],
    refs: [{ system: 'workday', account: 'larkfield', type: 'Worker', nativeId: employeeNumber }],
    ...over,
  };
}

/** What is said of an API that a spec is not about. */
export const aDeclaration = (of: Pick<ApiDeclaration, 'app' | 'layer'> & Partial<ApiDeclaration>): ApiDeclaration => ({
  version: '1',
  owner: TEAMS.integration,
  audience: 'internal',
  lifecycle: { state: 'beta' },
  serviceLevel: { availability: '99.5 %', latencyMs95: 500, support: 'business hours' },
  ...of,
});
