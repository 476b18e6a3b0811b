import {
  money,
  type AccountingPeriod,
  type Assignment,
  type ExchangeRate,
  type ExpenseEntry,
  type FinancialProject,
  type TimeEntry,
} from '#canonical';
import type { WorkerOnDay } from '../calls.js';
import type { RateRow } from '../rates/rates.rules.js';
import type { BillingPolicy, LineFacts, ProjectFacts } from './line-facts.js';

// A clean line of an architect of Larkfield Ltd on a project of Larkfield Ltd; say only what the test is about.

export const PROJECT = 'prj_00000000000000000001';
export const TASK = 'tsk_00000000000000000001';
export const EMAIL = 'ada@larkfield.example';

export const aTimeEntry = (over: Partial<TimeEntry> = {}): TimeEntry => ({
  id: 'tim_00000000000000000001',
  timesheetId: 'tsh_00000000000000000001',
  projectId: PROJECT,
  taskId: TASK,
  person: { email: EMAIL, name: 'Ada Abbott' },
  workDate: '2026-11-18',
  workedMinutes: 450,
  role: 'ARCHITECT',
  billable: true,
  overtime: false,
  note: 'Design workshop',
  approval: 'approved',
  approvedAt: '2026-11-20T16:00:00Z',
  refs: [],
  ...over,
});

export const anExpense = (over: Partial<ExpenseEntry> = {}): ExpenseEntry => ({
  id: 'exp_00000000000000000001',
  expenseReportId: 'exr_00000000000000000001',
  projectId: PROJECT,
  person: { email: EMAIL, name: 'Ada Abbott' },
  expenseDate: '2026-11-18',
  category: 'Travel',
  amount: money('84.20', 'GBP'),
  billable: true,
  reimbursable: true,
  receiptAttached: true,
  note: 'Train to Bristol',
  approval: 'approved',
  approvedAt: '2026-11-20T16:00:00Z',
  refs: [],
  ...over,
});

export const aPolicy = (over: Partial<BillingPolicy> = {}): BillingPolicy => ({
  closedPeriod: 'next-open',
  rateDifference: 'explain',
  endedRate: 'fall',
  overtimeRate: 'general',
  exchangeRateDays: 366,
  unstaffedProject: 'anybody',
  expenseCost: 'record',
  dayLimitMinutes: 960,
  minutesPerDay: 480,
  dayRate: 'pro-rata',
  longerDay: 'pro-rata',
  lineRounding: 'line',
  foreignRate: 'hour',
  receiptOver: [money('25', 'GBP'), money('30', 'EUR')],
  transferPercent: 80,
  transferUnknown: 'mark',
  ...over,
});

export const aRate = (over: Partial<RateRow> = {}): RateRow => ({
  id: 'RC-UK:2026-01-01:ARCHITECT',
  level: 'contract',
  subject: 'RC-UK',
  role: 'ARCHITECT',
  resourcingEntity: null,
  overtime: null,
  unit: 'hour',
  amount: '160.00',
  currency: 'GBP',
  from: '2026-01-01',
  to: null,
  ...over,
});

export const aPeriod = (month: string, open = true, over: Partial<AccountingPeriod> = {}): AccountingPeriod => ({
  id: `period-${month}`,
  legalEntity: '*',
  name: month,
  startDate: `${month}-01`,
  endDate: `${month}-${new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate()}`,
  open,
  ...over,
});

export const anExchangeRate = (from: string, to: string, rate: string, effectiveFrom = '2026-11-01'): ExchangeRate => ({
  id: `${from}:${to}:${effectiveFrom}`,
  from,
  to,
  rate,
  effectiveFrom,
});

export const anAssignment = (over: Partial<Assignment> = {}): Assignment => ({
  id: 'asg_00000000000000000001',
  projectId: PROJECT,
  person: { email: EMAIL, name: 'Ada Abbott' },
  role: 'ARCHITECT',
  startDate: '2026-10-01',
  endDate: '2027-03-31',
  refs: [],
  ...over,
});

export const theWorker = (over: Partial<WorkerOnDay> = {}): WorkerOnDay => ({
  workerId: 'wrk_00000000000000000001',
  employeeNumber: 'EMP-117',
  name: 'Ada Abbott',
  status: 'active',
  role: 'ARCHITECT',
  legalEntity: 'LF-UK',
  costCentre: 'CC-210',
  costRate: money('89.60', 'GBP'),
  ...over,
});

export const theProject = (financial: Partial<FinancialProject> = {}, over: Partial<ProjectFacts> = {}): ProjectFacts => ({
  financial: {
    id: PROJECT,
    title: 'Northwind grid analytics',
    status: 'active',
    billingMethod: 'time-and-materials',
    currency: 'GBP',
    startDate: '2026-10-01',
    endDate: '2027-03-31',
    dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-210', taxCode: 'GB-S20' },
    tasks: [{ id: TASK, title: 'Solution architect', role: 'ARCHITECT', estimatedMinutes: 6_000, billable: true }],
    timeAllowed: true,
    expensesAllowed: true,
    ...financial,
  },
  title: 'Northwind grid analytics',
  customerId: 'cus_00000000000000000001',
  customerName: 'Northwind Energy',
  rateCard: 'RC-UK',
  ...over,
});

const MAPPINGS: Record<string, string> = { 'expense-category:Travel': 'TRAVEL', 'expense-category:Mileage': 'MILEAGE' };

export const theFacts = (over: Partial<LineFacts> = {}): LineFacts => ({
  policy: aPolicy(),
  project: theProject(),
  worker: { matches: 1, worker: theWorker() },
  assignments: [anAssignment()],
  projectStaffed: true,
  rates: [aRate()],
  expenseTerms: [],
  otherExpenses: [],
  exchangeRates: [],
  periods: ['2026-10', '2026-11', '2026-12', '2027-01'].map(month => aPeriod(month)),
  mapping: (kind, source) => MAPPINGS[`${kind}:${source}`],
  otherMinutesThatDay: 0,
  sharesThatDay: [],
  ...over,
});
