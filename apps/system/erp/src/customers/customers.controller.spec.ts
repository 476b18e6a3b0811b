import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type BillingCustomer } from '#canonical';
import { aBillingCustomer } from '#testing';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import { actingFor, ErpUnderTest, FEEDS } from '../erp.fixture.js';

let erp: ErpUnderTest;
let serial = 0;
const fresh = (over: Partial<BillingCustomer> = {}): BillingCustomer => {
  serial++;
  return aBillingCustomer({ id: mintId('customer', 'customers-spec', String(serial)), taxRegistration: `GB${200_000_000 + serial}`, ...over });
};
const put = (customer: BillingCustomer, headers: Record<string, string> = {}) =>
  erp.call('PUT', `customers/${customer.id}`, { body: customer, headers });
const known = createFirm().customers.find(({ inErp, country, taxRegistration }) => inErp && country === 'GB' && taxRegistration)!;

describe('/system/erp/v1/customers', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  });
  afterAll(() => erp.close());

  it('ensures a customer once and reads it back', async () => {
    const customer = fresh();
    expect((await put(customer)).body.effects.map(({ operation }: { operation: string }) => operation)).toEqual(['create']);
    const again = await put(customer);
    expect([again.body.effects, again.body.refs.length]).toEqual([[], 1]);
    const { refs: _, ...there } = (await erp.call('GET', `customers/${customer.id}`)).body;
    expect(there).toEqual(customer);
  });

  it.each([
    ['a NUL', 'Northwind\0'],
    ['half a character', 'Northwind \ud83d'],
  ])('refuses a name with %s, and writes nothing', async (_, name) => {
    const before = (await erp.sandboxes.control.ledger('netsuite')).length;
    const refused = await put(fresh({ name }));
    expect([refused.status, refused.body.fields.map(({ field }: { field: string }) => field)]).toEqual([400, ['name']]);
    expect(await erp.sandboxes.control.ledger('netsuite')).toHaveLength(before);
  });

  it('is planned with all refusals of NetSuite at once, including lengths', async () => {
    const refused = fresh({ paymentTerms: 'Net 33', billingAddress: { ...aBillingCustomer().billingAddress, city: 'Y'.repeat(51) } });
    const { status, body } = await erp.call('POST', `customers/${refused.id}/plans`, { body: refused });
    expect([status, body.fields.map(({ field, rule }: { field: string; rule: string }) => `${field} ${rule}`)]).toEqual([
      422,
      ['billingAddress.city length', 'paymentTerms known'],
    ]);
  });

  it('finds who has a tax registration, also whom it never gave an id, and adopts it', async () => {
    const query = () => erp.call('GET', `customers?taxRegistration=${encodeURIComponent(known.taxRegistration!.toLowerCase())}`);
    const [before] = (await query()).body.items;
    expect([before.name, before.legalEntity]).toEqual([known.name, known.entity]);
    const customer = fresh({ taxRegistration: known.taxRegistration! });
    expect((await put(customer)).body.refs).toEqual(before.refs);
    expect((await query()).body.items[0].id).toBe(customer.id);
  });

  it('is known by its place while it has no id of ours, when a project of ours is for it', async () => {
    const { projects, customers } = createFirm();
    const project = projects.find(({ entity }) => entity === 'LF-DE')!;
    const { name, taxRegistration } = customers.find(({ number }) => number === project.customerNumber)!;
    const read = async () => {
      for (const feed of ['customers', 'projects'] as const) await erp.read(feed);
      return (await erp.call('GET', `projects/${project.id}?fresh=false`)).body.customerId as string;
    };
    const before = await read();
    const get = (id: string) => erp.call('GET', `customers/${id}`);
    expect((await get(before)).body).toMatchObject({ id: before, name, legalEntity: 'LF-DE' });
    const customer = fresh({ taxRegistration: taxRegistration! });
    await put(customer);
    expect([await read(), (await get(before)).status, (await get(customer.id)).status]).toEqual([customer.id, 404, 200]);
    expect((await erp.events(before)).map(({ data }) => data.deleted ?? false)).toEqual([false, true]);
  });

  it('that was merged into another becomes that one, in the same record, also when both have one tax registration', async () => {
    const loser = fresh();
    const before = (await put(loser)).body.refs;
    const survivor = { ...fresh({ taxRegistration: loser.taxRegistration }), replaces: loser.id };
    const { status, body } = await erp.call('PUT', `customers/${survivor.id}`, { body: survivor });
    expect([status, body.refs, body.effects.map(({ operation }: { operation: string }) => operation)]).toEqual([200, before, ['update']]);
    expect((await erp.call('GET', `customers/${loser.id}`)).status).toBe(404);
    expect((await erp.call('PUT', `customers/${survivor.id}`, { body: survivor })).body.effects).toEqual([]);
  });

  it('answers 409 with the matches when several have it', async () => {
    for (const name of ['Twin', 'Twin again']) {
      await erp.netsuite('POST', 'customer', {
        companyName: name,
        subsidiary: { externalId: 'LF-UK' },
        taxRegistration: { items: [{ taxRegistrationNumber: 'GB 555 444 333' }] },
      });
    }
    const { status, body } = await put(fresh({ taxRegistration: 'GB555444333' }));
    expect([status, body.code]).toEqual([409, 'customer-ambiguous']);
    expect(body.detail).toContain('Twin again');
  });

  it('names a parent only when the ERP has it', async () => {
    const [parent, child] = [fresh(), fresh()];
    const wanted = { ...child, parentId: parent.id };
    await put(wanted);
    expect((await erp.call('GET', `customers/${child.id}`)).body).not.toHaveProperty('parentId');
    await put(parent);
    expect((await put(wanted)).body.effects).toHaveLength(1);
    expect((await erp.call('GET', `customers/${child.id}`)).body.parentId).toBe(parent.id);
    expect((await put(wanted)).body.effects).toEqual([]);
  });

  it('publishes what finance changed on the customer under its canonical id', async () => {
    const customer = fresh();
    await put(customer);
    await erp.netsuite('PATCH', `customer/eid:${customer.id}`, { isInactive: true, email: 'bills@example.com' });
    await erp.read('customers');
    const [made, changed] = await erp.events(customer.id);
    expect(made.data).toMatchObject({ changed: [], state: { id: customer.id, active: true, taxRegistration: customer.taxRegistration } });
    expect(changed.data).toMatchObject({
      changed: ['billingEmail', 'active'],
      previous: { active: true },
      state: { active: false, billingEmail: 'bills@example.com' },
    });
  });

  it('publishes deletions after a sweep', async () => {
    const customer = fresh();
    await put(customer);
    await erp.netsuite('DELETE', `customer/eid:${customer.id}`);
    await erp.read('customers', 'sweeps');
    expect((await erp.events(customer.id)).at(-1)!.data).toMatchObject({ deleted: true, state: { id: customer.id } });
  });

  it('shows each person the customers of their legal entities', async () => {
    const customer = fresh();
    await put(customer);
    const get = async (person: string) => (await erp.call('GET', `customers/${customer.id}`, { as: { person } })).status;
    expect([await get('finance-uk'), await get('sales-de')]).toEqual([200, 404]);
    const found = async (person: string) =>
      (await erp.call('GET', `customers?taxRegistration=${customer.taxRegistration}`, { as: { person } })).body.items.length;
    expect([await found('finance-uk'), await found('sales-de')]).toEqual([1, 0]);
    const listed: BillingCustomer[] = (await erp.call('GET', 'customers', { as: { person: 'sales-de' } })).body.items;
    expect([new Set(listed.map(({ legalEntity }) => legalEntity)), listed.some(({ id }) => id === customer.id)]).toEqual([new Set(['LF-DE']), false]);
    expect((await put(customer, actingFor(['LF-DE']))).status).toBe(403);
  });

  it('shows a customer that two legal entities bill to the people of both, as it is found, listed, read anew and told', async () => {
    const { projects, customers } = createFirm();
    const ownOf = new Map(customers.map(({ number, entity }) => [number, entity]));
    const project = projects.find(({ customerNumber, entity }) => ownOf.get(customerNumber) !== entity)!;
    const { taxRegistration } = customers.find(({ number }) => number === project.customerNumber)!;
    for (const person of ['finance-uk', 'sales-de'])
      for (const of of ['', '&legalEntity=LF-DE', '&legalEntity=LF-UK'])
        expect((await erp.call('GET', `customers?taxRegistration=${taxRegistration}${of}`, { as: { person } })).body.items).toMatchObject([
          { taxRegistration, legalEntity: 'LF-DE', furtherLegalEntities: ['LF-UK'] },
        ]);

    const customer = fresh();
    await put(customer);
    await erp.read('customers');
    expect((await put({ ...customer, legalEntity: 'LF-DE' })).body.effects).toMatchObject([{ noun: 'customer-legal-entity' }]);
    const listed = async (person: string, of = ''): Promise<BillingCustomer[]> =>
      (await erp.call('GET', `customers${of}`, { as: { person } })).body.items.filter(({ id }: BillingCustomer) => id === customer.id);
    for (const person of ['finance-uk', 'sales-de']) {
      for (const of of ['', '?legalEntity=LF-UK', '?legalEntity=LF-DE'])
        expect(await listed(person, of)).toMatchObject([{ legalEntity: 'LF-UK', furtherLegalEntities: ['LF-DE'] }]);
      expect(await listed(person, '?legalEntity=LF-US')).toEqual([]);
      expect((await erp.call('GET', `customers/${customer.id}`, { as: { person } })).status).toBe(200);
    }
    await erp.read('customers', 'sweeps');
    expect((await erp.events(customer.id)).at(-1)).toMatchObject({ legal_entities: ['LF-UK', 'LF-DE'], data: { changed: [] } });
  });

  it('refuses an id in the path that is no id', async () => {
    expect((await erp.call('GET', `customers/${encodeURIComponent('eid:x/../1')}`)).status).toBe(404);
  });

  it('answers a busy vendor with 429 and when to come back', async () => {
    await erp.sandboxes.control.planFault({
      match: { vendor: 'netsuite', kind: 'write', type: 'customer' },
      action: { do: 'throttle', retryAfterSeconds: 1 },
      nth: 1,
    });
    const customer = fresh();
    const { status, body } = await put(customer);
    expect([status, body.code, body.retryable]).toEqual([429, 'not-made', true]);
    await erp.sandboxes.control.clearFaults();
  });
});

describe('/system/erp/v1/reference-data', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
    // Every feed has read, so that calls from now on are this test's.
    for (const feed of FEEDS) await erp.read(feed);
  });
  afterAll(() => erp.close());

  it('publishes legal entities, cost centres, tax codes, terms, service items and expense categories without asking the ERP', async () => {
    const calls = JSON.stringify((await erp.sandboxes.control.calls()).netsuite);
    const codes = async (kind: string) =>
      (await erp.call('GET', `reference-data/${kind}?limit=200`)).body.items.map(({ code }: { code: string }) => code);
    expect(await codes('legal-entity')).toEqual(['LF-DE', 'LF-UK', 'LF-US']);
    expect(await codes('cost-centre')).toContain('CC-210');
    expect(await codes('tax-code')).toContain('GB-S20');
    expect(await codes('payment-terms')).toContain('Net 30');
    expect(await codes('service-item')).toContain('ARCHITECT');
    expect(await codes('expense-category')).toContain('LODGING');
    expect(JSON.stringify((await erp.sandboxes.control.calls()).netsuite)).toBe(calls);
    for (const kind of ['colours', 'employee', 'currency']) expect((await erp.call('GET', `reference-data/${kind}`)).status).toBe(400);
  });

  it('publishes new values, so that a refused request can be tried again: terms that a customer names, a currency, an employee', async () => {
    const customer = fresh({ paymentTerms: 'Net 33' });
    expect((await put(customer)).body.fields).toMatchObject([{ field: 'paymentTerms', reference: 'payment-terms:Net 33' }]);
    await erp.netsuite('POST', 'term', { name: 'Net 33', daysUntilNetDue: 33 });
    await erp.netsuite('POST', 'currency', { name: 'Canadian Dollar', symbol: 'CAD' });
    await erp.netsuite('PUT', 'employee/eid:E-9999', { firstName: 'Ada', lastName: 'New', subsidiary: { externalId: 'LF-UK' } });
    await erp.read('reference-data');
    for (const id of ['payment-terms:Net 33', 'currency:CAD', 'employee:E-9999'])
      expect((await erp.events(id)).map(({ data }) => data)).toMatchObject([{ state: { id, active: true }, changed: [] }]);
    expect((await put(customer)).status).toBe(200);
    await erp.read('reference-data');
    expect(await erp.events('payment-terms:Net 33')).toHaveLength(1);
  });
});
