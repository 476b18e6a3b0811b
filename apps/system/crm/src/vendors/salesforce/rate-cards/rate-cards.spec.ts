import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, setUp, tearDown, type Setting } from '../salesforce.fixture.js';
import type { CrmVendor } from '../../port/crm.port.js';
import type { Org } from '../salesforce.references.js';
import { datedRateCardOf } from './rate-cards.mapper.js';

const org: Org = { account: '00DLF00000000012AA', loginUrl: 'https://acme.my.salesforce.com/', languages: ['en', 'de'], hoursPerDay: 8 };

describe('a dated rate card', () => {
  const card = { id: 'a0RLF0000000001YAA', code: 'RC-UK', currency: 'GBP', effectiveFrom: '2026-01-01', rates: [] };

  it('keeps its id when its first day is corrected, in either form of the id', () => {
    const { id } = datedRateCardOf(card, org);
    expect(id).toMatch(/^rtc_/);
    expect(datedRateCardOf({ ...card, effectiveFrom: '2026-02-01' }, org).id).toBe(id);
    expect(datedRateCardOf({ ...card, id: 'a0RLF0000000002YAA' }, org).id).not.toBe(id);
  });

  it('is in force from ever when it has no first day', () => {
    expect(datedRateCardOf({ ...card, effectiveFrom: undefined }, org).effectiveFrom).toBe('0001-01-01');
  });

  it('prices nothing by a rate that nobody entered, and leaves out a rate of no role', () => {
    const rates = [{ role: 'SVC-ARCHITECT', price: 160 }, { role: 'SVC-TESTER' }, { price: 90 }, { role: 'SVC-TRAINEE', price: 0 }];
    expect(datedRateCardOf({ ...card, rates }, org).rates).toEqual([
      { role: 'SVC-ARCHITECT', ratePerHour: { amount: '160.00', currency: 'GBP' } },
      { role: 'SVC-TRAINEE', ratePerHour: { amount: '0.00', currency: 'GBP' } },
    ]);
  });

  it('states the price of a day as such, and leaves out units other than time', () => {
    const rates = [
      { role: 'SVC-ARCHITECT', price: 999, unit: 'Day' },
      { role: 'SVC-TESTER', price: 90, unit: 'Hour' },
      { role: 'LICENCE', price: 500, unit: 'Each' },
    ];
    expect(datedRateCardOf({ ...card, rates }, org).rates).toEqual([
      {
        role: 'SVC-ARCHITECT',
        ratePerHour: { amount: '124.88', currency: 'GBP' },
        dayRate: { rate: { amount: '999.00', currency: 'GBP' }, minutes: 480 },
      },
      { role: 'SVC-TESTER', ratePerHour: { amount: '90.00', currency: 'GBP' } },
    ]);
  });
});

describe('rate cards of an org', () => {
  let setting: Setting;
  let vendor: CrmVendor;
  beforeAll(async () => {
    setting = await setUp();
    vendor = connect(setting);
  });
  afterAll(async () => {
    await vendor.close();
    await tearDown(setting);
  });

  it('reads all rate cards with all their rates in one call', async () => {
    const calls = async () => Object.values((await setting.sandboxes.control.calls()).salesforce).reduce((sum, n) => sum + n, 0);
    await vendor.rateCards!.versionsOf('warm up');
    const before = await calls();
    const pages: number[] = [];
    for await (const { items } of vendor.rateCards!.all()) pages.push(items.length);
    expect(pages.length).toBe(1);
    expect((await calls()) - before).toBe(1);
  });

  it('has no rate cards where the org has none, and says so', async () => {
    const without = connect(setting, { SALESFORCE_RATE_CARD_OBJECT: 'none' });
    expect([without.abilities, without.rateCards]).toEqual([['milestones'], undefined]);
    await without.close();
  });

  it('keeps what a person typed out of the query', async () => {
    expect(await vendor.rateCards!.versionsOf("x' OR Code__c != '")).toEqual([]);
    expect(await vendor.rateCards!.versionsOf('back\\slash\\')).toEqual([]);
  });
});
