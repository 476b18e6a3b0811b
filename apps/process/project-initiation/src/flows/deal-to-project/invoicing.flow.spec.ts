import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Customer, Deal } from '#canonical';
import { aBillingCustomer } from '#testing';
import { erpCustomer, soldDeal, testInitiation, type TestInitiation } from '../../project-initiation.fixture.js';

let initiation: TestInitiation;
beforeAll(async () => {
  initiation = await testInitiation();
});
afterAll(() => initiation?.close());

const billedTo = (name: string, billToId: string): Deal => {
  const deal = soldDeal(name);
  return { ...deal, customer: { ...deal.customer, billToId } };
};
const inErp = (id: string, over: object = {}) =>
  initiation.around.held.set(`erp/customers/${id}`, aBillingCustomer({ id, name: 'Head Office', ...over }));
const tellOfErp = (id: string, changed = ['active']) =>
  initiation.publish('billing-customer.changed.v1', id, { state: { id } as Customer, changed, previous: {} });
const held = (deal: Deal) => initiation.around.held.get(erpCustomer(deal))!;
const seen = async (deal: Deal) => {
  const { desk, reasons, needs, id } = await initiation.exception(deal.id);
  return { id, desk, codes: reasons.map(({ code }) => code), texts: reasons.map(({ text }) => text), needs: needs.map(({ need }) => need) };
};

describe('the bill-to customer of a customer', () => {
  it('is carried to the ERP with reverse charge and purchase orders', async () => {
    inErp('cus_head');
    const deal = billedTo('carried', 'cus_head');
    const customer = { ...deal.customer, reverseCharge: true, purchaseOrderRequired: true };
    await initiation.win({ ...deal, customer });
    await initiation.done(deal.id, 1);
    expect(held(deal)).toMatchObject({ billToId: 'cus_head', reverseCharge: true, purchaseOrderRequired: true });
  });

  it('is asked about by name where the ERP lacks it, and the deal goes on by itself when the ERP has it', async () => {
    const head = soldDeal('unbilled-head');
    initiation.around.deals.set(head.id, head);
    const deal = billedTo('unknown', head.customer.id);
    await initiation.win(deal);
    expect(await seen(deal)).toMatchObject({
      desk: 'finance',
      codes: ['customer.bill-to-unknown'],
      texts: ['The invoices of unknown Ltd go to unbilled-head Ltd, which is no customer in the ERP.'],
      needs: [`customer:${deal.customer.id}:bill-to`],
    });
    expect(initiation.around.writes.filter(write => write.includes(deal.customer.id))).toEqual([]);
    inErp(head.customer.id);
    // The first event about a record has no changed attributes.
    await tellOfErp(head.customer.id, []);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it('is asked about by id where no system knows it, and the deal goes on when the CRM names another', async () => {
    inErp('cus_head_of_other');
    const deal = billedTo('nobody', 'cus_of_nobody');
    await initiation.win(deal);
    expect((await seen(deal)).texts).toEqual(['The invoices of nobody Ltd go to cus_of_nobody, which is no customer in the ERP.']);
    await initiation.change(deal, { customer: { ...deal.customer, billToId: 'cus_head_of_other' } });
    expect((await initiation.exception(deal.id, 'resolved')).needs.every(({ met }) => met)).toBe(true);
  });

  it('is asked about where finance made it inactive, even when only the ERP names it', async () => {
    inErp('cus_closed_hall', { status: 'inactive', name: 'Closed Hall' });
    const deal = soldDeal('ended');
    initiation.around.held.set(erpCustomer(deal), aBillingCustomer({ id: deal.customer.id, billToId: 'cus_closed_hall' }));
    await initiation.win(deal);
    expect(await seen(deal)).toMatchObject({
      desk: 'finance',
      texts: ['The invoices of ended Ltd go to Closed Hall, which is inactive in the ERP.'],
    });
    inErp('cus_closed_hall');
    await tellOfErp('cus_closed_hall');
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it.each([
    ['another', 'onward', 'cus_group', 'Group'],
    ['the customer itself, in a circle', 'circle', 'cus_circle', 'circle Ltd'],
  ])('is asked about where its own invoices go to %s, and the deal goes on when they don’t', async (_, name, onward, called) => {
    inErp('cus_group', { name: 'Group' });
    const deal = billedTo(name, `cus_between_${name}`);
    inErp(`cus_between_${name}`, { name: 'Between', billToId: onward });
    await initiation.win(deal);
    const customer = `${name} Ltd`;
    expect(await seen(deal)).toMatchObject({
      desk: 'finance',
      codes: ['customer.bill-to-elsewhere'],
      texts: [
        `The invoices of ${customer} go to Between, whose own invoices go to ${called}: choose for ${customer} whom its invoices go to in the end.`,
      ],
      needs: [`customer:${deal.customer.id}:bill-to`],
    });
    expect(initiation.around.writes.filter(write => write.includes(deal.customer.id))).toEqual([]);
    inErp(`cus_between_${name}`, { name: 'Between' });
    await tellOfErp(`cus_between_${name}`, ['billToId']);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it('is asked about where only the CRM says that its own invoices go elsewhere', async () => {
    const between = billedTo('between', 'cus_far');
    initiation.around.deals.set(between.id, between);
    inErp(between.customer.id, { name: 'between Ltd' });
    const deal = billedTo('first', between.customer.id);
    await initiation.win(deal);
    expect((await seen(deal)).texts).toEqual([
      'The invoices of first Ltd go to between Ltd, whose own invoices go to cus_far: choose for first Ltd whom its invoices go to in the end.',
    ]);
    await initiation.change(deal, { customer: { ...deal.customer, billToId: undefined } });
    expect((await initiation.exception(deal.id, 'resolved')).needs.every(({ met }) => met)).toBe(true);
  });

  it('is not asked about where finance chose a customer that is unknown here', async () => {
    const deal = soldDeal('of-finance');
    initiation.around.held.set(erpCustomer(deal), aBillingCustomer({ id: deal.customer.id, billToId: 'cus_of_finance_alone' }));
    await initiation.win(deal);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });

  it.each([
    ['keep', undefined],
    ['apply', 'cus_asked'],
  ])('is a question to finance where the ERP names another, and the answer may be to %s it', async (action, wanted) => {
    inErp('cus_asked', { name: 'Asked Office' });
    inErp('cus_standing', { name: 'Standing Hall' });
    const deal = billedTo(`differs-${action}`, 'cus_asked');
    initiation.around.held.set(erpCustomer(deal), aBillingCustomer({ id: deal.customer.id, billToId: 'cus_standing' }));
    await initiation.win(deal);
    const { id, ...question } = await seen(deal);
    expect(question).toMatchObject({
      desk: 'finance',
      texts: [`${deal.name} wants customer.billToId Asked Office; in the erp it is Standing Hall, which is for its owner to say.`],
      needs: [`question:${deal.id}:customer.billToId`],
    });
    await initiation.act(id, { action, reason: 'finance said so' });
    await initiation.done(deal.id, 1);
    // An attribute that isn't requested stays as it is in the ERP; the customer's other attributes
    // are still requested.
    expect([held(deal).billToId, held(deal).name]).toEqual([wanted, deal.customer.name]);
    const renamed = { ...deal, customer: { ...deal.customer, name: 'Renamed' } };
    if (action === 'keep') initiation.around.held.set(erpCustomer(deal), { ...held(deal), billToId: 'cus_standing' });
    await initiation.change(renamed, { name: 'renamed' });
    await initiation.done(deal.id, 2);
    expect([held(deal).billToId, held(deal).name]).toEqual([wanted, 'Renamed']);
  });
});

describe('a customer that by the ERP pays only with a purchase order', () => {
  it('has its deals ask for one, until finance says otherwise', async () => {
    const deal = { ...soldDeal('po-of-finance'), purchaseOrder: undefined };
    const before = aBillingCustomer({ id: deal.customer.id });
    initiation.around.held.set(erpCustomer(deal), { ...before, purchaseOrderRequired: true });
    await initiation.win(deal);
    expect(await seen(deal)).toMatchObject({ codes: ['deal.purchase-order-missing'], desk: 'sales-operations' });
    initiation.around.held.set(erpCustomer(deal), { ...before, purchaseOrderRequired: false });
    await tellOfErp(deal.customer.id);
    expect(await initiation.done(deal.id, 1)).toBe(true);
  });
});
