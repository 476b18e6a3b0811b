import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ErpAbility } from '#apis/erp';
import { connectorMigrations, jwtAssertion } from '#connector';
import { configureLog, loadConfig, Metrics, serviceMigrations } from '#service';
import { built, eventually, testDatabase, testSandboxes, testServer, type TestDatabase, type TestSandboxes, type TestServer } from '#testing';
import { createFirm } from '../../../../../sandbox/src/firm/create-firm.js';
import type { NetsuiteOptions } from '../../../../../sandbox/src/netsuite/index.js';
import { aLine, project } from '../../billing/billing.fixture.js';
import type { BillingCall, BillingWorld, Committed, Elsewhere, ErpWorld, RecordOfErp, Times } from '../port/bench.fixture.js';
import type { ErpVendor } from '../port/erp.port.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { statesOf } from './netsuite-history.fixture.js';
import type { ProcessOrder } from './netsuite-process.fixture.js';
import { netsuite } from './netsuite.vendor.js';
import { billingTypeIds } from './projects/projects.mapper.js';

/** For the processes that are killed and frozen, once. */
let compiling: Promise<string> | undefined;
const compiled = (): Promise<string> => (compiling ??= built());

const TYPES: Record<RecordOfErp, string> = {
  customer: 'customer',
  'customer-entity': 'customerSubsidiaryRelationship',
  project: 'job',
  schedule: 'billingSchedule',
  task: 'projectTask',
};

const CALLS: Record<BillingCall, { kind: 'read' | 'write'; type: string }> = {
  submit: { kind: 'write', type: 'timeBill' },
  follow: { kind: 'read', type: 'asyncJob' },
  look: { kind: 'read', type: 'suiteql' },
};

/** A record's content, read field by field as the test expects it. */
type Body = any;

/** Passes everything on to the sandbox; cuts the next answer for a record type short on request. */
class Wire {
  #garbled: string | undefined;
  #server!: TestServer;

  async open(target: string): Promise<string> {
    this.#server = await testServer((incoming, outgoing) => {
      const forwarded = httpRequest(
        new URL(incoming.url ?? '/', target),
        { method: incoming.method, headers: { ...incoming.headers, host: new URL(target).host } },
        answer => {
          const chunks: Buffer[] = [];
          answer.on('data', (chunk: Buffer) => chunks.push(chunk));
          answer.on('end', () => {
            const body = Buffer.concat(chunks);
            const garble = this.#garbled !== undefined && incoming.method === 'GET' && (incoming.url ?? '').includes(`/${this.#garbled}/`);
            if (garble) this.#garbled = undefined;
            const { 'content-length': _, ...headers } = answer.headers;
            outgoing.writeHead(answer.statusCode ?? 500, headers).end(garble ? body.subarray(0, body.length / 2) : body);
          });
        },
      );
      forwarded.on('error', () => outgoing.destroy());
      incoming.pipe(forwarded);
    });
    return this.#server.url;
  }

  garble(type: string): void {
    this.#garbled = type;
  }

  close(): Promise<void> {
    return this.#server.close();
  }
}

/** The sandbox as an ERP, with what finance does in it. */
export class NetsuiteWorld implements ErpWorld {
  readonly abilities: readonly ErpAbility[] = ['billing', 'books'];
  readonly #wire = new Wire();
  readonly #connected: ErpVendor[] = [];
  readonly #children: ChildProcess[] = [];
  database: TestDatabase;
  sandboxes: TestSandboxes;
  #url: string;
  readonly firm = createFirm();

  constructor(private readonly options: Partial<NetsuiteOptions> = {}) {}

  async open(): Promise<this> {
    configureLog({ logLevel: 'fatal' }); // failures are what these tests are about
    this.database = await testDatabase({ migrations: [...serviceMigrations, ...connectorMigrations] });
    this.sandboxes = await testSandboxes({ vendors: ['netsuite'], choices: { netsuite: this.options } });
    this.#url = await this.#wire.open(this.sandboxes.endpoints.netsuite.baseUrl);
    return this;
  }

  connect(o: Times & { env?: Record<string, string> } = {}): ErpVendor {
    const vendor = netsuite.connect({
      config: loadConfig(NetsuiteConfig, this.#env(o)),
      dataSource: this.database.dataSource,
      metrics: new Metrics(),
    });
    this.#connected.push(vendor);
    return vendor;
  }

  #env(o: Times & { env?: Record<string, string> }): Record<string, string> {
    const { tokenUrl, accountId, clientId, certificateId, privateKeyFile } = this.sandboxes.endpoints.netsuite;
    return {
      NETSUITE_ACCOUNT: accountId,
      NETSUITE_BASE_URL: this.#url,
      NETSUITE_TOKEN_URL: tokenUrl,
      NETSUITE_CLIENT_ID: clientId,
      NETSUITE_CERTIFICATE_ID: certificateId,
      NETSUITE_PRIVATE_KEY: readFileSync(privateKeyFile, 'utf8'),
      ...(o.settlingMs === undefined ? {} : { NETSUITE_SETTLING_MS: String(o.settlingMs) }),
      ...(o.leaseMs === undefined ? {} : { NETSUITE_LEASE_MS: String(o.leaseMs) }),
      ...(o.timeoutMs === undefined ? {} : { NETSUITE_TIMEOUT_MS: String(o.timeoutMs) }),
      ...o.env,
    };
  }

  ensures(customer: Parameters<ErpWorld['ensures']>[0], o: Times): Promise<Elsewhere> {
    return this.#process({ customer }, o);
  }

  async #process(work: ProcessOrder['work'], o: Times): Promise<Elsewhere> {
    const program = join(await compiled(), 'apps/system/erp/src/vendors/netsuite/netsuite-process.fixture.js');
    const order: ProcessOrder = { databaseUrl: this.database.url, env: this.#env(o), work };
    const child = fork(program, { execArgv: [], env: { ...process.env, ERP_PROCESS: JSON.stringify(order) } });
    this.#children.push(child);
    await once(child, 'message'); // it is ready
    const said = new Promise<string>(resolve => child.once('message', message => resolve(String(message))));
    const died = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
    return { pid: child.pid!, start: () => void child.send('start'), ended: Promise.race([said, died]) };
  }

  async delivered(): Promise<void> {
    await eventually(async () => (await this.sandboxes.control.faults()).every(({ delivered }) => delivered > 0));
  }

  async fail(on: 'read' | 'write', record: RecordOfErp, failure: Parameters<ErpWorld['fail']>[2], times = 1): Promise<void> {
    await this.sandboxes.control.planFault({ match: { vendor: 'netsuite', kind: on, type: TYPES[record] }, action: failure, times });
  }

  garble(record: RecordOfErp): void {
    this.#wire.garble(TYPES[record]);
  }

  forgetFailures(): Promise<void> {
    return this.sandboxes.control.clearFaults();
  }

  async committed(): Promise<Committed[]> {
    const fields = {
      costCentreField: 'custentity_cost_centre',
      taxCodeField: 'custentity_tax_code',
      dealIdField: 'custentity_deal_id',
      billingMethodField: 'custentity_billing_method',
      notToExceedField: 'custentity_not_to_exceed',
      taskRoleField: 'custevent_role',
    };
    return statesOf(await this.#ledger(), fields, billingTypeIds(['time-and-materials=TM', 'fixed-interval=FBI', 'fixed-milestone=FBM']));
  }

  async count(record: RecordOfErp, externalId: string): Promise<number> {
    return there((await this.#writtenTo(TYPES[record])).filter(row => row.externalId === externalId));
  }

  get knownRegistration() {
    const { taxRegistration, name } = this.firm.customers.find(customer => customer.inErp && customer.country === 'GB' && customer.taxRegistration)!;
    return { taxRegistration: taxRegistration!, name };
  }

  /** Finance entered one customer twice. */
  async sharedRegistration(): Promise<string> {
    for (const name of ['Twin', 'Twin again']) {
      await this.post('customer', {
        companyName: name,
        subsidiary: { externalId: 'LF-UK' },
        taxRegistration: { items: [{ taxRegistrationNumber: 'GB555444333' }] },
      });
    }
    return 'GB555444333';
  }

  // ---- billing ----

  get billing(): BillingWorld | undefined {
    return {
      means: { repeats: 'request-key', corrections: ['deletion', 'credit'] },
      dataSource: this.database?.dataSource,
      drives: (id, batch, { dies, ...o }) => this.#process({ id, batch, dies, ...o }, o),
      fail: async (on, action, times = 1) => {
        await this.sandboxes.control.planFault({ match: { vendor: 'netsuite', ...CALLS[on] }, action, times });
      },
      line: aLine,
      badLine: () => aLine({ projectId: 'prj_nobody' }),
      bill: async ({ externalId }) => {
        const { id } = await this.#call('GET', `timeBill/eid:${externalId}`);
        await this.post('invoice', { job: { externalId: project.id }, time: { items: [{ doc: { id }, apply: true }] } });
      },
      state: async ({ externalId }) => {
        const rows = (await this.#ledger()).filter(row => row.externalId === externalId);
        return { there: there(rows), writes: rows.length };
      },
      forgetful: () => new NetsuiteWorld({ idempotencyKeyHours: 0 }),
    };
  }

  // ---- as finance, or somebody else's integration, with our log-in ----

  async post(type: string, body: object): Promise<void> {
    await this.#call('POST', type, body);
  }

  async patch(type: string, externalId: string, body: object): Promise<void> {
    await this.#call('PATCH', `${type}/eid:${externalId}`, body);
  }

  async #call(method: string, path: string, body?: object): Promise<Body> {
    const { baseUrl, tokenUrl, clientId, certificateId, privateKeyFile } = this.sandboxes.endpoints.netsuite;
    const privateKey = readFileSync(privateKeyFile, 'utf8');
    const login = jwtAssertion({ tokenUrl, clientId, certificateId, privateKey, alg: 'PS256', scope: ['rest_webservices'] });
    const { headers } = await login.authorize(AbortSignal.timeout(5_000));
    const answer = await fetch(`${baseUrl}/services/rest/record/v1/${path}`, {
      method,
      headers: { ...headers, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text === '' ? null : JSON.parse(text);
  }

  /** A record as it was last written. */
  async record(type: string, externalId: string): Promise<unknown> {
    return (await this.#writtenTo(type)).findLast(row => row.externalId === externalId)?.after;
  }

  /** Finance bills what is due next of a project; returns the answer's status. */
  async nextBill(id: string): Promise<number> {
    const { baseUrl } = this.sandboxes.endpoints.netsuite;
    return (await fetch(`${baseUrl}/sandbox/finance/projects/eid:${id}/next-bill`, { method: 'POST' })).status;
  }

  /** Invoiced sums before tax, one per invoice. */
  async invoiced(): Promise<number[]> {
    return (await this.#writtenTo('invoice')).map(({ after }) => (after as { subtotal: number }).subtotal);
  }

  async #writtenTo(type: string) {
    return (await this.#ledger()).filter(row => row.type === type);
  }

  #ledger() {
    return this.sandboxes.control.ledger('netsuite');
  }

  async close(): Promise<void> {
    for (const child of this.#children.splice(0)) child.kill('SIGKILL');
    for (const vendor of this.#connected.splice(0)) await vendor.close();
    await this.#wire.close();
    await this.sandboxes.close();
    await this.database.close();
  }
}

/** Of these rows of the ledger, how many records still exist. */
const there = (rows: { id: string; after: unknown }[]): number =>
  [...new Map(rows.map(({ id, after }) => [id, after])).values()].filter(after => after !== null).length;
