import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, type BillingCustomer } from '#canonical';
import { aBillingCustomer } from '#testing';
import { ErpUnderTest } from '../erp.fixture.js';

let serial = 0;
const fresh = (over: Partial<BillingCustomer> = {}): BillingCustomer => {
  serial++;
  return aBillingCustomer({ id: mintId('customer', 'invoicing-spec', String(serial)), taxRegistration: `GB${300_000_000 + serial}`, ...over });
};
const put = (erp: ErpUnderTest, customer: BillingCustomer) => erp.call('PUT', `customers/${customer.id}`, { body: customer });
const operations = (answer: { body: { effects: { operation: string }[] } }) => answer.body.effects.map(({ operation }) => operation);

describe('how a customer is invoiced, where NetSuite has fields of the firm for it', () => {
  let erp: ErpUnderTest;
  beforeAll(async () => {
    erp = await ErpUnderTest.start({
      env: {
        NETSUITE_FIELD_BILL_TO: 'custentity_bill_to',
        NETSUITE_FIELD_REVERSE_CHARGE: 'custentity_reverse_charge',
        NETSUITE_FIELD_PO_REQUIRED: 'custentity_po_required',
      },
    });
  });
  afterAll(() => erp.close());

  it('is written once and reads back as it was', async () => {
    const head = fresh();
    await put(erp, head);
    const branch = fresh({ billToId: head.id, reverseCharge: true, purchaseOrderRequired: true });
    expect(operations(await put(erp, branch))).toEqual(['create']);
    const { refs: _, ...there } = (await erp.call('GET', `customers/${branch.id}?fresh=true`)).body;
    expect(there).toEqual(branch);
    expect(operations(await put(erp, branch))).toEqual([]);
  });

  it('is published when finance sets it, and stays when the request states nothing else', async () => {
    const [head, branch] = [fresh(), fresh()];
    const { refs } = (await put(erp, head)).body;
    await put(erp, branch);
    await erp.netsuite('PATCH', `customer/eid:${branch.id}`, {
      custentity_bill_to: { id: refs[0].nativeId },
      custentity_reverse_charge: true,
      custentity_po_required: true,
    });
    await erp.read('customers');
    const said = { billToId: head.id, reverseCharge: true, purchaseOrderRequired: true };
    expect((await erp.events(branch.id)).at(-1)!.data).toMatchObject({ changed: expect.arrayContaining(Object.keys(said)), state: said });
    expect(operations(await put(erp, { ...branch, name: 'Renamed' }))).toEqual(['update']);
    expect((await erp.call('GET', `customers/${branch.id}?fresh=true`)).body).toMatchObject({ ...said, name: 'Renamed' });
  });

  it('is published for a customer that finance chose and that has no id of ours', async () => {
    const branch = fresh();
    await put(erp, branch);
    await erp.netsuite('POST', 'customer', { companyName: 'Hall of finance', subsidiary: { externalId: 'LF-UK' } });
    const [{ id }] = (await erp.netsuite('GET', 'customer?q=companyName IS "Hall of finance"')).items;
    await erp.netsuite('PATCH', `customer/eid:${branch.id}`, { custentity_bill_to: { id } });
    const { account } = (await erp.call('GET', `customers/${branch.id}?fresh=true`)).body.refs[0];
    expect((await erp.call('GET', `customers/${branch.id}?fresh=true`)).body.billToId).toBe(mintId('customer', 'netsuite', account, id));
    expect(operations(await put(erp, branch))).toEqual([]);
  });

  it('is refused where the invoices would go to a customer that does not exist', async () => {
    const refused = fresh({ billToId: mintId('customer', 'invoicing-spec', 'nobody') });
    const { status, body } = await erp.call('POST', `customers/${refused.id}/plans`, { body: refused });
    expect([status, body.fields]).toEqual([422, [expect.objectContaining({ field: 'billToId', rule: 'known' })]]);
  });
});

describe('how a customer is invoiced, where NetSuite has no fields for it', () => {
  it('is not sent, and is no difference', async () => {
    const erp = await ErpUnderTest.start();
    try {
      const customer = fresh({ billToId: mintId('customer', 'invoicing-spec', 'nobody'), reverseCharge: true, purchaseOrderRequired: true });
      expect(operations(await put(erp, customer))).toEqual(['create']);
      expect(operations(await put(erp, customer))).toEqual([]);
    } finally {
      await erp.close();
    }
  });
});
