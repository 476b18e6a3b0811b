import { randomUUID } from 'node:crypto';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import { type BillingLine, type ExpenseEntry, type Invoice, mintId, money, type ProjectInPsa, type TimeEntry, type Worker } from '#canonical';
import { EventLog } from '#events';
import type { Database } from '#persistence';
import { aProject, aWorker, eventually, testApp, type TestApp, testDatabase, testIssuer, type TokenRequest } from '#testing';
import { partnerApp } from './partner.app.js';

/** Whose systems call: an agency, a client, and one of the house's own. */
export const AGENCY: TokenRequest = { client: 'lending-agency' };
export const CLIENT: TokenRequest = { client: 'billed-client' };
export const HOUSE: TokenRequest = { client: 'operations' };

export const QUAYSIDE = 'QUAYSIDE';
export const OURS = mintId('customer', 'spec', 'ours');
export const OTHERS = mintId('customer', 'spec', 'others');

export interface Answer {
  status: number;
  body: Record<string, any>;
  headers: Headers;
}

/** The app over an empty log, with an agency and a client that are known to the house. */
export interface TestPartners {
  app: TestApp;
  /** Connected as the owner of the tables, who sees everything. */
  dataSource: Database;
  /** Appends to the log and waits until it is read. */
  publish(...events: CanonicalEvent[]): Promise<void>;
  ask(path: string, who: TokenRequest, headers?: Record<string, string>): Promise<Answer>;
  close(): Promise<void>;
}

export async function testPartners(): Promise<TestPartners> {
  const [database, issuer] = await Promise.all([testDatabase({ serves: [partnerApp] }), testIssuer()]);
  const { dataSource } = database;
  await dataSource.query(`
    insert into governance.plan(name, rate, window_seconds, burst) values ('partner', 60000, 60, 3000);
    insert into governance.partner(id, kind, name, contact, plan, scopes, legal_entities, customer_ids, agency) values
      ('par_quayside', 'agency', 'Quayside Talent', 'it@quayside.example', 'partner', '{partner.read}', '{LF-UK}', '{}', '${QUAYSIDE}'),
      ('par_northwind', 'client', 'Northwind Energy', 'it@northwind.example', 'partner', '{partner.read}', '{LF-UK}', '{${OURS}}', null);
    insert into governance.partner_client(issuer, client_id, partner_id) values
      ('house', 'lending-agency', 'par_quayside'), ('house', 'billed-client', 'par_northwind')`);
  const app = await testApp(partnerApp);
  const tokens = new Map<string, Promise<{ authorization: string }>>();
  const bearer = (who: TokenRequest) => {
    const key = JSON.stringify(who);
    if (!tokens.has(key)) tokens.set(key, issuer.bearer(who));
    return tokens.get(key)!;
  };
  const ask: TestPartners['ask'] = async (path, who, headers = {}) => {
    const answer = await fetch(`${app.url}/v1/${path}`, { headers: { ...(await bearer(who)), ...headers } });
    const body = await answer.text();
    return { status: answer.status, body: body === '' ? {} : (JSON.parse(body) as Answer['body']), headers: answer.headers };
  };
  await eventually(async () => (await ask('projects', CLIENT)).status === 200);
  return {
    app,
    dataSource,
    ask,
    publish: async (...events) => {
      await dataSource.transaction(em => new EventLog().append(em, events));
      await eventually(async () => {
        const [row] = await dataSource.query<{ behind: boolean }[]>(
          `select exists (select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and e.type <> 'set-aside.changed.v1') behind
           from events.subscription s where s.name = 'partner.read-model'`,
        );
        return row && !row.behind;
      });
    },
    close: async () => {
      await app.close();
      await issuer.close();
      await database.close();
    },
  };
}

/** Ids of the items of a page. */
export const ids = ({ body }: Answer): string[] => (body.items as { id: string }[]).map(({ id }) => id);

export function anEvent<T extends EventType>(type: T, key: string, data: EventData[T], over: Partial<CanonicalEvent<T>> = {}): CanonicalEvent<T> {
  return {
    id: randomUUID(),
    source: '/spec',
    type,
    key,
    time: '2026-11-20T09:00:00.000Z',
    data,
    legalEntities: ['LF-UK'],
    correlationId: 'spec',
    ...over,
  };
}

export const projectId = (name: string): string => mintId('project', 'spec', name);

export const projectChanged = (name: string, over: Partial<ProjectInPsa> = {}, deleted?: boolean): CanonicalEvent => {
  const state = { ...aProject({ id: projectId(name), customerId: OURS, ...over }), timeBooked: false, refs: [], ...over };
  return anEvent('project.changed.v1', state.id, { state, changed: [], ...(deleted ? { deleted } : {}) }, { legalEntities: [state.legalEntity] });
};

export const invoiceId = (name: string): string => mintId('invoice', 'spec', name);

export const invoiceChanged = (name: string, over: Partial<Invoice> = {}): CanonicalEvent => {
  const state: Invoice = {
    id: invoiceId(name),
    number: `INV-${name}`,
    status: 'open',
    projectId: projectId('grid'),
    legalEntity: 'LF-UK',
    date: '2026-11-30',
    dueDate: '2026-12-30',
    total: money('1200', 'GBP'),
    amountDue: money('1200', 'GBP'),
    transactions: [],
    refs: [],
    ...over,
  };
  return anEvent('invoice.changed.v1', state.id, { state, changed: [] }, { legalEntities: state.legalEntity ? [state.legalEntity] : [] });
};

export const lineId = (name: string): string => mintId('time-entry', 'spec', name);
export const workerId = (name: string): string => mintId('worker', 'spec', name);
export const emailOf = (name: string): string => `${name}@quayside.example`;

export const entryChanged = (name: string, over: Partial<TimeEntry> = {}, deleted = false): CanonicalEvent => {
  const state: TimeEntry = {
    id: lineId(name),
    projectId: projectId('grid'),
    person: { email: emailOf('ada'), name: 'Ada Quinn' },
    workDate: '2026-11-16',
    workedMinutes: 480,
    billable: true,
    overtime: false,
    approval: 'approved',
    refs: [],
    ...over,
  };
  return anEvent('time-entry.changed.v1', state.id, { state, changed: [], ...(deleted ? { deleted } : {}) });
};

export const expenseId = (name: string): string => mintId('expense', 'spec', name);

export const expenseChanged = (name: string, over: Partial<ExpenseEntry> = {}): CanonicalEvent => {
  const state: ExpenseEntry = {
    id: expenseId(name),
    projectId: projectId('grid'),
    person: { email: emailOf('ada'), name: 'Ada Quinn' },
    expenseDate: '2026-11-16',
    category: 'Travel',
    amount: money('84.2', 'GBP'),
    billable: true,
    reimbursable: true,
    receiptAttached: false,
    approval: 'approved',
    refs: [],
    ...over,
  };
  return anEvent('expense-entry.changed.v1', state.id, { state, changed: [] });
};

export const billingLine = (name: string, over: Partial<BillingLine> = {}): BillingLine => ({
  id: lineId(name),
  kind: 'time',
  version: 1,
  revision: 1,
  state: 'received',
  since: '2026-11-20T09:00:00.000Z',
  projectId: projectId('grid'),
  timesheetId: null,
  workerId: null,
  workerName: 'Ada Quinn',
  workDate: '2026-11-16',
  minutes: 480,
  money: null,
  overage: null,
  postingDate: null,
  invoice: null,
  explanation: [],
  intercompany: null,
  block: null,
  legalEntities: ['LF-UK'],
  refs: [],
  approvedAt: null,
  postedAt: null,
  ...over,
});

export const linesChanged = (...lines: BillingLine[]): CanonicalEvent => anEvent('billing-lines.changed.v1', randomUUID(), { lines });

/** A worker of an agency, unless said otherwise. */
export const workerChanged = (name: string, over: Partial<Worker> = {}, time = '2026-11-01T08:00:00.000Z'): CanonicalEvent => {
  const { costRate: _, ...worker } = aWorker({ id: workerId(name), name, workEmail: emailOf(name), agency: QUAYSIDE, ...over });
  return anEvent('worker.changed.v1', worker.id, { state: worker, changed: [] }, { time });
};
