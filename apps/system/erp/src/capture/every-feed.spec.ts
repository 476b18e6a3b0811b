import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe } from 'vitest';
import { mintId, projectIdOf } from '#canonical';
import { aBillingCustomer, aFinancialProject, describePoisonedFeeds, inJson, type Poison, type PoisonedFeed, type Row } from '#testing';
import { aLine, post, project, today } from '../billing/billing.fixture.js';
import { ErpUnderTest, type ErpFeed } from '../erp.fixture.js';

const RECORDS = 4;

/** A single record of any type. */
const record = (is: (body: Row) => boolean, nativeOf: (body: Row) => string): PoisonedFeed['alterEach'] =>
  inJson((body, each) => {
    if (is(body)) each(nativeOf(body), body);
  });
/** Rows of SuiteQL. */
const rows = (is: (row: Row) => boolean, nativeOf: (row: Row) => string = row => row.id): PoisonedFeed['alterEach'] =>
  inJson(({ items }, each) => {
    for (const row of Array.isArray(items) ? items : []) if (is(row)) each(nativeOf(row), row);
  });
const numbered = (text: string) => Number(text.replace(/\D+/, ''));
const without = (field: string): Poison => ({ names: field, spoil: row => void delete row[field] });
const saying = (field: string, value: unknown): Poison => ({ names: field, spoil: row => void (row[field] = value) });

describe('whatever NetSuite shows', () => {
  let erp: ErpUnderTest;
  /** Internal id of a currency -> its code; of a rate -> its canonical id. */
  const [currencies, rates, taxCodes] = [new Map<string, string>(), new Map<string, Row>(), new Map<string, string>()];

  const put = async (path: string, body: object) => {
    const answer = await erp.call('PUT', path, { body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer));
  };

  beforeAll(async () => {
    erp = await ErpUnderTest.start({ env: { NETSUITE_REFERENCE_TTL_MS: '0', ERP_INVOICE_SWEEP_MS: '86400000' } });
    for (let i = 0; i < RECORDS; i++) {
      const dealId = mintId('deal', 'every-feed', String(i));
      const customerId = mintId('customer', 'every-feed', String(i));
      const customer = aBillingCustomer({ id: customerId, taxRegistration: `GB${100_000_000 + i}` });
      await put(`customers/${customerId}`, customer);
      const id = projectIdOf(dealId);
      const tasks = aFinancialProject().tasks.map((task, n) => ({ ...task, id: mintId('task', id, String(n)) }));
      const body = aFinancialProject({ id, dealId, customerId, tasks: tasks.sort((a, b) => (a.id < b.id ? -1 : 1)) });
      await put(`projects/${id}`, body);
    }
    const lines = Array.from({ length: RECORDS }, () => aLine());
    const batch = `billing-batches/${randomUUID()}`;
    while ((await erp.call('PUT', batch, { body: post(...lines) })).body.state !== 'done');
    for (const { externalId } of lines) {
      const doc = { id: (await erp.netsuite('GET', `timeBill/eid:${externalId}`)).id };
      const invoice = { job: { externalId: project.id }, tranDate: today, time: { items: [{ doc, apply: true }] } };
      await erp.netsuite('PUT', `invoice/eid:inv-${randomUUID()}`, invoice);
    }
  }, 120_000);
  afterAll(() => erp.close());

  const isRate = (row: Row) => 'transactioncurrency' in row || 'basecurrency' in row;
  const feeds: Record<string, PoisonedFeed> = {
    customers: {
      noun: 'billing-customer',
      alterEach: record(
        ({ externalId, companyName, jobBillingType, parent }) => String(externalId).startsWith('cus_') && companyName && !jobBillingType && !parent,
        ({ externalId }) => externalId,
      ),
      idOf: id => id,
      setNumber: (row, n) => void (row.companyName = `is ${n}`),
      numberIn: ({ name }) => numbered(name),
      poisons: [without('id'), saying('companyName', { is: 'none' }), saying('isInactive', 'T'), saying('addressBook', 'none')],
    },
    projects: {
      noun: 'financial-project',
      alterEach: record(
        ({ externalId, companyName }) => String(externalId).startsWith('prj_') && companyName,
        ({ externalId }) => externalId,
      ),
      idOf: id => id,
      setNumber: (row, n) => void (row.companyName = `is ${n}`),
      numberIn: ({ title }) => numbered(title),
      poisons: [
        without('id'),
        saying('jobPrice', 'much'),
        saying('startDate', 'soon'),
        saying('allowTime', 'T'),
        saying('subsidiary', { refName: 'X' }),
      ],
    },
    'reference-data': {
      noun: 'reference-value',
      alterEach: inJson(({ items }, each) => {
        for (const row of Array.isArray(items) ? items : []) {
          if (!('nexuscountry' in row)) continue;
          taxCodes.set(`tax code ${row.id}`, taxCodes.get(`tax code ${row.id}`) ?? row.itemid);
          each(`tax code ${row.id}`, row);
        }
      }),
      idOf: native => `tax-code:${taxCodes.get(native)}`,
      setNumber: (row, n) => void (row.displayname = `is ${n}`),
      numberIn: ({ name }) => numbered(name),
      poisons: [without('itemid')],
    },
    'exchange-rates': {
      noun: 'exchange-rate',
      alterEach: inJson(({ items }, each) => {
        for (const row of Array.isArray(items) ? items : []) {
          if ('symbol' in row) currencies.set(row.id, row.symbol);
          if (!isRate(row)) continue;
          if (!rates.has(row.id)) rates.set(row.id, { ...row });
          each(row.id, row);
        }
      }),
      idOf: native => {
        const { transactioncurrency, basecurrency, effective } = rates.get(native)!;
        return `${currencies.get(transactioncurrency)}-${currencies.get(basecurrency)}-${effective}`;
      },
      setNumber: (row, n) => void (row.rate = String(n)),
      numberIn: ({ rate }) => Number(rate),
      poisons: [saying('rate', '1,27'), without('effective'), saying('transactioncurrency', '99'), without('basecurrency')],
    },
    'accounting-periods': {
      noun: 'accounting-period',
      alterEach: rows(row => 'isadjust' in row),
      idOf: native => `period-${native}`,
      setNumber: (row, n) => void (row.name = `is ${n}`),
      numberIn: ({ name }) => numbered(name),
      poisons: [saying('starts', 'soon'), without('ends')],
    },
    invoices: {
      noun: 'invoice',
      alterEach: record(
        ({ tranId, amountRemaining }) => tranId !== undefined && amountRemaining !== undefined,
        ({ id }) => id,
      ),
      idOf: native => mintId('invoice', 'netsuite', erp.sandboxes.endpoints.netsuite.accountId, native),
      setNumber: (row, n) => void (row.tranId = `is ${n}`),
      numberIn: ({ number }) => numbered(number),
      poisons: [
        without('total'),
        saying('currency', { id: '99' }),
        saying('tranDate', 'soon'),
        saying('time', 'none'),
        saying('amountRemaining', {}),
      ],
    },
  };

  describePoisonedFeeds(
    () => ({
      vendor: 'netsuite',
      origin: erp.sandboxes.endpoints.netsuite.baseUrl,
      database: erp.database,
      registered: async () => (await erp.call('GET', 'feeds', { as: { client: 'operations' } })).body.items.map(({ name }: Row) => name),
      read: (feed, how) => erp.read(feed as ErpFeed, how),
    }),
    feeds,
    { runs: 4 },
  );
});
