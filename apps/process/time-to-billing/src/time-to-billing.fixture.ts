import { randomUUID } from 'node:crypto';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import { mintId, money, type ExpenseEntry, type FinancialProject, type TimeEntry } from '#canonical';
import { EventLog } from '#events';
import type { Database } from '#persistence';
import { eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer, type TokenRequest } from '#testing';
import { Around } from './around.fixture.js';
import { timeToBillingApp } from './time-to-billing.app.js';

export const PROJECT = mintId('project', 'spec', 'grid');
export const AS_OF = '2026-11-02';

export interface TestBilling {
  app: TestApp;
  around: Around;
  issuer: TestIssuer;
  database: TestDatabase;
  dataSource: Database;
  publish<T extends EventType>(type: T, key: string, data: EventData[T], legalEntities?: string[], time?: string): Promise<void>;
  approve(entry: TimeEntry | ExpenseEntry): Promise<void>;
  rest<T = Record<string, any>>(
    method: string,
    path: string,
    o?: { as?: TokenRequest; body?: unknown; version?: string; headers?: Record<string, string> },
  ): Promise<{ status: number; body: T }>;
  line(id: string): Promise<Record<string, any>>;
  /** Waits until the line is in that state and answers it. */
  reaches(id: string, state: string): Promise<Record<string, any>>;
  close(): Promise<void>;
}

export interface TestBillingOptions {
  env?: Record<string, string>;
  project?: Partial<FinancialProject>;
  /** What the ERP states about itself; by default it can do everything. */
  erp?: { lacks?: Around['erpLacks']; batchSize?: number };
  /** Whether its periods are published; by default they are where the ERP has books. */
  periods?: boolean;
}

/** The app alone, over a real database, with everything around it played; waits are short. */
export async function testBilling(o: TestBillingOptions = {}): Promise<TestBilling> {
  const [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  const around = new Around();
  around.erpLacks = o.erp?.lacks ?? [];
  around.batchSize = o.erp?.batchSize ?? 100;
  const GATEWAY_URL = await around.listen();
  const env = {
    GATEWAY_URL,
    LOG_LEVEL: 'error',
    TIME_TO_BILLING_EXPENSE_COST: 'record',
    TIME_TO_BILLING_GRACE_MS: '0',
    TIME_TO_BILLING_LINGER_MS: '20',
    TIME_TO_BILLING_STATUS_BACK_MS: '50',
    TIME_TO_BILLING_LEASE_MS: '1000',
    TIME_TO_BILLING_PROBE_MS: '300',
    ...o.env,
  };
  const app = await testApp(timeToBillingApp, { env });
  const { dataSource } = database;
  const publish: TestBilling['publish'] = async (type, key, data, legalEntities = ['LF-UK'], time = new Date().toISOString()) => {
    const event: CanonicalEvent = {
      id: randomUUID(),
      source: '/spec',
      type,
      key,
      time,
      data,
      legalEntities,
      correlationId: randomUUID(),
    };
    await dataSource.transaction(em => new EventLog().append(em, [event]));
  };
  const rest: TestBilling['rest'] = async (method, path, { as = { client: 'operations' }, body, version = '1', headers = {} } = {}) => {
    const answer = await fetch(`${app.url}/v${version}${path}`, {
      method,
      headers: { ...headers, ...(await issuer.bearer(as)), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: (text ? JSON.parse(text) : undefined) as never };
  };
  const billing: TestBilling = {
    app,
    around,
    issuer,
    database,
    dataSource,
    publish,
    rest,
    approve: entry =>
      'workedMinutes' in entry
        ? publish('time-entry.changed.v1', entry.id, { state: entry, changed: [] })
        : publish('expense-entry.changed.v1', entry.id, { state: entry, changed: [] }),
    line: async id => (await rest('GET', `/lines/${id}`)).body,
    reaches: (id, state) =>
      eventually(async () => {
        const { status, body } = await rest('GET', `/lines/${id}`);
        if (status !== 200 || body.state !== state) throw new Error(`${id} is ${status} ${JSON.stringify(body)}, not ${state}`);
        return body;
      }),
    close: async () => {
      await app.close();
      await around.close();
      await issuer.close();
      await database.close();
    },
  };
  await furnish(billing, o.project ?? {}, o.periods ?? !around.erpLacks.includes('books'));
  return billing;
}

/** A project that the ERP knows, with a card's rates, open periods and an exchange rate. */
async function furnish({ publish, dataSource }: TestBilling, over: Partial<FinancialProject>, withPeriods: boolean): Promise<void> {
  await publish('financial-project.changed.v1', PROJECT, { state: { ...aFinancialProject(), ...over, refs: [] }, changed: [] });
  await publish('rate-card.changed.v1', 'RC-UK', {
    state: {
      id: 'RC-UK:2026',
      code: 'RC-UK',
      currency: 'GBP',
      effectiveFrom: '2026-01-01',
      rates: [{ role: 'ARCHITECT', ratePerHour: money('150', 'GBP') }],
    },
    changed: [],
  });
  for (const month of withPeriods ? ['10', '11', '12'] : []) {
    await publish('accounting-period.changed.v1', `period:${month}`, {
      state: {
        id: `period-${month}`,
        legalEntity: 'LF-UK',
        name: month,
        startDate: `2026-${month}-01`,
        endDate: `2026-${month}-${month === '11' ? '30' : '31'}`,
        open: month !== '10',
      },
      changed: [],
    });
  }
  await dataSource.query(
    `insert into mappings.mapping(kind, source, target, changed_by) values ('rate-card', 'LF-UK', 'RC-UK', 'spec'), ('expense-category', 'Hotel', 'Lodging', 'spec')`,
  );
  await eventually(async () => {
    const [{ periods, projects }] = await dataSource.query<{ periods: string; projects: string }[]>(
      'select (select count(*) from billing.period) periods, (select count(*) from billing.project) projects',
    );
    return Number(periods) === (withPeriods ? 3 : 0) && Number(projects) > 0;
  });
}

export const aFinancialProject = (): FinancialProject => ({
  id: PROJECT,
  title: 'Grid analytics',
  dealId: '',
  customerId: mintId('customer', 'spec', 'northwind'),
  status: 'active',
  billingMethod: 'time-and-materials',
  currency: 'GBP',
  startDate: '2026-01-01',
  endDate: '2027-12-31',
  dimensions: { legalEntity: 'LF-UK', costCentre: 'CC-210', taxCode: 'GB-S20' },
  billingSchedule: { type: 'time-and-materials', frequency: 'monthly', startDate: '2026-01-01', milestones: [] },
  tasks: [],
  timeAllowed: true,
  expensesAllowed: true,
});

/** Two hours of an architect on the day, approved. */
export function someTime(name: string, over: Partial<TimeEntry> = {}): TimeEntry {
  return {
    id: mintId('time-entry', 'spec', name),
    timesheetId: mintId('timesheet', 'spec', over.person?.email ?? 'ada'),
    projectId: PROJECT,
    person: { email: 'ada@larkfield.example', name: 'Ada' },
    workDate: AS_OF,
    workedMinutes: 120,
    role: 'ARCHITECT',
    billable: true,
    overtime: false,
    approval: 'approved',
    approvedAt: new Date().toISOString(),
    refs: [],
    ...over,
  };
}

export function anExpense(name: string, over: Partial<ExpenseEntry> = {}): ExpenseEntry {
  return {
    id: mintId('expense', 'spec', name),
    expenseReportId: mintId('expense-report', 'spec', 'ada'),
    projectId: PROJECT,
    person: { email: 'ada@larkfield.example', name: 'Ada' },
    expenseDate: AS_OF,
    category: 'Hotel',
    amount: money('120', 'GBP'),
    billable: true,
    reimbursable: true,
    receiptAttached: true,
    approval: 'approved',
    approvedAt: new Date().toISOString(),
    refs: [],
    ...over,
  };
}
