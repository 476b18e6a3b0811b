import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { addMoney, mintId, money, type BillingCustomer, type FinancialProject } from '#canonical';
import { connectorMigrations } from '#connector';
import { configureLog, loadConfig, Metrics, serviceMigrations } from '#service';
import {
  built,
  eventually,
  problemOf,
  testDatabase,
  testSandboxes,
  testServer,
  type TestDatabase,
  type TestSandboxes,
  type TestServer,
} from '#testing';
import { createFirm } from '../../../../../sandbox/src/firm/create-firm.js';
import type { Firm } from '../../../../../sandbox/src/firm/firm.js';
import type { NetsuiteOptions } from '../../../../../sandbox/src/netsuite/index.js';
import { afterEach, describe, expect, it } from 'vitest';
import { aBillingCustomer, aFinancialProject } from '#testing';
import type { ErpVendor } from '../erp-vendor.js';
import { erpVendorContract, type Committed, type ErpBench, type RecordOfErp } from '../erp-vendor.contract.js';
import type { ChildOrder } from './netsuite-child.fixture.js';
import { aCharge, aLine, anExpense } from '../../billing/billing.fixture.js';
import { NetsuiteConfig } from './netsuite.config.js';
import { billingTypeIds, statesOf } from './netsuite.mapper.js';
import { netsuite } from './netsuite.vendor.js';

let compiling: Promise<string> | undefined;
/** Once for the suite. */
const compiled = (): Promise<string> => (compiling ??= built());

const TYPES: Record<RecordOfErp, string> = {
  customer: 'customer',
  'customer-entity': 'customerSubsidiaryRelationship',
  project: 'job',
  schedule: 'billingSchedule',
  task: 'projectTask',
};

/** Passes everything on to the sandbox; cuts the next answer for a record type short when told to. */
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

class NetsuiteBench implements ErpBench {
  readonly #wire = new Wire();
  readonly #connected: ErpVendor[] = [];
  readonly #children: ChildProcess[] = [];
  database: TestDatabase;
  sandboxes: TestSandboxes;
  #url: string;
  readonly firm = createFirm();

  async open(options: Partial<NetsuiteOptions> = {}): Promise<this> {
    configureLog({ logLevel: 'fatal' }); // failures are what these tests are about
    this.database = await testDatabase({ migrations: [...serviceMigrations, ...connectorMigrations] });
    this.sandboxes = await testSandboxes({ vendors: ['netsuite'], choices: { netsuite: options } });
    this.#url = await this.#wire.open(this.sandboxes.endpoints.netsuite.baseUrl);
    return this;
  }

  connect(o: { settlingMs?: number; leaseMs?: number; timeoutMs?: number; env?: Record<string, string> } = {}): ErpVendor {
    const vendor = netsuite.connect({
      config: loadConfig(NetsuiteConfig, this.#env(o)),
      dataSource: this.database.dataSource,
      metrics: new Metrics(),
    });
    this.#connected.push(vendor);
    return vendor;
  }

  #env(o: { settlingMs?: number; leaseMs?: number; timeoutMs?: number; env?: Record<string, string> }): Record<string, string> {
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

  async process(customer: BillingCustomer, o: { settlingMs: number; leaseMs: number }) {
    const program = join(await compiled(), 'apps/system/erp/src/vendors/netsuite/netsuite-child.fixture.js');
    const order: ChildOrder = { databaseUrl: this.database.url, env: this.#env(o), customer };
    const child = fork(program, { execArgv: [], env: { ...process.env, ERP_CHILD: JSON.stringify(order) } });
    this.#children.push(child);
    await once(child, 'message'); // it is ready
    const ended = new Promise<string>((resolve, reject) =>
      child.once('message', message => resolve(String(message))).once('exit', () => reject(new Error('it ended without a word'))),
    );
    ended.catch(() => undefined);
    return { pid: child.pid!, start: () => void child.send('start'), ended };
  }

  async delivered(): Promise<void> {
    await eventually(async () => (await this.sandboxes.control.faults()).every(({ delivered }) => delivered > 0));
  }

  async fail(on: 'read' | 'write', record: RecordOfErp, failure: Parameters<ErpBench['fail']>[2], times = 1): Promise<void> {
    await this.sandboxes.control.planFault({ match: { vendor: 'netsuite', kind: on, type: TYPES[record] }, action: failure, times });
  }

  garble(record: RecordOfErp): void {
    this.#wire.garble(TYPES[record]);
  }

  forgetFailures(): Promise<void> {
    return this.sandboxes.control.clearFaults();
  }

  async committed(): Promise<Committed[]> {
    const config = new NetsuiteConfig();
    const fields = Object.assign(config, {
      costCentreField: 'custentity_cost_centre',
      taxCodeField: 'custentity_tax_code',
      dealIdField: 'custentity_deal_id',
      billingMethodField: 'custentity_billing_method',
      notToExceedField: 'custentity_not_to_exceed',
      taskRoleField: 'custevent_role',
    });
    return statesOf(
      await this.sandboxes.control.ledger('netsuite'),
      fields,
      billingTypeIds(['time-and-materials=TM', 'fixed-interval=FBI', 'fixed-milestone=FBM']),
    );
  }

  async count(record: RecordOfErp, externalId: string): Promise<number> {
    const rows = (await this.sandboxes.control.ledger('netsuite')).filter(row => row.type === TYPES[record] && row.externalId === externalId);
    const live = new Map(rows.map(({ id, after }) => [id, after]));
    return [...live.values()].filter(after => after !== null).length;
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

  /** As somebody else's integration writes, with our log-in. */
  async post(type: string, body: object): Promise<void> {
    const { baseUrl } = this.sandboxes.endpoints.netsuite;
    const answer = await fetch(`${baseUrl}/services/rest/record/v1/${type}`, {
      method: 'POST',
      headers: { authorization: await this.#token(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** As finance edits it. */
  async patch(type: string, externalId: string, body: object): Promise<void> {
    const { baseUrl } = this.sandboxes.endpoints.netsuite;
    const answer = await fetch(`${baseUrl}/services/rest/record/v1/${type}/eid:${externalId}`, {
      method: 'PATCH',
      headers: { authorization: await this.#token(), 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  /** A record as it was last written. */
  async record(type: string, externalId: string): Promise<unknown> {
    return (await this.#writtenTo(type)).findLast(row => row.externalId === externalId)?.after;
  }

  /** Finance bills what a project has due next; the answer's status. */
  async nextBill(project: string): Promise<number> {
    const { baseUrl } = this.sandboxes.endpoints.netsuite;
    return (await fetch(`${baseUrl}/sandbox/finance/projects/eid:${project}/next-bill`, { method: 'POST' })).status;
  }

  /** What was invoiced before tax, one sum an invoice. */
  async invoiced(): Promise<number[]> {
    return (await this.#writtenTo('invoice')).map(({ after }) => (after as { subtotal: number }).subtotal);
  }

  async #writtenTo(type: string) {
    return (await this.sandboxes.control.ledger('netsuite')).filter(row => row.type === type);
  }

  async #token(): Promise<string> {
    const { jwtAssertion } = await import('#connector');
    const { tokenUrl, clientId, certificateId, privateKeyFile } = this.sandboxes.endpoints.netsuite;
    const auth = jwtAssertion({
      tokenUrl,
      clientId,
      certificateId,
      privateKey: readFileSync(privateKeyFile, 'utf8'),
      alg: 'PS256',
      scope: ['rest_webservices'],
    });
    return (await auth.authorize(AbortSignal.timeout(5_000))).headers.authorization;
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    for (const vendor of this.#connected) await vendor.close();
    await this.#wire.close();
    await this.sandboxes.close();
    await this.database.close();
  }
}

/** What all pages of a reading show. */
async function all<T>(pages: AsyncIterable<{ items: T[]; gone?: string[] }>): Promise<{ items: T[]; gone: string[] }> {
  const [items, gone]: [T[], string[]] = [[], []];
  for await (const page of pages) {
    items.push(...page.items);
    gone.push(...(page.gone ?? []));
  }
  return { items, gone };
}

const namesOfOurs = ({ customers, projects }: Firm): string[] =>
  customers
    .filter(({ number }) => projects.some(({ customerNumber }) => customerNumber === number))
    .map(({ name }) => name)
    .sort();

erpVendorContract('netsuite', async () => {
  await compiled(); // for the processes that are frozen
  return new NetsuiteBench().open();
});

describe('netsuite’s own ways', () => {
  let bench: NetsuiteBench;
  afterEach(() => bench.close());

  it('tells the customer of a project that was there before us, from its place until it bears an id of ours, and then by that', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    const [{ id, customerNumber }] = bench.firm.projects;
    const { name, taxRegistration } = bench.firm.customers.find(({ number }) => number === customerNumber)!;
    const known = async () => (await vendor.project(id))!.customerId;
    const before = await known();
    expect(before).toMatch(/^cus_/);
    for (const shown of [vendor.customersChanged(null), vendor.allCustomers()])
      expect((await all(shown)).items).toContainEqual(expect.objectContaining({ id: before, name }));
    // Those that no project of ours is for are nobody's business.
    expect((await all(vendor.allCustomers())).items.map(customer => customer.name).sort()).toEqual(namesOfOurs(bench.firm));

    const since = new Date().toISOString();
    const customer = aBillingCustomer({ taxRegistration: taxRegistration! });
    await (await vendor.planCustomer(customer)).apply();
    expect(await known()).toBe(customer.id);
    const changed = await all(vendor.customersChanged(since));
    expect([changed.items.map(item => item.id), changed.gone]).toEqual([[customer.id], [before]]);
    expect((await all(vendor.projectsChanged(since))).items).toContainEqual(expect.objectContaining({ id, customerId: customer.id }));
  });

  it('leaves a parent that bears no id of ours, unless another is asked for', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    const [head, customer] = [aBillingCustomer({ id: mintId('customer', 'spec', 'head'), taxRegistration: 'GB123' }), aBillingCustomer()];
    await (await vendor.planCustomer(customer)).apply();
    const [
      {
        refs: [theirs],
      },
    ] = await vendor.customersByTaxRegistration(bench.knownRegistration.taxRegistration);
    await bench.patch('customer', customer.id, { parent: { id: theirs.nativeId } });
    expect((await vendor.customer(customer.id))!.parentId).toMatch(/^cus_/);
    for (const parentId of [undefined, head.id]) expect((await vendor.planCustomer({ ...customer, parentId })).effects).toEqual([]);
    await (await vendor.planCustomer(head)).apply();
    expect((await vendor.planCustomer({ ...customer, parentId: head.id })).effects).toMatchObject([
      { operation: 'update', after: { parentId: head.id } },
    ]);
  });

  it('writes a milestone project as job, schedule, job again: a milestone schedule needs its project and is not attached by itself', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.planCustomer(customer)).apply();
    const { effects, apply } = await vendor.planProject(project);
    await apply();
    expect(effects.map(({ operation, noun }) => `${operation} ${noun}`)).toEqual([
      'create financial-project',
      'create billing-schedule',
      'update financial-project',
      'create financial-task',
      'create financial-task',
    ]);
    expect(effects.map(({ money }) => money?.amount ?? null)).toEqual(['32000.00', '32000.00', '32000.00', null, null]);
  });

  it('sends milestones as percentages that leave no initial amount, so that the first invoice is the first milestone', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.planCustomer(customer)).apply();
    await (await vendor.planProject(project)).apply();
    const schedule = (await bench.record('billingSchedule', `${project.id}-bs`)) as { milestone: { items: object[] } };
    expect(schedule).toMatchObject({ initialAmountPercent: 0, milestone: { items: [{ milestoneAmount: 37.5 }, { milestoneAmount: 62.5 }] } });
    expect(await bench.nextBill(project.id)).toBe(400);
    await bench.patch('billingSchedule', `${project.id}-bs`, { milestone: { items: [{ milestoneId: 1, milestoneCompleted: true }] } });
    expect(await bench.nextBill(project.id)).toBe(204);
    expect(await bench.invoiced()).toEqual([12_000]);
  });

  /** A project, made by what another setting or account says of milestones. */
  async function made(o: { milestoneAmounts?: 'amount'; env?: Record<string, string>; project?: Partial<FinancialProject> }) {
    bench = await new NetsuiteBench().open(o.milestoneAmounts && { milestoneAmounts: o.milestoneAmounts });
    const [customer, project] = [aBillingCustomer(), aFinancialProject(o.project)];
    const vendor = bench.connect({ env: o.env });
    await (await vendor.planCustomer(customer)).apply();
    return { project, outcome: await (await vendor.planProject(project)).apply().catch((error: unknown) => error) };
  }
  const AMOUNTS = { NETSUITE_MILESTONE_AMOUNTS: 'amount' };
  const schedules = async (vendor: ErpVendor) => (await vendor.check()).find(({ what }) => what === 'billing schedules by milestones');
  const repriced = (project: FinancialProject, first: string): FinancialProject => {
    const [one, two] = project.billingSchedule.milestones;
    const amount = money(first, 'GBP');
    return {
      ...project,
      price: addMoney(amount, two.amount),
      billingSchedule: { ...project.billingSchedule, milestones: [{ ...one, amount }, two] },
    };
  };

  it('leaves a schedule that an earlier version wrote as amounts, whatever else changes, and tells which it is', async () => {
    const { project } = await made({ milestoneAmounts: 'amount', env: AMOUNTS });
    const vendor = bench.connect();
    expect(await vendor.project(project.id)).toMatchObject({ billingSchedule: project.billingSchedule });
    const renamed = { ...project, title: 'Renamed' };
    const { effects, apply } = await vendor.planProject(renamed);
    expect(effects.map(({ operation, noun }) => `${operation} ${noun}`)).toEqual(['update financial-project']);
    await apply();
    expect(await schedules(vendor)).toMatchObject({
      ok: false,
      say: expect.stringMatching(`${project.id}-bs of Renamed holds amounts of money`) as string,
    });
    const before = await bench.committed();
    const refused = await problemOf(vendor.planProject(repriced(renamed, '20000')));
    expect([refused.kind, refused.code, refused.fields[0].field]).toEqual(['unprocessable', 'schedule-units', 'billingSchedule.milestones']);
    expect(refused.detail).toContain(`${project.id}-bs`);
    expect((await vendor.planProject({ ...renamed, status: 'archived' })).effects).toHaveLength(1);
    expect(await bench.committed()).toEqual(before);
    expect((await bench.connect({ env: AMOUNTS }).planProject(repriced(renamed, '20000'))).effects).toHaveLength(2);
  });

  it('writes a schedule anew when the deal’s amounts change, and not when they keep their proportion', async () => {
    const { project } = await made({});
    const vendor = bench.connect();
    const told = async (wanted: FinancialProject) => {
      const { effects, apply } = await vendor.planProject(wanted);
      await apply();
      expect(await vendor.project(project.id)).toMatchObject({ price: wanted.price, billingSchedule: wanted.billingSchedule });
      expect((await vendor.planProject(wanted)).effects).toEqual([]);
      return effects.map(({ operation, noun }) => `${operation} ${noun}`);
    };
    expect(await told(repriced(project, '20000'))).toEqual(['update billing-schedule', 'update financial-project']);
    const halved = repriced(project, '10000');
    const [one, two] = halved.billingSchedule.milestones;
    const milestones = [one, { ...two, amount: money('10000', 'GBP') }];
    expect(await told({ ...halved, price: money('20000', 'GBP'), billingSchedule: { ...halved.billingSchedule, milestones } })).toEqual([
      'update financial-project',
    ]);
  });

  it('goes on where it broke off between a schedule and its project’s amount', async () => {
    const { project } = await made({});
    const vendor = bench.connect();
    const wanted = repriced(project, '20000');
    await bench.fail('write', 'project', { do: 'throttle' });
    const planned = await vendor.planProject(wanted);
    expect((await problemOf(planned.apply())).kind).toBe('rate-limited');
    expect((await vendor.planProject(wanted)).effects).toEqual(planned.effects.slice(1));
  });

  it('doesn’t attach a schedule that reads back with an initial amount, now or at the next try', async () => {
    const [one, two] = aFinancialProject().billingSchedule.milestones;
    const milestones = [
      { ...one, amount: money('30', 'GBP') },
      { ...two, amount: money('50', 'GBP') },
    ];
    const small = { price: money('80', 'GBP'), billingSchedule: { ...aFinancialProject().billingSchedule, milestones } };
    const { project, outcome } = await made({ env: AMOUNTS, project: small });
    expect(outcome).toMatchObject({ kind: 'unprocessable', code: 'schedule-differs', detail: expect.stringContaining('leaves 20 %') as string });
    const again = await problemOf(bench.connect({ env: AMOUNTS }).planProject(project));
    expect([again.code, again.detail]).toEqual(['schedule-left-over', expect.stringContaining(`${project.id}-bs`)]);
    expect(await bench.record('job', project.id)).not.toHaveProperty('billingSchedule');
  });

  it('says what the account’s schedules hold', async () => {
    bench = await new NetsuiteBench().open();
    expect(await schedules(bench.connect())).toMatchObject({
      ok: true,
      say: expect.stringContaining('NETSUITE_MILESTONE_AMOUNTS is percentage') as string,
    });
    expect(await schedules(bench.connect({ env: AMOUNTS }))).toMatchObject({
      ok: false,
      say: expect.stringContaining('holds percentages') as string,
    });
  });

  it('shows a project whose billing attributes were dropped behind a 204 without them, and plans them again', async () => {
    bench = await new NetsuiteBench().open({ writeProtected: { job: ['jobBillingType', 'custentity_cost_centre'] } });
    const vendor = bench.connect();
    const [customer, project] = [aBillingCustomer(), aFinancialProject()];
    await (await vendor.planCustomer(customer)).apply();
    await (await vendor.planProject(project)).apply();
    const held = (await vendor.project(project.id))!;
    expect(held).not.toHaveProperty('billingMethod');
    expect(held).not.toHaveProperty('billingSchedule');
    expect(held.dimensions).toEqual({ legalEntity: 'LF-UK', taxCode: 'GB-S20' });
    expect((await vendor.planProject(project)).effects).toMatchObject([{ operation: 'update', noun: 'financial-project' }]);
  });

  it('keeps the addresses that finance added', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    await bench.post('customer', {
      externalId: aBillingCustomer().id,
      companyName: 'Old name',
      subsidiary: { externalId: 'LF-UK' },
      addressBook: {
        items: [
          { label: 'Depot', addressBookAddress: { city: 'Hull', country: 'GB' } },
          { label: 'Bills', defaultBilling: true, addressBookAddress: { city: 'York', country: 'GB' } },
        ],
      },
    });
    await (await vendor.planCustomer(aBillingCustomer())).apply();
    const last = (await bench.sandboxes.control.ledger('netsuite')).at(-1)!.after as {
      addressBook: { items: { label: string; addressBookAddress: { city: string } }[] };
    };
    expect(last.addressBook.items.map(({ label, addressBookAddress }) => [label, addressBookAddress.city])).toEqual([
      ['Bills', 'Bristol'],
      ['Depot', 'Hull'],
    ]);
  });

  it('says which custom fields are missing and which setting names them', async () => {
    bench = await new NetsuiteBench().open({ customFields: [] });
    const missing = (await bench.connect().check()).filter(({ ok }) => !ok);
    expect(missing.map(({ what }) => what)).toEqual(
      expect.arrayContaining(['custom field custentity_cost_centre', 'custom field custentity_tax_code', 'custom field custevent_role']),
    );
    expect(missing[0].say).toContain('NETSUITE_FIELD_');
    expect(missing.some(({ say }) => say.includes('customer'))).toBe(false);
    const named = await bench.connect({ env: { NETSUITE_FIELD_BILL_TO: 'custentity_bill_to' } }).check();
    expect(named.find(({ what }) => what === 'custom field custentity_bill_to')).toMatchObject({
      ok: false,
      say: expect.stringContaining('set NETSUITE_FIELD_BILL_TO'),
    });
  });

  it('says that the role may not query', async () => {
    bench = await new NetsuiteBench().open({ suiteAnalytics: false });
    const [finding] = await bench.connect().check();
    expect(finding).toMatchObject({ ok: false, say: expect.stringContaining('SuiteAnalytics Workbook') });
  });

  it('says that the log-in is refused and where the reason is', async () => {
    bench = await new NetsuiteBench().open();
    const [finding] = await bench.connect({ env: { NETSUITE_CERTIFICATE_ID: 'wrong' } }).check();
    expect(finding).toMatchObject({ ok: false, say: expect.stringContaining('Login Audit Trail') });
  });

  /** Each text of a customer in a field that has a length, with the longest and one that is too long by a character. */
  const FITTING = {
    name: ['companyName', 83],
    legalName: ['addressee', 150],
    'billingAddress.street': ['addr1', 150],
    'billingAddress.city': ['city', 50],
    'billingAddress.state': ['state', 30],
    'billingAddress.postalCode': ['zip', 36],
  } as const;
  const withText = (field: string, value: string): BillingCustomer => {
    const customer = aBillingCustomer();
    const [part, name] = field.split('.');
    return name ? { ...customer, billingAddress: { ...customer.billingAddress, [name]: value } } : { ...customer, [part]: value };
  };

  it('refuses a text that NetSuite’s field doesn’t take before it is sent, naming the field; what the field takes is sent whole', async () => {
    bench = await new NetsuiteBench().open();
    const vendor = bench.connect();
    for (const [field, [name, most]] of Object.entries(FITTING)) {
      const problem = await problemOf(vendor.planCustomer(withText(field, 'ß'.repeat(most + 1))));
      expect([problem.kind, problem.fields]).toEqual([
        'unprocessable',
        [{ field, rule: 'length', message: `NetSuite's ${name} takes ${most} characters; ${field} has ${most + 1}` }],
      ]);
      const longest = withText(field, 'ß'.repeat(most));
      await (await vendor.planCustomer(longest)).apply();
      expect(await vendor.customer(longest.id)).toMatchObject(longest);
    }
    expect(Object.keys((await bench.sandboxes.control.calls()).netsuite).filter(call => call.startsWith('write') && call.endsWith(' 400'))).toEqual(
      [],
    );
  });

  it('knows other lengths of an account by its setting, a project’s title among them; NetSuite’s own refusal is passed on in its words', async () => {
    bench = await new NetsuiteBench().open({ fieldLengths: { companyName: 20, city: 5 } });
    const customer = aBillingCustomer({ name: 'Short' });
    const refused = await problemOf((await bench.connect().planCustomer(customer)).apply());
    expect([refused.kind, refused.retryable]).toEqual(['refused-by-vendor', false]);
    expect(refused.detail).toContain('The field city contained more than the maximum number ( 5 ) of characters allowed.');
    const vendor = bench.connect({ env: { NETSUITE_FIELD_LENGTHS: 'companyName=20,city=5' } });
    const long = { ...customer, name: 'ß'.repeat(21) };
    expect((await problemOf(vendor.planCustomer(long))).fields.map(({ field }) => field)).toEqual(['name', 'billingAddress.city']);
    await (await vendor.planCustomer({ ...customer, billingAddress: { ...customer.billingAddress, city: 'Brist' } })).apply();
    const project = aFinancialProject({ title: 'ß'.repeat(21), dimensions: { ...aFinancialProject().dimensions, costCentre: 'CC-000' } });
    expect((await problemOf(vendor.planProject(project))).fields.map(({ field }) => field)).toEqual(['title', 'dimensions.costCentre']);
  });

  it('refuses before anything is written a text of a task, a milestone or a schedule that the account takes no longer, each by its place', async () => {
    const lengths = { title: 30, comments: 60, name: 40, customField: 12 };
    bench = await new NetsuiteBench().open({ fieldLengths: lengths });
    const NETSUITE_FIELD_LENGTHS = Object.entries(lengths)
      .map(pair => pair.join('='))
      .join(',');
    const vendor = bench.connect({ env: { NETSUITE_FIELD_LENGTHS } });
    await (await vendor.planCustomer(aBillingCustomer())).apply();
    const [task] = aFinancialProject().tasks;
    const milestone = { sequence: 1, dueDate: '2027-03-31', amount: { amount: '1000.00', currency: 'GBP' } };
    const project = aFinancialProject({
      title: 'A title that fits its own field',
      dealId: 'dea_1',
      currency: 'GBP',
      billingMethod: 'milestone',
      price: { amount: '2000.00', currency: 'GBP' },
      billingSchedule: {
        type: 'fixed-milestone',
        frequency: 'milestones',
        startDate: '2027-01-04',
        milestones: [
          { ...milestone, id: 'mil_2', sequence: 2, title: 'M'.repeat(60) },
          { ...milestone, id: 'mil_1', title: 'Short' },
        ],
      },
      tasks: [
        { ...task, id: 'tsk_1', title: 'Short', role: undefined },
        { ...task, id: 'tsk_2', title: 'T'.repeat(31), role: 'SENIOR_CONSULTANT' },
      ],
    });
    const problem = await problemOf(vendor.planProject(project));
    expect([problem.kind, problem.fields.map(({ field, rule }) => [field, rule])]).toEqual([
      'unprocessable',
      [
        ['title', 'length'],
        ['billingSchedule.milestones[0].title', 'length'],
        ['tasks[1].title', 'length'],
        ['tasks[1].role', 'length'],
      ],
    ]);
    expect(problem.fields.map(({ message }) => message)).toEqual([
      `NetSuite's name takes 40 characters; title with the project's id has ${`${project.title} (${project.id})`.length}`,
      "NetSuite's comments takes 60 characters; billingSchedule.milestones[0].title with its id has 66",
      "NetSuite's title takes 30 characters; tasks[1].title has 31",
      "NetSuite's customField takes 12 characters; tasks[1].role has 17",
    ]);
    expect(
      Object.keys((await bench.sandboxes.control.calls()).netsuite).filter(call => /^write (job|billingSchedule|projectTask)/.test(call)),
    ).toEqual([]);
    // The account itself refuses what the adapter isn't told of.
    const refused = await problemOf(
      (await bench.connect().planProject({ ...project, title: 'T', billingSchedule: { ...project.billingSchedule, milestones: [] } })).apply(),
    );
    expect(refused.detail).toContain('contained more than the maximum number');
  });

  it('is refused a line whose memo the account takes no longer, in NetSuite’s words, and cuts none', async () => {
    bench = await new NetsuiteBench().open({ fieldLengths: { memo: 20 } });
    const { billing } = bench.connect();
    for (const line of [aLine, anExpense, aCharge]) {
      const refused = await billing!.postOne(line({ memo: 'm'.repeat(21) }));
      expect(refused?.detail).toContain('The field memo contained more than the maximum number ( 20 ) of characters allowed.');
      expect(await billing!.postOne(line({ memo: 'm'.repeat(20) }))).toBe(null);
    }
  });

  it('waits its turn under the account’s concurrency limit', async () => {
    bench = await new NetsuiteBench().open({ concurrency: 2 });
    const vendor = bench.connect({ env: { NETSUITE_CONCURRENCY: '2' } });
    const customers = Array.from({ length: 20 }, (_, index) => aBillingCustomer({ id: `cus_${index}`, taxRegistration: `GB77${index}000` }));
    await Promise.all(customers.map(async customer => (await vendor.planCustomer(customer)).apply()));
    const calls = (await bench.sandboxes.control.calls()).netsuite;
    expect(Object.keys(calls).filter(call => call.endsWith(' 429'))).toEqual([]);
    expect(calls['write customer upsert 204']).toBe(20);
  });
});
