import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deal } from '#canonical';
import type { SalesforceAccount } from '../customers/customers.wire.js';
import { anyDeal, connect, setUp, tearDown, type Setting } from '../salesforce.fixture.js';
import type { CrmVendor } from '../../port/crm.port.js';
import type { Org } from '../salesforce.references.js';
import { dealOf } from './deals.mapper.js';
import type { SalesforceLine, SalesforceOpportunity } from './deals.wire.js';

const org: Org = { account: '00DLF00000000012AA', loginUrl: 'https://acme.my.salesforce.com/', languages: ['en', 'de'], hoursPerDay: 8 };

const anAccount = (over: Partial<SalesforceAccount> = {}): SalesforceAccount => ({
  id: '001LF0000000001YAA',
  name: 'Northwind',
  country: 'GB',
  modifiedAt: '2026-11-20T09:00:00.000Z',
  extensions: {},
  ...over,
});

const aLine = (over: Partial<SalesforceLine> = {}): SalesforceLine => ({
  id: '00kLF0000000001YAA',
  productCode: 'SVC-ARCHITECT',
  unit: 'Hour',
  quantity: 10,
  unitPrice: 160,
  totalPrice: 1600,
  ...over,
});

const anOpportunity = (over: Partial<SalesforceOpportunity> = {}): SalesforceOpportunity => ({
  id: '006LF0000000001YAA',
  name: 'Grid analytics',
  stageName: 'Signed',
  won: true,
  closed: true,
  closeDate: '2026-11-20',
  amount: 1600,
  currency: 'GBP',
  account: anAccount(),
  lines: [aLine()],
  milestones: [],
  modifiedAt: '2026-11-20T09:00:00.000Z',
  extensions: {},
  ...over,
});

describe('a deal from an opportunity', () => {
  it.each([
    [true, true, 'won'],
    [false, true, 'lost'],
    [false, false, 'open'],
  ] as const)('won %s and closed %s is %s, whatever the stage is called', (won, closed, stage) => {
    expect(dealOf(anOpportunity({ won, closed, stageName: 'Handshake' }), undefined, org)).toMatchObject({ stage, stageName: 'Handshake' });
  });

  it('takes the order of milestones for their numbers only where none is numbered', () => {
    const sequencesOf = (...sequences: (number | undefined)[]) =>
      dealOf(
        anOpportunity({ milestones: sequences.map((sequence, index) => ({ id: `a0${index}000000000001`, name: 'Step', sequence, amount: 10 })) }),
        undefined,
        org,
      ).milestones.map(milestone => milestone.sequence);
    expect(sequencesOf(undefined, undefined)).toEqual([1, 2]);
    expect(sequencesOf(undefined, 1, 2)).toEqual([0, 1, 2]);
  });

  it.each([
    ['Hour', 10, 160, 600, '160.00'],
    [undefined, 0.25, 160, 15, '160.00'],
    ['Day', 2.5, 1280, 1200, '160.00'],
    ['Each', 3, 500, 0, '500.00'],
  ])('sells %s: %d at %d is %d minutes at %s an hour', (unit, quantity, unitPrice, minutes, amount) => {
    const [role] = dealOf(anOpportunity({ lines: [aLine({ unit, quantity, unitPrice })] }), undefined, org).roles;
    expect(role).toMatchObject({ minutes, ratePerHour: { amount, currency: 'GBP' } });
  });

  it('sells a day as a day, with the length that its contract says, else the org', () => {
    const sold = (unitPrice: number, hoursPerDay?: number) =>
      dealOf(anOpportunity({ hoursPerDay, lines: [aLine({ unit: 'Day', quantity: 2, unitPrice })] }), undefined, org).roles[0];
    expect(sold(999)).toMatchObject({ minutes: 960, dayRate: { rate: { amount: '999.00', currency: 'GBP' }, minutes: 480 } });
    expect(sold(999).ratePerHour.amount).toBe('124.88');
    expect(sold(999, 7.6)).toMatchObject({ minutes: 912, dayRate: { rate: { amount: '999.00', currency: 'GBP' }, minutes: 456 } });
    expect(dealOf(anOpportunity(), undefined, org).roles[0]).not.toHaveProperty('dayRate');
  });

  it('keeps all decimals of a price per unit', () => {
    const sold = (unit: string) => dealOf(anOpportunity({ lines: [aLine({ unit, unitPrice: 33.3333 })] }), undefined, org).roles[0];
    expect(sold('Hour').ratePerHour).toEqual({ amount: '33.3333', currency: 'GBP' });
    expect(sold('Day').dayRate?.rate).toEqual({ amount: '33.3333', currency: 'GBP' });
  });

  it('keeps cents exact and skills apart', () => {
    const [role] = dealOf(anOpportunity({ lines: [aLine({ totalPrice: 1149.9, skills: 'Security; Integration Design;' })] }), undefined, org).roles;
    expect(role).toMatchObject({ amount: { amount: '1149.90', currency: 'GBP' }, skills: ['Security', 'Integration Design'] });
  });

  it('has a customer without a name when it has no account, which the rules refuse', () => {
    expect(dealOf(anOpportunity({ account: undefined }), undefined, org).customer).toMatchObject({ name: '', active: false, refs: [] });
  });

  it('leaves out empty fields', () => {
    const deal = dealOf(anOpportunity(), undefined, org);
    expect(Object.values(deal)).not.toContain(undefined);
    expect('startDate' in deal || 'legalEntity' in deal || 'extensions' in deal).toBe(false);
  });

  it('links to itself', () => {
    expect(dealOf(anOpportunity(), undefined, org).refs).toEqual([
      {
        system: 'salesforce',
        account: org.account,
        type: 'Opportunity',
        nativeId: '006LF0000000001YAA',
        url: 'https://acme.my.salesforce.com/lightning/r/Opportunity/006LF0000000001YAA/view',
      },
    ]);
  });
});

describe('deals of an org', () => {
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

  it('takes the rate card version of the first day of work', async () => {
    const id = await anyDeal(setting, 'Rate_Card__c != null AND IsClosed = false');
    const deal = (await vendor.deals.get(id))!;
    const versions = await vendor.rateCards!.versionsOf(deal.rateCard!.code);
    expect(versions.length).toBeGreaterThan(1);
    const started = versions.filter(version => version.effectiveFrom! <= deal.startDate!).at(-1)!;
    expect(deal.rateCard).toMatchObject({ effectiveFrom: started.effectiveFrom, rates: started.rates });
    for (const role of deal.roles) expect(deal.rateCard!.rates.find(rate => rate.role === role.role)?.ratePerHour).toEqual(role.ratePerHour);
  });

  it('keeps the name of a rate card that the org has not, without rates', async () => {
    const { id } = await setting.people.sobject('Opportunity').create({
      Name: 'Misnamed',
      StageName: 'Proposal',
      CloseDate: '2027-01-31',
      CurrencyIsoCode: 'EUR',
      Rate_Card__c: 'RC-UNKNOWN',
    });
    expect((await vendor.deals.get(id!))?.rateCard).toEqual({ code: 'RC-UNKNOWN', currency: 'EUR', rates: [] });
    await setting.people.sobject('Opportunity').destroy(id!);
  });

  it('reads all lines of a deal that has more than a page of them', async () => {
    const id = await anyDeal(setting, "IsClosed = false AND CurrencyIsoCode = 'GBP' AND HasOpportunityLineItem = true");
    const { records } = await setting.people.query<{ PricebookEntryId: string }>(
      `SELECT PricebookEntryId FROM OpportunityLineItem WHERE OpportunityId = '${id}' LIMIT 1`,
    );
    const before = (await vendor.deals.get(id))!.roles.length;
    for (let page = 0; page < 11; page++) {
      const lines = Array.from({ length: 200 }, () => ({
        OpportunityId: id,
        PricebookEntryId: records[0].PricebookEntryId,
        Quantity: 1,
        UnitPrice: 1,
      }));
      await setting.people.sobject('OpportunityLineItem').create(lines);
    }
    expect((await vendor.deals.get(id))!.roles).toHaveLength(before + 2_200);
    await setting.people.sobject('Opportunity').destroy(id);
  });

  it("carries the firm's own fields along by configuration, and leaves out fields that the org lacks", async () => {
    const env = {
      SALESFORCE_DEAL_EXTENSIONS: 'NextStep,Account.Industry',
      SALESFORCE_FIELD_PRACTICE: 'none',
      SALESFORCE_MILESTONES: 'none',
      SALESFORCE_RATE_CARD_OBJECT: 'none',
    };
    const plain = connect(setting, env);
    const { id } = await setting.people
      .sobject('Opportunity')
      .create({ Name: 'Extended', StageName: 'Proposal', CloseDate: '2027-01-31', NextStep: 'call' });
    expect(await plain.deals.get(id!)).toMatchObject({ extensions: { NextStep: 'call' }, milestones: [] } satisfies Partial<Deal>);
    const seeded = (await plain.deals.get(await anyDeal(setting, 'Rate_Card__c != null')))!;
    expect('costCentre' in seeded || 'rateCard' in seeded || 'extensions' in seeded).toBe(false);
    await plain.close();
  });

  it('reads what is sold by the day, and how long a day is by the contract, where the org says so', async () => {
    const byDay = connect(setting, {
      SALESFORCE_FIELD_RATE_UNIT: 'Product__r.QuantityUnitOfMeasure',
      SALESFORCE_FIELD_HOURS_PER_DAY: 'Probability',
    });
    const id = await anyDeal(setting, 'Rate_Card__c != null AND HasOpportunityLineItem = true');
    const { records } = await setting.people.query<{ Product2Id: string }>(
      `SELECT Product2Id FROM OpportunityLineItem WHERE OpportunityId = '${id}' LIMIT 1`,
    );
    const [{ Product2Id }] = records;
    const sells = (QuantityUnitOfMeasure: string) => setting.people.sobject('Product2').update({ Id: Product2Id, QuantityUnitOfMeasure });
    const hours = (Probability: number) => setting.people.sobject('Opportunity').update({ Id: id, Probability });
    await sells('Day');
    await hours(7);
    const deal = (await byDay.deals.get(id))!;
    const sold = deal.roles.find(({ dayRate }) => dayRate !== undefined)!;
    expect(sold.dayRate).toMatchObject({ minutes: 420 });
    expect(sold.minutes % 420).toBe(0);
    const listed = deal.rateCard!.rates.find(({ role }) => role === sold.role)!;
    expect(listed.dayRate).toEqual({ rate: sold.dayRate!.rate, minutes: 480 });
    expect(deal.rateCard!.rates.filter(({ dayRate }) => dayRate !== undefined)).toEqual([listed]);
    await hours(25);
    await expect(byDay.deals.get(id)).rejects.toMatchObject({ code: 'malformed-answer', fields: [{ field: 'Probability', rule: 'hours-of-day' }] });
    await hours(10);
    await sells('Hour');
    await byDay.close();
  });
});
