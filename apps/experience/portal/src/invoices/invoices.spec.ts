import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintId, money } from '#canonical';
import { fortnight, invoice, time } from '../billing/fortnight.fixture.js';
import { anEvent, anInvoice, type TestPortal } from '../portal.fixture.js';

let portal: TestPortal;
beforeAll(async () => {
  portal = await fortnight();
});
afterAll(() => portal?.close());

describe('an invoice', () => {
  it('follows the ERP: removed lines, its status and the amount due', async () => {
    const of = async (): Promise<any> =>
      (await portal.ask(`{ invoice(id: "${moving.id}") { status amountDue { amount } billingLines(first: 5) { nodes { id } } } }`)).invoice;
    const moving = anInvoice({ id: mintId('invoice', 'moving'), number: 'INV-2', transactions: [`tl-${time('501')}-v1`, `tl-${time('502')}-v1`] });
    const changed = (state: typeof moving) => anEvent('invoice.changed.v1', moving.id, { state, changed: [] }, { legalEntities: ['LF-UK'] });
    await portal.publish(changed(moving));
    expect((await of()).billingLines.nodes).toHaveLength(2);
    await portal.publish(changed({ ...moving, status: 'paid', amountDue: money('0', 'GBP'), transactions: [`tl-${time('502')}-v1`] }));
    expect(await of()).toEqual({ status: 'PAID', amountDue: { amount: '0.00' }, billingLines: { nodes: [{ id: time('502') }] } });
    const { invoices } = await portal.ask(
      '{ invoices(filter: { text: "inv-2" }) { nodes { number } totals { amount currency } facets(by: [STATUS]) { values { value count } } } }',
    );
    expect(invoices).toEqual({
      nodes: [{ number: 'INV-2' }],
      totals: [{ amount: '1920.00', currency: 'GBP' }],
      facets: [{ values: [{ value: 'PAID', count: 1 }] }],
    });
  });

  it('is found by its number', async () => {
    const { find } = await portal.ask('{ find(text: "INV-1042") { id kind subject { title } } }');
    expect(find).toEqual([{ id: invoice.id, kind: 'INVOICE', subject: { title: 'INV-1042' } }]);
  });
});
