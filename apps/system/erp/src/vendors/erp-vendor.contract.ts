import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashOf, mintId, money, type BillingCustomer, type Effect, type FinancialProject } from '#canonical';
import type { Plan } from '#capture';
import { aBillingCustomer, aBillingSchedule, aFinancialProject, eventually, problemOf } from '#testing';
import type { ErpVendor } from './erp-vendor.js';

export type RecordOfErp = 'customer' | 'customer-entity' | 'project' | 'schedule' | 'task';

export type Failure =
  | { do: 'error'; status: number }
  | { do: 'throttle'; retryAfterSeconds?: number }
  | { do: 'maintenance' }
  | { do: 'timeout'; ms: number }
  | { do: 'lose-answer' }
  | { do: 'late-commit'; ms: number }
  /** The process is stopped when the request arrives, which is handled, and goes on after `ms`. */
  | { do: 'freeze'; pid: number; ms: number };

/** A write that the vendor's stand-in committed. */
export interface Committed {
  noun: string;
  externalId: string;
  before: object | null;
  after: object | null;
}

/** A stand-in of the vendor, and ways to reach it as several processes would. */
export interface ErpBench {
  /** Another process. Times are in ms. */
  connect(o?: { settlingMs?: number; leaseMs?: number; timeoutMs?: number }): ErpVendor;
  /** A real process, which ensures the customer when started; `ended` tells `written` or the problem's code. */
  process(customer: BillingCustomer, o: { settlingMs: number; leaseMs: number }): Promise<{ pid: number; start(): void; ended: Promise<string> }>;
  /** Waits until every failure planned was delivered. */
  delivered(): Promise<void>;
  /** The vendor fails so on the next requests for the record (`times`, once if not said). */
  fail(on: 'read' | 'write', record: RecordOfErp, failure: Failure, times?: number): Promise<void>;
  /** The next answer to a read of the record is cut short on its way. */
  garble(record: RecordOfErp): void;
  forgetFailures(): Promise<void>;
  /** All writes so far, oldest first, in canonical records. */
  committed(): Promise<Committed[]>;
  /** How many records bear the external id. */
  count(record: RecordOfErp, externalId: string): Promise<number>;
  /** A customer's tax registration that the ERP has already, without an id of ours; and one that two customers share. */
  knownRegistration: { taxRegistration: string; name: string };
  sharedRegistration(): Promise<string>;
  close(): Promise<void>;
}

/** Of the processes that are frozen. */
const LEASE_MS = 1_000;
let serial = 0;

/** A customer and a project of its own for each test. */
function fresh(over: Partial<FinancialProject> = {}): { customer: BillingCustomer; project: FinancialProject } {
  serial++;
  const customerId = mintId('customer', 'contract', String(serial));
  const dealId = mintId('deal', 'contract', String(serial));
  const id = mintId('project', 'contract', String(serial));
  const { tasks, billingSchedule, ...project } = aFinancialProject();
  return {
    customer: aBillingCustomer({ id: customerId, name: `Customer ${serial}`, taxRegistration: `GB90000${1000 + serial}` }),
    project: {
      ...project,
      id,
      dealId,
      customerId,
      tasks: tasks.map((task, index) => ({ ...task, id: mintId('task', id, String(index)) })),
      billingSchedule: {
        ...billingSchedule,
        milestones: billingSchedule.milestones.map((milestone, index) => ({ ...milestone, id: mintId('milestone', id, String(index)) })),
      },
      ...over,
    },
  };
}

const timeAndMaterials: Partial<FinancialProject> = {
  billingMethod: 'time-and-materials',
  price: undefined,
  notToExceed: money('50000', 'GBP'),
  billingSchedule: aBillingSchedule({ type: 'time-and-materials', frequency: 'monthly', milestones: [] }),
};

async function applied<T>(vendor: ErpVendor, key: string, desired: object, plan: () => Promise<Plan<T>>): Promise<Effect[]> {
  return vendor.exclusively(key, hashOf(desired), async () => {
    const { effects, apply } = await plan();
    await apply();
    return effects;
  });
}

const putCustomer = (vendor: ErpVendor, customer: BillingCustomer) => applied(vendor, customer.id, customer, () => vendor.planCustomer(customer));
const putProject = (vendor: ErpVendor, project: FinancialProject) => applied(vendor, project.id, project, () => vendor.planProject(project));

const told = (effects: Effect[]) => effects.map(({ operation, noun }) => `${operation} ${noun}`);
const states = (effects: Effect[]): Committed[] => effects.map(({ noun, externalId, before, after }) => ({ noun, externalId, before, after }));
const without = (refs: { refs?: unknown } | null) => refs && (({ refs: _, ...rest }) => rest)(refs);
const sorted = (project: FinancialProject) => ({ ...project, tasks: [...project.tasks].sort((a, b) => (a.id < b.id ? -1 : 1)) });
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** What every ERP must do. `open` starts the stand-in, once for the suite. */
export function erpVendorContract(name: string, open: () => Promise<ErpBench>): void {
  describe(`${name} as an ERP`, () => {
    let bench: ErpBench;
    let vendor: ErpVendor;
    beforeAll(async () => {
      bench = await open();
      vendor = bench.connect();
    }, 180_000);
    afterAll(() => bench.close());
    beforeEach(() => bench.forgetFailures());

    const written = async (work: () => Promise<unknown>): Promise<Committed[]> => {
      const before = (await bench.committed()).length;
      await work();
      return (await bench.committed()).slice(before);
    };

    describe('a customer', () => {
      it('is made once and then left alone', async () => {
        const { customer } = fresh();
        expect(told(await putCustomer(vendor, customer))).toEqual(['create customer']);
        expect(await putCustomer(vendor, customer)).toEqual([]);
        expect(without(await vendor.customer(customer.id))).toEqual(customer);
      });

      it('has in the history what its effect said, byte for byte', async () => {
        const { customer } = fresh();
        let effects: Effect[] = [];
        const rows = await written(async () => {
          effects = [
            ...(await putCustomer(vendor, customer)),
            ...(await putCustomer(vendor, { ...customer, name: 'Renamed', billingAddress: { ...customer.billingAddress, state: 'Avon' } })),
          ];
        });
        expect(plain(rows)).toEqual(plain(states(effects)));
      });

      it('is adopted when its tax registration is known, however it is spelt', async () => {
        const { taxRegistration, name: known } = bench.knownRegistration;
        const { customer } = fresh();
        const spelt = taxRegistration.replace(/^(\w{2})(\w{3})/, '$1 $2-').toLowerCase();
        const wanted = { ...customer, taxRegistration: spelt };
        expect((await vendor.customersByTaxRegistration(spelt)).map(({ name: found }) => found)).toEqual([known]);
        const rows = await written(async () => expect(told(await putCustomer(vendor, wanted))).toEqual(['update customer']));
        expect(rows).toHaveLength(1);
        expect(await vendor.customer(customer.id)).toMatchObject({ id: customer.id, name: customer.name, taxRegistration });
        expect(await putCustomer(vendor, wanted)).toEqual([]);
      });

      it('is refused when another of ours has its tax registration already', async () => {
        const [first, second] = [fresh().customer, fresh().customer];
        await putCustomer(vendor, first);
        const problem = await problemOf(putCustomer(vendor, { ...second, taxRegistration: first.taxRegistration }));
        expect([problem.kind, problem.code]).toEqual(['conflict', 'customer-taken']);
      });

      it('is made beside the one with its tax registration when it is a branch of it', async () => {
        const [head, branch] = [fresh().customer, fresh().customer];
        await putCustomer(vendor, head);
        const wanted = { ...branch, parentId: head.id, taxRegistration: head.taxRegistration };
        expect(told(await putCustomer(vendor, wanted))).toEqual(['create customer']);
        expect(await vendor.customer(branch.id)).toMatchObject({ parentId: head.id, taxRegistration: head.taxRegistration });
        expect((await vendor.customersByTaxRegistration(head.taxRegistration!)).map(({ id }) => id).sort()).toEqual([head.id, branch.id].sort());
      });

      it('is never guessed among several', async () => {
        const taxRegistration = await bench.sharedRegistration();
        const rows = await written(async () => {
          const problem = await problemOf(putCustomer(vendor, { ...fresh().customer, taxRegistration }));
          expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['conflict', 'customer-ambiguous', 'taxRegistration']);
        });
        expect(rows).toEqual([]);
      });

      it('keeps what finance owns: tax registration, terms, currency and legal entity', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        const wanted = { ...customer, taxRegistration: 'GB000000000', paymentTerms: 'Net 60', currency: 'EUR' };
        expect(await putCustomer(vendor, wanted)).toEqual([]);
        await putCustomer(vendor, { ...wanted, legalEntity: 'LF-DE' });
        expect(without(await vendor.customer(customer.id))).toEqual({ ...customer, furtherLegalEntities: ['LF-DE'] });
      });

      it('of one legal entity is billed by another only when the ERP was told so, once and for each, with its effect in the history', async () => {
        const { customer, project } = fresh(timeAndMaterials);
        const second = { ...project, dimensions: { legalEntity: 'LF-DE', costCentre: 'CC-210', taxCode: 'DE-X0' } };
        await putCustomer(vendor, customer);
        expect((await problemOf(putProject(vendor, second))).kind).toBe('refused-by-vendor');
        const wanted = { ...customer, name: 'Renamed', legalEntity: 'LF-DE' };
        let effects: Effect[] = [];
        const rows = await written(async () => (effects = await putCustomer(vendor, wanted)));
        expect(told(effects)).toEqual(['update customer', 'create customer-legal-entity']);
        expect(effects[1].after).toEqual({ customerId: customer.id, legalEntity: 'LF-DE' });
        expect(plain(rows)).toEqual(plain(states(effects)));
        expect(await putCustomer(vendor, wanted)).toEqual([]);
        expect(await putCustomer(vendor, { ...customer, name: 'Renamed' })).toEqual([]);
        await putProject(vendor, second);
        expect((await vendor.project(project.id))!.dimensions.legalEntity).toBe('LF-DE');
      });

      it('that is over is billed by no further legal entity', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        const effects = await putCustomer(vendor, { ...customer, legalEntity: 'LF-DE', status: 'inactive' });
        expect(told(effects)).toEqual(['archive customer']);
      });

      it('names the terms that nobody knows', async () => {
        const problem = await problemOf(putCustomer(vendor, { ...fresh().customer, paymentTerms: 'Net 1000' }));
        expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['unprocessable', 'unknown-reference', 'paymentTerms']);
      });
    });

    describe('a financial project', () => {
      it.each([
        ['billed by milestones', {}],
        ['billed by time', timeAndMaterials],
      ])('%s is made, read back as it was asked for, and then left alone', async (_, over) => {
        const { customer, project } = fresh(over);
        await putCustomer(vendor, customer);
        await putProject(vendor, project);
        expect(without(await vendor.project(project.id))).toEqual(plain(sorted(project)));
        expect(await putProject(vendor, project)).toEqual([]);
      });

      it('has in the history what its effects said, byte for byte, one row each', async () => {
        const { customer, project } = fresh();
        await putCustomer(vendor, customer);
        let effects: Effect[] = [];
        const rows = await written(async () => {
          effects = await putProject(vendor, project);
          effects.push(...(await putProject(vendor, { ...project, title: 'Renamed', tasks: [{ ...project.tasks[0], estimatedMinutes: 50 }] })));
          effects.push(...(await putProject(vendor, { ...project, status: 'archived' })));
        });
        expect(effects.map(({ operation }) => operation)).toEqual(expect.arrayContaining(['create', 'update', 'delete', 'archive']));
        expect(plain(rows)).toEqual(plain(states(effects)));
      });

      it('plans what it then does, and writes nothing while it plans', async () => {
        const { customer, project } = fresh();
        await putCustomer(vendor, customer);
        const rows = await written(async () => {
          const first = await vendor.planProject(project);
          expect((await vendor.planProject(project)).effects).toEqual(first.effects);
        });
        expect(rows).toEqual([]);
        const { effects } = await vendor.planProject(project);
        expect(plain(await putProject(vendor, project))).toEqual(plain(effects));
      });

      it('is closed and brought back as the same one', async () => {
        const { customer, project } = fresh();
        await putCustomer(vendor, customer);
        await putProject(vendor, project);
        const [before] = (await vendor.project(project.id))!.refs;
        expect(told(await putProject(vendor, { ...project, status: 'archived' }))).toEqual(['archive financial-project']);
        expect(await vendor.project(project.id)).toMatchObject({ status: 'archived' });
        expect(told(await putProject(vendor, project))).toEqual(['reactivate financial-project']);
        expect((await vendor.project(project.id))!.refs[0]).toEqual(before);
        expect(await bench.count('project', project.id)).toBe(1);
      });

      it('is not made in order to be closed', async () => {
        const { project } = fresh({ status: 'archived' });
        expect(await putProject(vendor, project)).toEqual([]);
        expect(await vendor.project(project.id)).toBeNull();
      });

      it('names the dimension that nobody knows, and writes nothing', async () => {
        const { customer, project } = fresh();
        await putCustomer(vendor, customer);
        const rows = await written(async () => {
          const problem = await problemOf(putProject(vendor, { ...project, dimensions: { ...project.dimensions, costCentre: 'CC-000' } }));
          expect([problem.kind, problem.code, problem.fields[0].field]).toEqual(['unprocessable', 'unknown-reference', 'dimensions.costCentre']);
        });
        expect(rows).toEqual([]);
      });

      it('is refused for a customer that is not there', async () => {
        const problem = await problemOf(putProject(vendor, fresh(timeAndMaterials).project));
        expect([problem.kind, problem.retryable]).toEqual(['refused-by-vendor', false]);
      });
    });

    describe('reading', () => {
      it('answers null for what is not there', async () => {
        const { customer, project } = fresh();
        expect([await vendor.customer(customer.id), await vendor.project(project.id)]).toEqual([null, null]);
      });

      it('tells reference data', async () => {
        const [entities, taxCodes] = await Promise.all([vendor.referenceData('legal-entity'), vendor.referenceData('tax-code')]);
        expect(entities.items).toContainEqual(
          expect.objectContaining({ code: 'LF-UK', active: true, attributes: expect.objectContaining({ currency: 'GBP', country: 'GB' }) }),
        );
        expect(taxCodes.items.map(({ code }) => code)).toContain('GB-S20');
      });

      it('shows what changed since an instant, and everything', async () => {
        const { customer, project } = fresh();
        const since = new Date(Date.now() - 2_000).toISOString();
        await putCustomer(vendor, customer);
        await putProject(vendor, project);
        expect(await ids(vendor.customersChanged(since))).toContain(customer.id);
        expect(await ids(vendor.projectsChanged(since))).toContain(project.id);
        expect(await ids(vendor.projectsChanged(new Date(Date.now() + 60_000).toISOString()))).toEqual([]);
        expect(await ids(vendor.allCustomers())).toContain(customer.id);
        expect(await ids(vendor.allProjects())).toContain(project.id);
      });
    });

    describe('when the vendor fails', () => {
      it('logs in again after a 401 and tries once more', async () => {
        const { customer } = fresh();
        await bench.fail('write', 'customer', { do: 'error', status: 401 });
        expect(told(await putCustomer(vendor, customer))).toEqual(['create customer']);
      });

      it('tells a log-in that stays refused as a refusal, not as an outage', async () => {
        const { customer } = fresh();
        await bench.fail('read', 'customer', { do: 'error', status: 401 }, 2);
        const problem = await problemOf(vendor.customer(customer.id));
        expect([problem.kind, problem.code, problem.retryable]).toEqual(['refused-by-vendor', 'login-refused', false]);
      });

      it('reads again after a 429, no sooner than asked', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        await bench.fail('read', 'customer', { do: 'throttle', retryAfterSeconds: 1 });
        const startedAt = performance.now();
        expect(await vendor.customer(customer.id)).toMatchObject({ id: customer.id });
        expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_000);
      });

      it('tells a write that met a 429 as not made, with when to come back if the vendor says', async () => {
        const { customer } = fresh();
        await bench.fail('write', 'customer', { do: 'throttle', retryAfterSeconds: 2 });
        const asked = await problemOf(putCustomer(vendor, customer));
        expect([asked.kind, asked.code, asked.retryable, asked.retryAfterMs]).toEqual(['rate-limited', 'not-made', true, 2_000]);
        await bench.forgetFailures();
        await bench.fail('write', 'customer', { do: 'throttle' });
        const unasked = await problemOf(putCustomer(vendor, customer));
        expect([unasked.kind, unasked.code, unasked.retryAfterMs]).toEqual(['rate-limited', 'not-made', undefined]);
        expect(told(await putCustomer(vendor, customer))).toEqual(['create customer']);
      });

      it('reads through a 500 and a maintenance page', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        await bench.fail('read', 'customer', { do: 'error', status: 500 });
        expect(await vendor.customer(customer.id)).toMatchObject({ id: customer.id });
        await bench.fail('read', 'customer', { do: 'maintenance' });
        expect(await vendor.customer(customer.id)).toMatchObject({ id: customer.id });
      });

      it('tells a write that met a 500 as of unknown outcome', async () => {
        const { customer } = fresh();
        await bench.fail('write', 'customer', { do: 'error', status: 500 });
        const problem = await problemOf(putCustomer(vendor, customer));
        expect([problem.kind, problem.code, problem.retryable]).toEqual(['vendor-unavailable', 'outcome-unknown', true]);
        expect(told(await putCustomer(vendor, customer))).toEqual(['create customer']);
      });

      it('tells a write that is never answered as of unknown outcome', async () => {
        const { customer } = fresh();
        const hasty = bench.connect({ timeoutMs: 400, settlingMs: 500 });
        await vendor.referenceData('legal-entity');
        await bench.fail('write', 'customer', { do: 'timeout', ms: 2_000 });
        const problem = await problemOf(putCustomer(hasty, customer));
        expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'outcome-unknown']);
      });

      it('tells an answer that makes no sense as an outage', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        bench.garble('customer');
        const problem = await problemOf(vendor.customer(customer.id));
        expect([problem.kind, problem.code]).toEqual(['vendor-unavailable', 'malformed-answer']);
      });
    });

    describe('exactly once', () => {
      it('goes on where it broke off between a customer and the legal entity that bills it too', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        const wanted = { ...customer, name: 'Renamed', legalEntity: 'LF-DE' };
        await bench.fail('write', 'customer-entity', { do: 'maintenance' });
        expect((await problemOf(putCustomer(vendor, wanted))).kind).toBe('vendor-unavailable');
        await bench.forgetFailures();
        await bench.fail('write', 'customer-entity', { do: 'lose-answer' });
        expect((await problemOf(putCustomer(vendor, wanted))).code).toBe('outcome-unknown');
        expect(await putCustomer(vendor, wanted)).toEqual([]);
        expect(await vendor.customer(customer.id)).toMatchObject({ name: 'Renamed', legalEntity: 'LF-UK' });
      });

      it('makes nothing twice when the answer is lost after the write', async () => {
        const { customer, project } = fresh();
        await bench.fail('write', 'customer', { do: 'lose-answer' });
        expect((await problemOf(putCustomer(vendor, customer))).code).toBe('outcome-unknown');
        expect(await putCustomer(vendor, customer)).toEqual([]);
        for (const record of ['project', 'schedule', 'task'] as const) {
          await bench.fail('write', record, { do: 'lose-answer' });
          expect((await problemOf(putProject(vendor, project))).code).toBe('outcome-unknown');
          await bench.forgetFailures();
        }
        await putProject(vendor, project);
        expect(without(await vendor.project(project.id))).toEqual(plain(sorted(project)));
        expect([
          await bench.count('customer', customer.id),
          await bench.count('project', project.id),
          await bench.count('schedule', `${project.id}-bs`),
        ]).toEqual([1, 1, 1]);
      });

      it('makes nothing twice when the first create commits ten seconds after the retry’s look-up', async () => {
        const { customer, project } = fresh(timeAndMaterials);
        await putCustomer(vendor, customer);
        await bench.fail('write', 'project', { do: 'late-commit', ms: 10_000 });
        expect((await problemOf(putProject(vendor, project))).code).toBe('outcome-unknown');
        expect(told(await putProject(vendor, project))).toContain('create financial-project');
        const commits = async () =>
          (await bench.committed()).filter(({ noun, externalId }) => noun === 'financial-project' && externalId === project.id).length;
        expect(await commits()).toBe(1);
        await eventually(async () => (await commits()) === 2, { withinMs: 15_000 });
        expect(await bench.count('project', project.id)).toBe(1);
        expect(without(await vendor.project(project.id))).toEqual(plain(sorted(project)));
      });

      it('never lets a late write of older content overwrite a newer one', async () => {
        const settling = bench.connect({ settlingMs: 4_000 });
        const { customer } = fresh();
        await putCustomer(settling, customer);
        await bench.fail('write', 'customer', { do: 'late-commit', ms: 1_000 });
        expect((await problemOf(putCustomer(settling, { ...customer, name: 'Older' }))).code).toBe('outcome-unknown');
        const newer = { ...customer, name: 'Newer' };
        const early = await problemOf(putCustomer(settling, newer));
        expect([early.kind, early.code]).toEqual(['vendor-unavailable', 'unsettled']);
        expect(early.retryAfterMs).toBeGreaterThan(0);
        await eventually(() => putCustomer(settling, newer), { withinMs: 20_000 });
        expect(
          (await bench.committed()).filter(({ externalId }) => externalId === customer.id).map(({ after }) => (after as BillingCustomer).name),
        ).toEqual([customer.name, 'Older', 'Newer']);
        expect(await settling.customer(customer.id)).toMatchObject({ name: 'Newer' });
      });

      it('lets a process that was frozen between its look and its write write nothing once another has been there', async () => {
        const { customer } = fresh();
        await putCustomer(vendor, customer);
        const child = await bench.process({ ...customer, name: 'Older' }, { leaseMs: LEASE_MS, settlingMs: 500 });
        await bench.fail('read', 'customer', { do: 'freeze', pid: child.pid, ms: LEASE_MS + 5_000 });
        child.start();
        await bench.delivered();
        await eventually(() => putCustomer(bench.connect({ settlingMs: 500 }), { ...customer, name: 'Newer' }), { withinMs: 20_000 });
        expect(await child.ended).toBe('lease-lost');
        expect(await vendor.customer(customer.id)).toMatchObject({ name: 'Newer' });
        expect((await bench.committed()).filter(({ externalId }) => externalId === customer.id)).toHaveLength(2);
      });

      it('makes one record when a process is frozen in mid-create and thaws after another made it', async () => {
        const { customer } = fresh();
        const child = await bench.process(customer, { leaseMs: LEASE_MS, settlingMs: 500 });
        await bench.fail('write', 'customer', { do: 'freeze', pid: child.pid, ms: LEASE_MS + 5_000 });
        child.start();
        await bench.delivered();
        expect(await eventually(() => putCustomer(bench.connect({ settlingMs: 500 }), customer), { withinMs: 10_000 })).toEqual([]);
        expect(await child.ended).toMatch(/^(lease-lost|written|outcome-unknown)$/);
        expect(await bench.count('customer', customer.id)).toBe(1);
      });

      it('lets one of two processes that want different things go first, and the other after it', async () => {
        const { customer } = fresh();
        const [one, two] = [bench.connect(), bench.connect()];
        const wishes = [
          { ...customer, name: 'One' },
          { ...customer, name: 'Two' },
        ];
        await Promise.all([putCustomer(one, wishes[0]), putCustomer(two, wishes[1])]);
        const history = (await bench.committed()).filter(({ externalId }) => externalId === customer.id);
        expect(history.map(({ before }) => before === null)).toEqual([true, false]);
        expect(await bench.count('customer', customer.id)).toBe(1);
      });
    });

    it('finds everything it needs', async () => {
      const findings = await vendor.check();
      expect(findings.filter(({ ok }) => !ok)).toEqual([]);
      expect(findings.length).toBeGreaterThan(5);
    });
  });
}

async function ids(pages: AsyncIterable<{ items: { id: string }[] }>): Promise<string[]> {
  const all: string[] = [];
  for await (const { items } of pages) all.push(...items.map(({ id }) => id));
  return all;
}
