import { randomUUID } from 'node:crypto';
import type { CanonicalEvent, EventData, EventType } from '#apis';
import { mintId, money, type BillingLine, type ExceptionRecord, type Invoice, type JourneyStep } from '#canonical';
import { EventLog } from '#events';
import type { Database } from '#persistence';
import { eventually, testApp, testDatabase, testIssuer, type TestApp, type TestDatabase, type TestIssuer, type TokenRequest } from '#testing';
import { portalApp } from './portal.app.js';
import { BILLING_LINES, portalReadModel } from './read-model/read-model.subscriber.js';
import type { AppDefinition } from '#service';

export interface Answer<T> {
  status: number;
  data: T;
  errors?: { message: string; path?: string[]; extensions: Record<string, unknown> }[];
  extensions: { cost: { requested: number; limit: number }; statements: number };
  headers: Headers;
}

/** A running portal over an empty log, as its specs use it: events in, GraphQL out. */
export interface TestPortal {
  app: TestApp;
  issuer: TestIssuer;
  /** Connected as the owner of the tables, who sees everything. */
  dataSource: Database;
  /** Appends to the log and waits until the read model contains it. */
  publish(...events: CanonicalEvent[]): Promise<void>;
  /** Queries as `operations` (who sees all) by default; throws on errors. */
  ask<T = Record<string, any>>(query: string, who?: TokenRequest, variables?: object): Promise<T>;
  /** The same with the whole answer, errors included. */
  answer<T = Record<string, any>>(query: string, who?: TokenRequest, variables?: object, headers?: Record<string, string>): Promise<Answer<T>>;
  close(): Promise<void>;
}

export async function testPortal(o: { env?: Record<string, string>; beside?: AppDefinition[]; database?: TestDatabase } = {}): Promise<TestPortal> {
  const [database, issuer] = await Promise.all([o.database ?? testDatabase(), testIssuer()]);
  const app = await testApp([portalApp, ...(o.beside ?? [])], { env: o.env });
  const tokens = new Map<string, Promise<{ authorization: string }>>();
  const bearer = (who: TokenRequest): Promise<{ authorization: string }> => {
    const name = JSON.stringify(who);
    if (!tokens.has(name)) tokens.set(name, issuer.bearer(who));
    return tokens.get(name)!;
  };
  const { dataSource } = database;

  const answer: TestPortal['answer'] = async (query, who = { client: 'operations' }, variables = {}, headers = {}) => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await bearer(who)), ...headers },
      body: JSON.stringify({ query, variables }),
    });
    return { status: response.status, headers: response.headers, ...((await response.json()) as object) } as never;
  };
  return {
    app,
    issuer,
    dataSource,
    answer,
    ask: async (query, who, variables) => {
      const { data, errors } = await answer(query, who, variables);
      if (errors) throw new Error(errors.map(error => `${error.path?.join('.')}: ${error.message} ${JSON.stringify(error.extensions)}`).join('\n'));
      return data as never;
    },
    publish: async (...events) => {
      await dataSource.transaction(em => new EventLog().append(em, events));
      await eventually(() => isRead(dataSource));
    },
    close: async () => {
      await app.close();
      await issuer.close();
      await database.close();
    },
  };
}

async function isRead(dataSource: Database): Promise<boolean> {
  const rows = await dataSource.query<unknown[]>(
    `select 1 from events.subscription s where s.name = any($1) and not exists (
       select 1 from events.event e where (e.xid, e.pos) > (s.last_xid, s.last_pos) and (e.type = 'billing-lines.changed.v1') = (s.name = $2))`,
    [portalReadModel.parts.map(({ name }) => name), BILLING_LINES],
  );
  return rows.length === portalReadModel.parts.length;
}

/** An event of any type, with typical values for everything that isn't given. */
export function anEvent<T extends EventType>(type: T, key: string, data: EventData[T], over: Partial<CanonicalEvent<T>> = {}): CanonicalEvent<T> {
  return { id: randomUUID(), source: '/spec', type, key, time: new Date().toISOString(), data, legalEntities: [], correlationId: 'spec', ...over };
}

/**
 * Maps `Larkfield Ltd` to LF-UK, and so on: a deal's word for its legal entity, and its meaning.
 */
export const mapped = (source: string, target: string | null): CanonicalEvent =>
  anEvent('mapping.changed.v1', `mapping:legal-entity:${source}`, { kind: 'legal-entity', source, target });

export const aStep = (over: Partial<JourneyStep> & Pick<JourneyStep, 'subject'>): JourneyStep => ({
  id: randomUUID(),
  related: [],
  at: '2026-11-02T10:00:00.000Z',
  kind: 'journey.deal-won',
  params: { deal: 'Northwind grid analytics' },
  system: 'salesforce',
  outcome: 'done',
  refs: [],
  money: null,
  actor: { kind: 'flow', id: 'project-initiation.deal-to-project' },
  legalEntities: [],
  ...over,
});

export const anException = (over: Partial<ExceptionRecord> & Pick<ExceptionRecord, 'id' | 'subject'>): ExceptionRecord => ({
  app: 'project-initiation',
  flow: 'deal-to-project',
  step: 'read and check the deal',
  runId: 'run-1',
  reasons: [{ code: 'mapping.legal-entity-missing', params: { deal: 'Aurora harbour', source: 'Larkfield Nordics AB' }, field: 'deal.legalEntity' }],
  category: 'missing-reference',
  desk: 'finance',
  keys: { deal: over.subject, dealName: 'Aurora harbour' },
  refs: [],
  needs: [
    {
      need: 'mapping:legal-entity:Larkfield Nordics AB',
      desk: 'finance',
      met: false,
      cure: { code: 'cure.mapping', params: { mapping: 'legal-entity', source: 'Larkfield Nordics AB' } },
    },
  ],
  money: [{ amount: '1000.00', currency: 'EUR', items: 1, estimated: false }],
  state: 'open',
  openedAt: '2026-11-02T10:00:00.000Z',
  dueAt: '2026-11-04T10:00:00.000Z',
  parkedBehind: 0,
  effect: 'none',
  legalEntities: [],
  correlationId: 'spec',
  history: [{ at: '2026-11-02T10:00:00.000Z', action: 'opened', by: 'project-initiation.deal-to-project' }],
  ...over,
});

export const raised = (exception: ExceptionRecord): CanonicalEvent =>
  anEvent('exception.changed.v1', exception.id, exception, { legalEntities: exception.legalEntities });

export const stepped = (step: JourneyStep): CanonicalEvent =>
  anEvent('journey.step.v1', `journey:${step.subject}`, step, { legalEntities: step.legalEntities });

let revision = 0;

/**
 * A line as time-to-billing publishes it: ten hours of Alex Morgan's, priced and posted. Each is
 * newer than the one made before.
 */
export const aLine = (over: Partial<BillingLine> & Pick<BillingLine, 'id'>): BillingLine => ({
  kind: 'time',
  version: 1,
  revision: ++revision,
  state: 'posted',
  since: '2026-11-16T10:00:00.000Z',
  projectId: mintId('project', 'kantata', '7001', '4711'),
  timesheetId: null,
  workerId: mintId('worker', 'workday', 'larkfield', 'E0001'),
  workerName: 'Alex Morgan',
  workDate: '2026-11-10',
  minutes: 600,
  money: money('1600', 'GBP'),
  overage: null,
  postingDate: '2026-11-10',
  invoice: null,
  explanation: [],
  intercompany: null,
  block: null,
  legalEntities: ['LF-UK'],
  refs: [],
  approvedAt: '2026-11-16T09:00:00.000Z',
  postedAt: '2026-11-16T10:00:00.000Z',
  ...over,
});

export const linesEvent = (...lines: BillingLine[]): CanonicalEvent => anEvent('billing-lines.changed.v1', 'billing-lines', { lines });

export const anInvoice = (over: Partial<Invoice> & Pick<Invoice, 'id'>): Invoice => ({
  number: 'INV-1042',
  status: 'open',
  projectId: mintId('project', 'kantata', '7001', '4711'),
  legalEntity: 'LF-UK',
  date: '2026-11-30',
  dueDate: '2026-12-30',
  total: money('1920', 'GBP'),
  amountDue: money('1920', 'GBP'),
  transactions: [],
  refs: [],
  ...over,
});
