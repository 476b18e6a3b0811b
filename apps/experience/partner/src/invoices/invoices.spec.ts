import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { money } from '#canonical';
import {
  billingLine,
  CLIENT,
  ids,
  invoiceChanged,
  invoiceId,
  lineId,
  linesChanged,
  OTHERS,
  projectChanged,
  projectId,
  testPartners,
  type TestPartners,
} from '../partner.fixture.js';

let partners: TestPartners;
beforeAll(async () => {
  partners = await testPartners();
  await partners.publish(projectChanged('grid'), projectChanged('others', { customerId: OTHERS }));
});
afterAll(() => partners?.close());

const linesOf = async (name: string) => (await partners.ask(`invoices/${invoiceId(name)}/lines`, CLIENT)).body.items as Record<string, unknown>[];

describe("a client's invoices", () => {
  it('say what is paid and what is due', async () => {
    await partners.publish(
      invoiceChanged('part', { amountDue: money('200', 'GBP') }),
      invoiceChanged('void', { status: 'voided', amountDue: money('0', 'GBP') }),
    );
    expect((await partners.ask(`invoices/${invoiceId('part')}`, CLIENT)).body).toEqual({
      id: invoiceId('part'),
      number: 'INV-part',
      status: 'open',
      projectId: projectId('grid'),
      date: '2026-11-30',
      dueDate: '2026-12-30',
      total: money('1200', 'GBP'),
      amountPaid: money('1000', 'GBP'),
      amountDue: money('200', 'GBP'),
    });
    expect((await partners.ask(`invoices/${invoiceId('void')}`, CLIENT)).body).not.toHaveProperty('amountPaid');
  });

  it('have lines as they were invoiced, whatever becomes of these later', async () => {
    const line = billingLine('l', { state: 'posted', revision: 2, money: money('760', 'GBP') });
    const on = `tl-${lineId('l')}-v1`;
    await partners.publish(
      linesChanged(line),
      invoiceChanged('lined', { transactions: [on, `${on}-o1`, `${on}-c`, `${on}-r`, `tl-${lineId('unseen')}-v2`] }),
      linesChanged({ ...line, revision: 3, money: money('900', 'GBP') }, { ...line, revision: 4, version: 2, state: 'blocked', minutes: 60 }),
    );
    const told = { kind: 'time', workDate: '2026-11-16', person: 'Ada Quinn' };
    expect(await linesOf('lined')).toEqual([
      { id: `tl-${lineId('unseen')}-v2`, kind: 'time' },
      { id: on, ...told, minutes: 480, amount: money('760', 'GBP') },
      { id: `${on}-o1`, ...told },
      { id: `${on}-r`, ...told, minutes: -480, amount: money('-760', 'GBP') },
    ]);
    await partners.publish(invoiceChanged('lined', { transactions: [on] }));
    expect(await linesOf('lined')).toHaveLength(1);
  });

  it("are those of its projects and legal entities; an invoice stays its customer's when the project becomes another's", async () => {
    await partners.publish(
      invoiceChanged('others', { projectId: projectId('others') }),
      invoiceChanged('german', { legalEntity: 'LF-DE' }),
      invoiceChanged('early', { projectId: projectId('later') }),
      invoiceChanged('without', { projectId: undefined }),
    );
    const seen = async () =>
      Promise.all(['others', 'german', 'early', 'without'].map(async name => (await partners.ask(`invoices/${invoiceId(name)}`, CLIENT)).status));
    expect(await seen()).toEqual([404, 404, 404, 404]);
    await partners.publish(projectChanged('later'));
    expect(await seen()).toEqual([404, 404, 200, 404]);
    await partners.publish(projectChanged('later', { customerId: OTHERS }), projectChanged('others'));
    expect(await seen()).toEqual([404, 404, 200, 404]);
  });

  it('are filtered by state and project, and paged', async () => {
    expect(ids(await partners.ask('invoices?status=voided', CLIENT))).toEqual([invoiceId('void')]);
    expect(ids(await partners.ask(`invoices?projectId=${projectId('later')}`, CLIENT))).toEqual([invoiceId('early')]);
    const all = ids(await partners.ask('invoices', CLIENT));
    const first = await partners.ask('invoices?limit=1', CLIENT);
    const rest = await partners.ask(`invoices?cursor=${first.body.nextCursor}`, CLIENT);
    expect([...ids(first), ...ids(rest)]).toEqual(all);
  });
});
