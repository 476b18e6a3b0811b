import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import { Decimal } from 'decimal.js';
import {
  mintId,
  money,
  recordedAmount,
  priceOf,
  sameMoney,
  type BillableTransaction,
  type BillingBatch,
  type BillingBatchState,
  type BillingOutcome,
  type BillingRefusal,
  type CanonicalEvent,
  type EventData,
  type EventType,
  type ExpenseEntry,
  type FinancialProject,
  type TimeEntry,
} from '#canonical';
import { EventLog } from '#events';
import type { Database } from '#persistence';
import {
  eventually,
  testApp,
  testDatabase,
  testIssuer,
  testServer,
  type TestApp,
  type TestDatabase,
  type TestIssuer,
  type TestServer,
  type TokenWish,
} from '#testing';
import { timeToBillingApp } from './time-to-billing.app.js';

export const PROJECT = mintId('project', 'spec', 'grid');
export const AS_OF = '2026-11-02';

/**
 * The ERP, HCM and PSA as this app meets them: over HTTP. The ERP keeps what it is given under its external id, answers the same batch the
 * same again, and notes when two versions of a line were in it at once.
 */
export class Around {
  readonly held = new Map<string, BillableTransaction>();
  readonly billed = new Set<string>();
  readonly credited = new Set<string>();
  readonly refusals = new Map<string, BillingRefusal>();
  readonly batches = new Map<string, { body: string; outcomes: BillingOutcome[] }>();
  /** Transactions that the ERP app turns away at its door, with the whole batch that they come in. */
  readonly unreadable = new Set<string>();
  /** Timesheets and invoices that the PSA app refuses to be told of, and how. */
  readonly refusesStatus = new Map<string, { status: number; kind: string; code?: string }>();
  /** How often it refused to be told. */
  statusRefused = 0;
  readonly told: { path: string; body: unknown }[] = [];
  readonly doubled: string[] = [];
  /** Every post and removal, in order. */
  readonly history: string[] = [];
  away = false;
  loseAnswers = 0;
  takesReversals = false;
  /** How many decimals of a rate it keeps; all of them if not said. */
  rateDecimals: number | undefined;
  unknownPeople = new Set<string>();
  /** The last day of employment of those who left. */
  readonly left = new Map<string, string>();
  /** The last day that HCM knows of, of those whose record is gone. */
  readonly gone = new Map<string, string>();
  /** Who is employed by another entity than the project's. */
  readonly employers = new Map<string, string>();
  #server!: TestServer;

  async listen(): Promise<string> {
    this.#server = await testServer((request, response) => void this.#serve(request, response));
    return this.#server.url;
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const path = request.url ?? '';
    const send = (status: number, body: unknown) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (path.endsWith('/workers/as-of'))
      return void send(200, { items: this.#people(JSON.parse(text) as { items: { email: string; date: string }[] }) });
    if (path.startsWith('/system/psa/')) {
      const [, refused] = [...this.refusesStatus].find(([id]) => path.includes(id)) ?? [];
      if (refused) {
        this.statusRefused++;
        return void send(refused.status, { ...refusal(refused.kind, 'status must be one that we know'), ...refused });
      }
      this.told.push({ path, body: JSON.parse(text) });
      return void send(200, {});
    }
    if (this.away)
      return void send(503, {
        type: 'urn:throughline:problem:vendor-unavailable',
        title: 'Unavailable',
        status: 503,
        detail: 'The ERP is down for maintenance.',
        retryable: true,
        correlationId: 'spec',
      });
    if ([...this.unreadable].some(id => text.includes(`"${id}"`))) return void send(400, refusal('invalid', 'memo must be shorter'));
    const state = this.#take(path.split('/').at(-1)!, text);
    if (this.loseAnswers-- > 0) return void request.socket.destroy();
    send(200, state);
  }

  #people({ items }: { items: { email: string; date: string }[] }): object[] {
    return items.map(({ email, date }, index) =>
      this.unknownPeople.has(email) || isAfter(date, this.gone.get(email))
        ? { index, matches: 0 }
        : {
            index,
            matches: 1,
            worker: {
              workerId: mintId('worker', email),
              employeeNumber: 'E-1',
              name: email.split('@')[0],
              status: isAfter(date, this.left.get(email)) ? 'terminated' : 'active',
              role: email.startsWith('analyst') ? 'ANALYST' : 'ARCHITECT',
              legalEntity: this.employers.get(email) ?? 'LF-UK',
              costRate: money('70', 'GBP'),
            },
          },
    );
  }

  #take(id: string, body: string): BillingBatchState {
    const known = this.batches.get(id);
    if (known && known.body !== body) throw new Error(`batch ${id} came with another content`);
    const outcomes = known?.outcomes ?? this.#apply(JSON.parse(body) as BillingBatch);
    this.batches.set(id, { body, outcomes });
    return { state: 'done', outcomes };
  }

  #apply({ operation, transactions, externalIds }: BillingBatch): BillingOutcome[] {
    if (operation === 'remove') return externalIds.map(externalId => this.#remove(externalId));
    return transactions.map(transaction => this.#post(transaction));
  }

  #remove(externalId: string): BillingOutcome {
    if (this.billed.has(externalId)) return { externalId, result: 'refused', code: 'already-billed', detail: 'It is on an invoice.' };
    this.held.delete(externalId);
    this.history.push(`remove ${externalId}`);
    return { externalId, result: 'removed' };
  }

  #post(transaction: BillableTransaction): BillingOutcome {
    const { externalId } = transaction;
    const code = externalId.endsWith('-r') && !this.takesReversals ? 'reversal-not-allowed' : this.refusals.get(externalId);
    if (code) return { externalId, result: 'refused', code, detail: `refused: ${code}` };
    const [, lineId, version] = /^tl-(.+)-v(\d+)/.exec(externalId)!;
    const older = [...this.held.keys()].filter(one => one.startsWith(`tl-${lineId}-v`) && !one.startsWith(`tl-${lineId}-v${version}`));
    const alive = older.filter(one => !one.endsWith('-r') && !this.held.has(`${one}-r`) && !this.credited.has(one));
    if (alive.length > 0) this.doubled.push(externalId);
    this.held.set(externalId, transaction);
    this.history.push(`post ${externalId}`);
    return { externalId, result: 'posted', amount: recordedAmount(transaction), ...this.#cut(transaction) };
  }

  #cut({ ratePerHour, minutes, amount }: BillableTransaction): Pick<BillingOutcome, 'amount' | 'ratePerHour'> {
    if (this.rateDecimals === undefined || !ratePerHour || minutes === undefined) return {};
    const kept = { ...ratePerHour, amount: new Decimal(ratePerHour.amount).toDecimalPlaces(this.rateDecimals, Decimal.ROUND_HALF_UP).toFixed() };
    const theirs = priceOf(kept, minutes);
    return sameMoney(theirs, amount) ? {} : { amount: theirs, ratePerHour: kept };
  }
}

const isAfter = (date: string, last: string | undefined): boolean => last !== undefined && last < date;

const refusal = (kind: string, detail: string): object => ({
  type: `urn:throughline:problem:${kind}`,
  title: kind,
  status: kind === 'invalid' ? 400 : 422,
  detail,
  retryable: false,
  correlationId: 'spec',
});

export interface TestBilling {
  app: TestApp;
  around: Around;
  issuer: TestIssuer;
  database: TestDatabase;
  dataSource: Database;
  tell<T extends EventType>(type: T, key: string, data: EventData[T], legalEntities?: string[], time?: string): Promise<void>;
  approve(entry: TimeEntry | ExpenseEntry): Promise<void>;
  rest<T = Record<string, any>>(method: string, path: string, o?: { as?: TokenWish; body?: unknown }): Promise<{ status: number; body: T }>;
  line(id: string): Promise<Record<string, any>>;
  /** Waits until the line is in that state and answers it. */
  reaches(id: string, state: string): Promise<Record<string, any>>;
  close(): Promise<void>;
}

/** The app alone, over a real database, with everything around it played; waits are short. */
export async function testBilling(o: { env?: Record<string, string>; project?: Partial<FinancialProject> } = {}): Promise<TestBilling> {
  const [database, issuer] = await Promise.all([testDatabase(), testIssuer()]);
  const around = new Around();
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
  const tell: TestBilling['tell'] = async (type, key, data, legalEntities = ['LF-UK'], time = new Date().toISOString()) => {
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
  const rest: TestBilling['rest'] = async (method, path, { as = { client: 'operations' }, body } = {}) => {
    const answer = await fetch(`${app.url}/v1${path}`, {
      method,
      headers: { ...(await issuer.bearer(as)), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
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
    tell,
    rest,
    approve: entry =>
      'workedMinutes' in entry
        ? tell('time-entry.changed.v1', entry.id, { state: entry, changed: [] })
        : tell('expense-entry.changed.v1', entry.id, { state: entry, changed: [] }),
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
  await furnish(billing, o.project ?? {});
  return billing;
}

/** A project that the ERP knows, with a card's rates, open periods and an exchange rate. */
async function furnish({ tell, dataSource }: TestBilling, over: Partial<FinancialProject>): Promise<void> {
  await tell('financial-project.changed.v1', PROJECT, { state: { ...aFinancialProject(), ...over, refs: [] }, changed: [] });
  await tell('rate-card.changed.v1', 'RC-UK', {
    state: {
      id: 'RC-UK:2026',
      code: 'RC-UK',
      currency: 'GBP',
      effectiveFrom: '2026-01-01',
      rates: [{ role: 'ARCHITECT', ratePerHour: money('150', 'GBP') }],
    },
    changed: [],
  });
  for (const month of ['10', '11', '12']) {
    await tell('accounting-period.changed.v1', `period:${month}`, {
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
    const [{ n }] = await dataSource.query<{ n: string }[]>('select count(*) n from billing.period');
    return Number(n) === 3;
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
