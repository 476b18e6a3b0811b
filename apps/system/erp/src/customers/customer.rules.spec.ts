import { describe, expect, it } from 'vitest';
import { aBillingCustomer } from '#testing';
import { customerChange, customerToWrite, shareTheirNumber, theOneToAdopt } from './customer.rules.js';

describe('the ownership of a customer’s attributes', () => {
  const desired = aBillingCustomer();

  it('lets name, address and contact follow the request', () => {
    const current = { ...desired, name: 'Old', billingEmail: undefined };
    expect(customerToWrite(desired, current)).toEqual(desired);
  });

  it('keeps tax registration, terms, currency and legal entity once the ERP has them', () => {
    const current = { ...desired, taxRegistration: 'GB999', paymentTerms: 'Net 60', currency: 'EUR', legalEntity: 'LF-DE' };
    expect(customerChange(desired, current)).toBeNull();
  });

  it('fills in what the ERP never had', () => {
    const { taxRegistration: _, ...current } = desired;
    expect(customerChange(desired, current)).toMatchObject({ operation: 'update', after: { taxRegistration: desired.taxRegistration } });
  });

  it('keeps finance’s settings for invoices where the request states none', () => {
    const current = { ...desired, billToId: 'cus_head', reverseCharge: true, purchaseOrderRequired: true };
    expect(customerChange(desired, current)).toBeNull();
    expect(customerChange({ ...desired, name: 'New' }, current)).toMatchObject({ after: { ...current, name: 'New' } });
  });

  it('uses the requested settings for invoices', () => {
    const asked = { ...desired, billToId: 'cus_head', reverseCharge: true, purchaseOrderRequired: true };
    expect(customerChange(asked, { ...desired, billToId: 'cus_other', reverseCharge: false })).toMatchObject({ after: asked });
  });

  it('names adopting an update, and coming back a reactivation', () => {
    const { id: _, ...unadopted } = desired;
    expect(customerChange(desired, unadopted)).toMatchObject({ operation: 'update', externalId: desired.id, before: unadopted });
    expect(customerChange(desired, { ...desired, status: 'inactive' })).toMatchObject({ operation: 'reactivate' });
    expect(customerChange({ ...desired, status: 'inactive' }, desired)).toMatchObject({ operation: 'archive' });
    expect(customerChange(desired, null)).toMatchObject({ operation: 'create', before: null });
  });
});

describe('a tax registration that two customers have', () => {
  const [head, branch, sister] = ['cus_head', 'cus_branch', 'cus_sister'];

  it.each([
    ['a branch and its head', { id: branch, parentId: head }, { id: head }, true],
    ['a head and its branch', { id: head }, { id: branch, parentId: head }, true],
    ['two branches of one head', { id: branch, parentId: head }, { id: sister, parentId: head }, true],
    ['two that nobody says belong together', { id: head }, { id: sister }, false],
    ['branches of two heads', { id: branch, parentId: head }, { id: sister, parentId: 'cus_other' }, false],
    ['a customer and one without an id of ours', { id: branch, parentId: head }, { parentId: head }, false],
    ['a customer and itself', { id: branch, parentId: head }, { id: branch, parentId: head }, false],
  ])('may be that of %s: %o, %o: %s', (_, one, other, may) => expect(shareTheirNumber(one, other)).toBe(may));
});

describe('a customer with the same tax registration', () => {
  const wanted = aBillingCustomer();
  const there = (called: string, over: { externalId?: string; parentId?: string } = {}) => ({
    customer: { id: over.externalId, parentId: over.parentId },
    externalId: over.externalId,
    called,
  });

  it.each([
    ['none', [], null],
    ['one that bears no id', [there('C1 Acme')], 'C1 Acme'],
    ['one that bears our id', [there('C1 Acme', { externalId: wanted.id })], 'C1 Acme'],
    ['a branch of it', [there('C2 Branch', { externalId: 'cus_branch', parentId: wanted.id })], null],
  ])('is adopted, or there is none: %s', (_, found, called) => {
    expect(theOneToAdopt(wanted, found, 'the ERP')?.called ?? null).toBe(called);
  });

  it.each([
    ['another of ours', [there('C1 Acme', { externalId: 'cus_other' })], 'customer-taken'],
    ['several', [there('C1 Acme'), there('C2 Acme')], 'customer-ambiguous'],
  ])('is told with its name where it is %s', (_, found, code) => {
    expect(() => theOneToAdopt(wanted, found, 'the ERP')).toThrow(
      expect.objectContaining({ kind: 'conflict', code, fields: [expect.objectContaining({ message: expect.stringContaining('C1 Acme') })] }),
    );
  });
});
