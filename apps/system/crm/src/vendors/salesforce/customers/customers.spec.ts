import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Customer } from '#canonical';
import { connect, setUp, tearDown, type Setting } from '../salesforce.fixture.js';
import type { CrmVendor } from '../../port/crm.port.js';
import type { Org } from '../salesforce.references.js';
import { customerOf } from './customers.mapper.js';
import type { SalesforceAccount } from './customers.wire.js';

const org: Org = { account: '00DLF00000000012AA', loginUrl: 'https://acme.my.salesforce.com/', languages: ['en', 'de'], hoursPerDay: 8 };

const anAccount = (over: Partial<SalesforceAccount> = {}): SalesforceAccount => ({
  id: '001LF0000000001YAA',
  name: 'Northwind',
  country: 'GB',
  modifiedAt: '2026-11-20T09:00:00.000Z',
  extensions: {},
  ...over,
});

describe('a customer from an account', () => {
  it.each([
    ['Deutschland', { country: 'DE' }],
    ['DEU', { country: 'DE' }],
    [' france ', { country: 'FR' }],
    ['Larkland', { country: 'ZZ', countryName: 'Larkland' }],
    ['ZZ', { country: 'ZZ', countryName: 'ZZ' }],
    [undefined, { country: 'ZZ' }],
    ['', { country: 'ZZ' }],
  ])('with the country %o has the address %o', (country, told) =>
    expect(customerOf(anAccount({ country, city: 'Larkville' }), org).billingAddress).toEqual({ city: 'Larkville', ...told }),
  );

  it.each([true, false, undefined])('says whether it asks for purchase orders: %o', purchaseOrderRequired => {
    expect(customerOf(anAccount({ purchaseOrderRequired }), org).purchaseOrderRequired).toBe(purchaseOrderRequired);
  });

  it.each([true, false, undefined])('says whether it accounts for the tax itself: %o', reverseCharge => {
    expect(customerOf(anAccount({ reverseCharge }), org).reverseCharge).toBe(reverseCharge);
  });

  it('names the customer that its invoices go to, unless that is itself, in either form of an id', () => {
    const head = customerOf(anAccount({ id: '001LF0000000009YAA' }), org);
    expect(customerOf(anAccount({ billTo: '001LF0000000009' }), org).billToId).toBe(head.id);
    expect('billToId' in customerOf(anAccount({ id: '001LF0000000009YAA', billTo: '001LF0000000009' }), org)).toBe(false);
  });

  it('has no address when nothing of it is written', () => {
    expect('billingAddress' in customerOf(anAccount({ country: undefined, city: ' ' }), org)).toBe(false);
  });

  it('belongs to the customer of its parent account', () => {
    const parent = customerOf(anAccount({ id: '001LF0000000009YAA' }), org);
    expect(customerOf(anAccount({ parentId: '001LF0000000009' }), org).parentId).toBe(parent.id);
  });
});

describe('customers of an org', () => {
  let setting: Setting;
  let vendor: CrmVendor;
  beforeAll(async () => {
    setting = await setUp();
    vendor = connect(setting);
  });
  afterAll(async () => {
    await vendor.close();
    await tearDown(setting);
  });

  it('reads all customers over many pages, each once', async () => {
    const made = 2_100;
    for (let from = 0; from < made; from += 200) {
      const records = Array.from({ length: Math.min(200, made - from) }, (_, i) => ({ Name: `Many ${from + i}` }));
      await setting.people.sobject('Account').create(records);
    }
    const pages: Customer[][] = [];
    for await (const { items } of vendor.customers.changed(null)) pages.push(items);
    expect(pages.length).toBeGreaterThan(1);
    const many = pages.flat().filter(customer => customer.name.startsWith('Many '));
    expect(new Set(many.map(({ id }) => id)).size).toBe(made);
  });
});
