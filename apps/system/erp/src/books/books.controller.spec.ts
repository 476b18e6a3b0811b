import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccountingPeriod, BillableTransaction, ExchangeRate, FinancialProject, Invoice } from '#canonical';
import { eventually } from '#testing';
import { createFirm } from '../../../../sandbox/src/firm/create-firm.js';
import { aCharge, aLine, anExpense, closedProject, post, project, today } from '../billing/billing.fixture.js';
import { actingFor, ErpUnderTest } from '../erp.fixture.js';

let erp: ErpUnderTest;

const firm = createFirm();
const monthStart = `${today.slice(0, 7)}-01`;
const lastOf = async (key: string) => (await erp.events(key)).at(-1)!;
const all = async <T>(path: string): Promise<T[]> => (await erp.call('GET', `${path}${path.includes('?') ? '&' : '?'}limit=200`)).body.items;

async function posted(lines: BillableTransaction[]): Promise<void> {
  for (;;) {
    const { body } = await erp.call('PUT', `billing-batches/${randomUUID()}`, { body: post(...lines) });
    if (body.state === 'done') return expect(body.outcomes.map(({ result }: { result: string }) => result)).toEqual(lines.map(() => 'posted'));
  }
}

async function invoiced(sublists: object): Promise<{ externalId: string; nativeId: string }> {
  const externalId = `inv-${randomUUID()}`;
  await erp.netsuite('PUT', `invoice/eid:${externalId}`, { job: { externalId: project.id }, tranDate: today, ...sublists });
  return { externalId, nativeId: (await erp.netsuite('GET', `invoice/eid:${externalId}`)).id };
}

const docOf = async (type: string, { externalId }: BillableTransaction) => ({
  doc: { id: (await erp.netsuite('GET', `${type}/eid:${externalId}`)).id },
  apply: true,
});

async function toldOf(nativeId: string): Promise<Invoice> {
  await erp.read('invoices');
  const rows = await erp.database.dataSource.query<{ data: { state: Invoice } }[]>(
    `select data from events.event where type = 'invoice.changed.v1' and data #>> '{state,refs,0,nativeId}' = $1 order by key_seq desc limit 1`,
    [nativeId],
  );
  return rows[0].data.state;
}

describe('the ERP’s books', () => {
  beforeAll(async () => {
    erp = await ErpUnderTest.start();
  }, 60_000);
  afterAll(() => erp.close());

  describe('exchange rates', () => {
    it('are published once each, as units of one currency for one of the other, from their day on', async () => {
      await erp.read('exchange-rates');
      const rates = await all<ExchangeRate>('exchange-rates?from=GBP&to=USD');
      expect(rates.length).toBeGreaterThan(12);
      expect(rates[0]).toEqual({
        id: expect.stringMatching(/^GBP-USD-\d{4}-\d\d-01$/),
        from: 'GBP',
        to: 'USD',
        effectiveFrom: rates[0].id.slice(8),
        rate: expect.any(String),
      });
      expect(Number(rates[0].rate)).toBeGreaterThan(1); // a pound is more than a dollar: the ERP's base is the dollar
      expect(await erp.events(rates[0].id)).toHaveLength(1);
      expect((await erp.read('exchange-rates')).events).toBe(0);
    });

    it('that finance corrects by another row of the same day change', async () => {
      const currency = async (code: string) => ({ id: (await erp.netsuite('GET', `currency/eid:${code}`)).id });
      const body = { baseCurrency: await currency('USD'), transactionCurrency: await currency('EUR'), effectiveDate: monthStart };
      await erp.netsuite('POST', 'currencyRate', { ...body, exchangeRate: 1.234567 });
      await erp.read('exchange-rates');
      expect(await lastOf(`EUR-USD-${monthStart}`)).toMatchObject({
        type: 'exchange-rate.changed.v1',
        data: { state: { from: 'EUR', to: 'USD', rate: '1.234567' }, changed: ['rate'] },
      });
    });
  });

  describe('accounting periods', () => {
    it('are the months, open or not, and change when finance closes one', async () => {
      await erp.read('accounting-periods');
      const periods = await all<AccountingPeriod>('accounting-periods');
      expect(periods.every(({ startDate, endDate }) => startDate.slice(0, 7) === endDate.slice(0, 7))).toBe(true);
      const present = periods.find(({ startDate, endDate }) => startDate <= today && today <= endDate)!;
      expect(present).toMatchObject({ legalEntity: '*', open: true });
      const open = await all<AccountingPeriod>('accounting-periods?open=true');
      expect(open.length).toBeLessThan(periods.length);
      await erp.netsuite('PATCH', `accountingPeriod/${present.id.slice('period-'.length)}`, { arLocked: true });
      await erp.read('accounting-periods');
      expect(await lastOf(present.id)).toMatchObject({
        type: 'accounting-period.changed.v1',
        data: { changed: ['open'], previous: { open: true }, state: { open: false } },
      });
      await erp.netsuite('PATCH', `accountingPeriod/${present.id.slice('period-'.length)}`, { arLocked: false });
    });
  });

  describe('invoices', () => {
    it('are published with those lines on them that are ours, of every kind, and with their money', async () => {
      const [time, expense, charge] = [aLine(), anExpense(), aCharge()];
      for (const line of [time, expense, charge]) await posted([line]);
      const charged = await erp.netsuite('GET', `charge/eid:${charge.externalId}`);
      const { externalId, nativeId } = await invoiced({
        time: { items: [await docOf('timeBill', time)] },
        expCost: { items: [await docOf('expenseReport', expense)] },
        item: { items: [{ charge: { id: charged.id } }] },
      });
      const invoice = await toldOf(nativeId);
      expect(invoice).toMatchObject({
        number: `INV${nativeId}`,
        status: 'open',
        projectId: project.id,
        legalEntity: project.entity,
        date: today,
        transactions: [time, expense, charge].map(line => line.externalId).sort(),
      });
      expect(Number(invoice.total.amount)).toBeGreaterThan(Number(time.amount.amount));
      expect(invoice.amountDue).toEqual(invoice.total);
      expect((await erp.call('GET', `invoices/${invoice.id}`)).body).toEqual(invoice);
      expect((await erp.call('GET', `invoices/${invoice.id}`, { headers: actingFor(['LF-XX']) })).status).toBe(404);
      expect((await all<Invoice>(`invoices?projectId=${project.id}`)).map(({ id }) => id)).toContain(invoice.id);

      const lookUp = { externalIds: [time, expense, charge].map(line => line.externalId) };
      const { items } = (await erp.call('POST', 'billable-transactions/look-up', { body: lookUp })).body;
      expect(items.map(({ status }: { status: string }) => status)).toEqual(['billed', 'billed', 'billed']);

      await erp.finance(`invoices/eid:${externalId}/void`);
      expect(await toldOf(nativeId)).toMatchObject({ id: invoice.id, status: 'voided' });
      const after = (await erp.call('POST', 'billable-transactions/look-up', { body: lookUp })).body.items;
      expect(after.map(({ status }: { status: string }) => status)).toEqual(['unbilled', 'unbilled', 'unbilled']);
    });

    it('change when they are paid', async () => {
      const line = aLine();
      await posted([line]);
      const { nativeId } = await invoiced({ time: { items: [await docOf('timeBill', line)] } });
      expect(await toldOf(nativeId)).toMatchObject({ status: 'open' });
      await erp.netsuite('POST', `invoice/${nativeId}/!transform/customerPayment`, {});
      const paid = await toldOf(nativeId);
      expect([paid.status, Number(paid.amountDue.amount)]).toEqual(['paid', 0]);
    });

    it('are read with a call an invoice and not with one a line', async () => {
      const reads = async () =>
        Object.entries((await erp.sandboxes.control.calls()).netsuite).reduce((sum, [call, n]) => sum + (call.startsWith('read') ? n : 0), 0);
      const readsToRead = async () => {
        const before = await reads();
        await erp.read('invoices');
        return (await reads()) - before;
      };
      const lines = Array.from({ length: 30 }, () => aLine());
      await posted(lines);
      // An invoice that changed in the second in which it was read is read once more; wait until
      // only the query for changes is left.
      await eventually(async () => (await readsToRead()) === 1);
      expect(await reads()).toBeGreaterThan(0);
      const { nativeId } = await invoiced({ time: { items: await Promise.all(lines.map(line => docOf('timeBill', line))) } });
      expect(await readsToRead()).toBeLessThanOrEqual(6);
      expect((await toldOf(nativeId)).transactions).toHaveLength(30);
    });
  });

  describe('the projects that run already', () => {
    it('are published with the attributes that time and expenses need', async () => {
      await erp.read('projects');
      const { type, data, legal_entities } = await lastOf(project.id);
      expect(type).toBe('financial-project.changed.v1');
      expect(legal_entities).toEqual([project.entity]);
      const taxCode = firm.taxCodes.find(
        ({ entity, customerCountry }) =>
          entity === project.entity && customerCountry === firm.customers.find(({ number }) => number === project.customerNumber)!.country,
      );
      expect(data.state as Partial<FinancialProject>).toMatchObject({
        id: project.id,
        title: project.name,
        status: 'active',
        billingMethod: 'time-and-materials',
        currency: project.currency,
        startDate: project.startDate,
        endDate: project.endDate,
        dimensions: { legalEntity: project.entity, costCentre: project.costCentre, ...(taxCode ? { taxCode: taxCode.code } : {}) },
        timeAllowed: true,
        expensesAllowed: true,
      });
      expect(data.state.dealId).toBeUndefined();
      const capped = firm.projects.find(({ notToExceed }) => notToExceed !== null)!;
      expect((await lastOf(capped.id)).data.state.notToExceed).toEqual({ amount: expect.stringMatching(/^\d+\.\d\d$/), currency: capped.currency });
    });

    it('are published as archived when finance has closed them', async () => {
      await erp.read('projects');
      expect((await lastOf(closedProject.id)).data.state).toMatchObject({ status: 'archived', timeAllowed: false, expensesAllowed: false });
    });
  });
});
