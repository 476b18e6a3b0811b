import { afterEach, describe, expect, it } from 'vitest';
import { mintId, type BillingCustomer } from '#canonical';
import { aBillingCustomer, problemOf } from '#testing';
import type { Firm } from '../../../../../../sandbox/src/firm/firm.js';
import { NetsuiteWorld } from '../netsuite.fixture.js';

/** The items of all pages of a reading. */
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

describe('NetSuite’s own ways with customers', () => {
  let bench: NetsuiteWorld;
  afterEach(() => bench.close());

  it('tells the customer of a project that was there before us, from its place until it bears an id of ours, and then by that', async () => {
    bench = await new NetsuiteWorld().open();
    const vendor = bench.connect();
    const [{ id, customerNumber }] = bench.firm.projects;
    const { name, taxRegistration } = bench.firm.customers.find(({ number }) => number === customerNumber)!;
    const known = async () => (await vendor.projects.get(id))!.customerId;
    const before = await known();
    expect(before).toMatch(/^cus_/);
    for (const shown of [vendor.customers.changed(null), vendor.customers.all()])
      expect((await all(shown)).items).toContainEqual(expect.objectContaining({ id: before, name }));
    // Those that no project of ours is for are nobody's business.
    expect((await all(vendor.customers.all())).items.map(customer => customer.name).sort()).toEqual(namesOfOurs(bench.firm));

    const since = new Date().toISOString();
    const customer = aBillingCustomer({ taxRegistration: taxRegistration! });
    await (await vendor.customers.plan(customer)).apply();
    expect(await known()).toBe(customer.id);
    const changed = await all(vendor.customers.changed(since));
    expect([changed.items.map(item => item.id), changed.gone]).toEqual([[customer.id], [before]]);
    expect((await all(vendor.projects.changed(since))).items).toContainEqual(expect.objectContaining({ id, customerId: customer.id }));
  });

  it('leaves a parent that bears no id of ours, unless another is asked for', async () => {
    bench = await new NetsuiteWorld().open();
    const vendor = bench.connect();
    const [head, customer] = [aBillingCustomer({ id: mintId('customer', 'spec', 'head'), taxRegistration: 'GB123' }), aBillingCustomer()];
    await (await vendor.customers.plan(customer)).apply();
    const [
      {
        refs: [theirs],
      },
    ] = await vendor.customers.byTaxRegistration(bench.knownRegistration.taxRegistration);
    await bench.patch('customer', customer.id, { parent: { id: theirs.nativeId } });
    expect((await vendor.customers.get(customer.id))!.parentId).toMatch(/^cus_/);
    for (const parentId of [undefined, head.id]) expect((await vendor.customers.plan({ ...customer, parentId })).effects).toEqual([]);
    await (await vendor.customers.plan(head)).apply();
    expect((await vendor.customers.plan({ ...customer, parentId: head.id })).effects).toMatchObject([
      { operation: 'update', after: { parentId: head.id } },
    ]);
  });

  it('keeps the addresses that finance added', async () => {
    bench = await new NetsuiteWorld().open();
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
    await (await vendor.customers.plan(aBillingCustomer())).apply();
    const last = (await bench.sandboxes.control.ledger('netsuite')).at(-1)!.after as {
      addressBook: { items: { label: string; addressBookAddress: { city: string } }[] };
    };
    expect(last.addressBook.items.map(({ label, addressBookAddress }) => [label, addressBookAddress.city])).toEqual([
      ['Bills', 'Bristol'],
      ['Depot', 'Hull'],
    ]);
  });

  /**
   * Each text of a customer whose field has a length, with the longest value and one that is a
   * character too long.
   */
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
    bench = await new NetsuiteWorld().open();
    const vendor = bench.connect();
    for (const [field, [name, most]] of Object.entries(FITTING)) {
      const problem = await problemOf(vendor.customers.plan(withText(field, 'ß'.repeat(most + 1))));
      expect([problem.kind, problem.fields]).toEqual([
        'unprocessable',
        [{ field, rule: 'length', message: `NetSuite's ${name} takes ${most} characters; ${field} has ${most + 1}` }],
      ]);
      const longest = withText(field, 'ß'.repeat(most));
      await (await vendor.customers.plan(longest)).apply();
      expect(await vendor.customers.get(longest.id)).toMatchObject(longest);
    }
    expect(Object.keys((await bench.sandboxes.control.calls()).netsuite).filter(call => call.startsWith('write') && call.endsWith(' 400'))).toEqual(
      [],
    );
  });

  it('waits its turn under the account’s concurrency limit', async () => {
    bench = await new NetsuiteWorld({ concurrency: 2 }).open();
    const vendor = bench.connect({ env: { NETSUITE_CONCURRENCY: '2' } });
    const customers = Array.from({ length: 20 }, (_, index) => aBillingCustomer({ id: `cus_${index}`, taxRegistration: `GB77${index}000` }));
    await Promise.all(customers.map(async customer => (await vendor.customers.plan(customer)).apply()));
    const calls = (await bench.sandboxes.control.calls()).netsuite;
    expect(Object.keys(calls).filter(call => call.endsWith(' 429'))).toEqual([]);
    expect(calls['write customer upsert 204']).toBe(20);
  });
});
