import { describe, expect, it } from 'vitest';
import { rateCardOn, type RateCardInCrm } from '../crm-vendor.js';
import { customerOf, datedRateCardOf, dealOf, to18, type Org } from './salesforce.mapper.js';
import type { SalesforceAccount, SalesforceLine, SalesforceOpportunity } from './salesforce.wire.js';

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

  it('says nothing about what is empty', () => {
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

describe('a customer from an account', () => {
  it.each([
    ['Deutschland', { country: 'DE' }],
    ['DEU', { country: 'DE' }],
    [' france ', { country: 'FR' }],
    ['Larkland', { country: 'ZZ', countryName: 'Larkland' }],
    ['ZZ', { country: 'ZZ', countryName: 'ZZ' }],
    [undefined, { country: 'ZZ' }],
    ['', { country: 'ZZ' }],
  ])('with the country %o has the address %o', (country, told) =>
    expect(customerOf(anAccount({ country, city: 'Larkville' }), org).billingAddress).toEqual({ city: 'Larkville', ...told }),
  );

  it.each([true, false, undefined])('says whether it asks for purchase orders: %o', purchaseOrderRequired => {
    expect(customerOf(anAccount({ purchaseOrderRequired }), org).purchaseOrderRequired).toBe(purchaseOrderRequired);
  });

  it.each([true, false, undefined])('says whether it accounts for the tax itself: %o', reverseCharge => {
    expect(customerOf(anAccount({ reverseCharge }), org).reverseCharge).toBe(reverseCharge);
  });

  it('names the customer that its invoices go to, unless that is itself, in either form of an id', () => {
    const head = customerOf(anAccount({ id: '001LF0000000009YAA' }), org);
    expect(customerOf(anAccount({ billTo: '001LF0000000009' }), org).billToId).toBe(head.id);
    expect('billToId' in customerOf(anAccount({ id: '001LF0000000009YAA', billTo: '001LF0000000009' }), org)).toBe(false);
  });

  it('has no address when nothing of it is written', () => {
    expect('billingAddress' in customerOf(anAccount({ country: undefined, city: ' ' }), org)).toBe(false);
  });

  it('belongs to the customer of its parent account', () => {
    const parent = customerOf(anAccount({ id: '001LF0000000009YAA' }), org);
    expect(customerOf(anAccount({ parentId: '001LF0000000009' }), org).parentId).toBe(parent.id);
  });
});

describe('ids', () => {
  it('are the same in both forms', () => {
    expect(to18('0018a00001rBqb8')).toBe('0018a00001rBqb8AAC');
    expect(to18('0018a00001rBqb8AAC')).toBe('0018a00001rBqb8AAC');
  });
});

describe('the rate card version of a day', () => {
  const version = (effectiveFrom?: string): RateCardInCrm => ({
    code: 'RC',
    currency: 'GBP',
    rates: [],
    ...(effectiveFrom ? { effectiveFrom } : {}),
  });
  const versions = [version('2027-01-01'), version('2025-01-01'), version('2026-01-01')];

  it.each([
    ['2026-12-31', '2026-01-01'],
    ['2027-01-01', '2027-01-01'],
    ['2024-12-31', undefined],
  ])('of %s is that of %s', (day, from) => expect(rateCardOn(versions, day)?.effectiveFrom).toBe(from));

  it('is in force from ever when it has no start', () => expect(rateCardOn([version()], '1999-01-01')).toEqual(version()));
});

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

  it('says the price of a day as such, and nothing of what is no time', () => {
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
