import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BillableTransaction, BillingBatch } from '#canonical';
import { connectorMigrations, jwtAssertion } from '#connector';
import type { Database } from '#persistence';
import { configureLog, loadConfig, Metrics, serviceMigrations } from '#service';
import { built, eventually, testDatabase, testSandboxes, type TestDatabase, type TestSandboxes } from '#testing';
import { aLine, project } from '../../billing/billing.fixture.js';
import { erpBillingContract, type BillingBench, type BillingCall } from '../erp-billing.contract.js';
import type { BillingPort, ErpVendor } from '../erp-vendor.js';
import type { BillingChildOrder } from './netsuite-billing-child.fixture.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { netsuite } from './netsuite.vendor.js';

type Times = { settlingMs?: number; leaseMs?: number; timeoutMs?: number };

const CALLS: Record<BillingCall, { kind: 'read' | 'write'; type: string }> = {
  submit: { kind: 'write', type: 'timeBill' },
  follow: { kind: 'read', type: 'asyncJob' },
  look: { kind: 'read', type: 'suiteql' },
};

class NetsuiteBillingBench implements BillingBench {
  readonly #connected: ErpVendor[] = [];
  readonly #children: ChildProcess[] = [];
  #database: TestDatabase;
  #sandboxes: TestSandboxes;

  async open({ forgetful = false } = {}): Promise<this> {
    configureLog({ logLevel: 'fatal' }); // failures are what these tests are about
    this.#database = await testDatabase({ migrations: [...serviceMigrations, ...connectorMigrations] });
    this.#sandboxes = await testSandboxes({ vendors: ['netsuite'], choices: { netsuite: forgetful ? { idempotencyKeyHours: 0 } : {} } });
    return this;
  }

  get dataSource(): Database {
    return this.#database.dataSource;
  }

  connect(o: Times = {}): ErpVendor & { billing: BillingPort } {
    const vendor = netsuite.connect({ config: loadConfig(NetsuiteConfig, this.#env(o)), dataSource: this.dataSource, metrics: new Metrics() });
    this.#connected.push(vendor);
    return vendor as ErpVendor & { billing: BillingPort };
  }

  #env({ settlingMs, leaseMs, timeoutMs }: Times): Record<string, string> {
    const { baseUrl, tokenUrl, accountId, clientId, certificateId, privateKeyFile } = this.#sandboxes.endpoints.netsuite;
    return {
      NETSUITE_ACCOUNT: accountId,
      NETSUITE_BASE_URL: baseUrl,
      NETSUITE_TOKEN_URL: tokenUrl,
      NETSUITE_CLIENT_ID: clientId,
      NETSUITE_CERTIFICATE_ID: certificateId,
      NETSUITE_PRIVATE_KEY: readFileSync(privateKeyFile, 'utf8'),
      ...(settlingMs === undefined ? {} : { NETSUITE_SETTLING_MS: String(settlingMs) }),
      ...(leaseMs === undefined ? {} : { NETSUITE_LEASE_MS: String(leaseMs) }),
      ...(timeoutMs === undefined ? {} : { NETSUITE_TIMEOUT_MS: String(timeoutMs) }),
    };
  }

  async process(id: string, batch: BillingBatch, o: Pick<BillingChildOrder, 'settlingMs' | 'leaseMs' | 'dies'>) {
    const program = join(await built(), 'apps/system/erp/src/vendors/netsuite/netsuite-billing-child.fixture.js');
    const order: BillingChildOrder = { databaseUrl: this.#database.url, env: this.#env(o), id, batch, ...o };
    const child = fork(program, { execArgv: [], env: { ...process.env, BILLING_CHILD: JSON.stringify(order) } });
    this.#children.push(child);
    await once(child, 'message'); // it is ready
    const told = new Promise<string>(resolve => child.once('message', message => resolve(String(message))));
    const died = once(child, 'exit').then(([code, signal]) => String(signal ?? code));
    return { pid: child.pid!, start: () => void child.send('start'), ended: Promise.race([told, died]) };
  }

  async fail(on: BillingCall, action: Parameters<BillingBench['fail']>[1], times = 1): Promise<void> {
    await this.#sandboxes.control.planFault({ match: { vendor: 'netsuite', ...CALLS[on] }, action, times });
  }

  forgetFailures(): Promise<void> {
    return this.#sandboxes.control.clearFaults();
  }

  async delivered(): Promise<void> {
    await eventually(async () => (await this.#sandboxes.control.faults()).every(({ delivered }) => delivered > 0));
  }

  line = aLine;

  badLine(): BillableTransaction {
    return aLine({ projectId: 'prj_nobody' });
  }

  async bill({ externalId }: BillableTransaction): Promise<void> {
    const { id } = (await this.#call('GET', `timeBill/eid:${externalId}`)) as { id: string };
    await this.#call('POST', 'invoice', { job: { externalId: project.id }, time: { items: [{ doc: { id }, apply: true }] } });
  }

  async state({ externalId }: BillableTransaction): Promise<{ there: number; writes: number }> {
    const rows = (await this.#sandboxes.control.ledger('netsuite')).filter(row => row.externalId === externalId);
    const last = new Map(rows.map(({ id, after }) => [id, after]));
    return { there: [...last.values()].filter(after => after !== null).length, writes: rows.length };
  }

  /** As finance, with our log-in. */
  async #call(method: string, path: string, body?: object): Promise<unknown> {
    const { baseUrl, tokenUrl, clientId, certificateId, privateKeyFile } = this.#sandboxes.endpoints.netsuite;
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

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const vendor of this.#connected) await vendor.close();
    await this.#sandboxes.close();
    await this.#database.close();
  }
}

erpBillingContract('netsuite', async o => {
  await built(); // for the processes that are killed and frozen
  return new NetsuiteBillingBench().open(o);
});
