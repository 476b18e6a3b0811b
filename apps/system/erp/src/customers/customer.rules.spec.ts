import { describe, expect, it } from 'vitest';
import { aBillingCustomer } from '#testing';
import { customerChange, normalisedTaxRegistration, settledCustomer } from './customer.rules.js';

describe('who owns what of a customer', () => {
  const desired = aBillingCustomer();

  it('lets name, address and contact follow what is asked for', () => {
    const current = { ...desired, name: 'Old', billingEmail: undefined };
    expect(settledCustomer(desired, current)).toEqual(desired);
  });

  it('keeps tax registration, terms, currency and legal entity once the ERP has them', () => {
    const current = { ...desired, taxRegistration: 'GB999', paymentTerms: 'Net 60', currency: 'EUR', legalEntity: 'LF-DE' };
    expect(customerChange(desired, current)).toBeNull();
  });

  it('fills in what the ERP never had', () => {
    const { taxRegistration: _, ...current } = desired;
    expect(customerChange(desired, current)).toMatchObject({ operation: 'update', after: { taxRegistration: desired.taxRegistration } });
  });

  it('names adopting an update, and coming back a reactivation', () => {
    const { id: _, ...unadopted } = desired;
    expect(customerChange(desired, unadopted)).toMatchObject({ operation: 'update', externalId: desired.id, before: unadopted });
    expect(customerChange(desired, { ...desired, status: 'inactive' })).toMatchObject({ operation: 'reactivate' });
    expect(customerChange({ ...desired, status: 'inactive' }, desired)).toMatchObject({ operation: 'archive' });
    expect(customerChange(desired, null)).toMatchObject({ operation: 'create', before: null });
  });
});

it.each([
  ['GB 123 4567 89', 'GB123456789'],
  ['gb-123.456.789', 'GB123456789'],
  ['47-2913846', '472913846'],
])('compares tax registrations by letters and digits: %s', (spelt, normalised) => {
  expect(normalisedTaxRegistration(spelt)).toBe(normalised);
});
