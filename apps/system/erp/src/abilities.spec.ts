import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { otherVendor, withAbilities } from '#testing';
import { aLine, post } from './billing/billing.fixture.js';
import { erpApp } from './erp.app.js';
import { ErpUnderTest, FEEDS } from './erp.fixture.js';

const feedsOf = async (erp: ErpUnderTest) =>
  ((await erp.call('GET', 'feeds', { as: { client: 'operations' } })).body.items as { name: string }[]).map(({ name }) => name).sort();

describe('an ERP that can do everything, beside another in the list', () => {
  let erp: ErpUnderTest;
  beforeAll(async () => {
    erp = await ErpUnderTest.start({ vendors: [...erpApp.vendors!, otherVendor] });
  });
  afterAll(() => erp.close());

  it('starts without any setting of the other, says what it can do, and follows all of it', async () => {
    expect((await erp.call('GET', 'abilities')).body).toEqual({ can: ['billing', 'books'], cannot: [] });
    expect(await feedsOf(erp)).toEqual([...FEEDS].sort());
    expect((await erp.call('GET', 'billing-means')).body).toEqual({ batchSize: 100 });
  });
});

describe('an ERP with customers and projects only', () => {
  let erp: ErpUnderTest;
  beforeAll(async () => {
    erp = await ErpUnderTest.start({ vendors: withAbilities(erpApp.vendors, []) });
  });
  afterAll(() => erp.close());

  it('says what it can not do, and follows nothing of it', async () => {
    expect((await erp.call('GET', 'abilities')).body).toEqual({ can: [], cannot: ['billing', 'books'] });
    expect(await feedsOf(erp)).toEqual(['customers', 'projects', 'reference-data']);
  });

  it.each<[string, string, unknown, string]>([
    ['GET', 'exchange-rates', undefined, "This ERP doesn't tell its books: exchange rates, periods and invoices."],
    ['GET', 'accounting-periods', undefined, "This ERP doesn't tell its books: exchange rates, periods and invoices."],
    ['GET', 'invoices', undefined, "This ERP doesn't tell its books: exchange rates, periods and invoices."],
    ['PUT', 'billing-batches/0190a5b8-0000-7000-8000-000000000001', post(aLine()), 'This ERP takes no billable transactions.'],
    ['GET', 'billing-means', undefined, 'This ERP takes no billable transactions.'],
    ['POST', 'billable-transactions/look-up', { externalIds: ['tl-x-v1'] }, 'This ERP takes no billable transactions.'],
  ])('answers %s %s as not supported', async (method, path, body, detail) => {
    const answer = await erp.call(method, path, { body, as: { client: 'time-to-billing-service' } });
    expect(answer).toMatchObject({ status: 501, body: { code: 'no-such-ability', detail } });
  });
});
