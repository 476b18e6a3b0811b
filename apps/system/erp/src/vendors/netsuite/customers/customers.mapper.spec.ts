import { describe, expect, it } from 'vitest';
import { aBillingCustomer } from '#testing';
import type { Codes } from '../netsuite.references.js';
import { customerBody, customerOf } from './customers.mapper.js';
import { readCustomer } from './customers.wire.js';

const external = (reference: { externalId?: string } | undefined) => reference?.externalId;
/** Internal ids that read as codes, so that a body can be read back without a NetSuite. */
const byId = (reference: { id: string } | undefined) => reference?.id;
const codes: Codes = {
  legalEntity: byId,
  costCentre: byId,
  taxCode: byId,
  terms: byId,
  currency: byId,
  customer: external,
  schedule: external,
  project: external,
};
const stored = (body: object, id: string) => ({ id: '1', externalId: id, ...(JSON.parse(JSON.stringify(body)) as object) });
/** References that we send by external id come back with an internal one too. */
const answered = (body: object) =>
  JSON.parse(JSON.stringify(body), (_, value: unknown) => (isReference(value) ? { id: '9', ...value } : value)) as object;
const isReference = (value: unknown): value is { externalId: string } =>
  typeof value === 'object' && value !== null && 'externalId' in value && !('id' in value);

describe('what is written reads back as it was', () => {
  it('a customer', () => {
    const fields = { billToField: 'custentity_to', reverseChargeField: 'custentity_rc', purchaseOrderRequiredField: 'custentity_po' };
    const customer = aBillingCustomer({ parentId: 'cus_parent', billToId: 'cus_head', reverseCharge: true, purchaseOrderRequired: false });
    const { legalEntity, currency, paymentTerms, billToId } = customer;
    const body = customerBody(customer, null, null, { subsidiary: legalEntity, currency, terms: paymentTerms, billTo: billToId }, fields);
    const read = readCustomer(stored(answered({ ...body, custentity_to: { id: '17', externalId: billToId } }), customer.id), fields);
    expect(customerOf(read, codes)).toEqual(customer);
  });
});
