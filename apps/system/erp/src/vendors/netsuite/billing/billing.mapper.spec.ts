import fc from 'fast-check';
import { Decimal } from 'decimal.js';
import { describe, expect, it, vi } from 'vitest';
import { money, type BillableTransaction } from '#canonical';
import { heldLine, hoursText, lineBody, minutesOf, refusalOf, transactionOf, type LineSettings } from './billing.mapper.js';
import type { Codes } from '../netsuite.references.js';

const settings: LineSettings = {
  taxCodeField: 'custcol_tax_code',
  postingDateField: 'custcol_posting_date',
  approvedTime: '3',
  approvedReport: '2',
  customPrice: '-1',
  chargeType: '-20',
  rateDecimals: 2,
};
const ids = { taxCode: (code: string) => ({ 'GB-S20': '7' })[code], currency: (code: string) => ({ GBP: '2', USD: '1' })[code] };
const byId: Record<string, string> = { '1': 'USD', '2': 'GBP', '10': 'LF-UK' };
const code = (reference: { id: string } | undefined) => reference && byId[reference.id];
const codes = { currency: code, legalEntity: code } as unknown as Codes;
const ref = { system: 'netsuite', account: 'A', type: 'timeBill', nativeId: '500001' };

const line: BillableTransaction = {
  externalId: 'tl-tim_1-v2',
  kind: 'time',
  projectId: 'prj_1',
  taskId: 'tsk_1',
  employeeNumber: 'LF-1001',
  legalEntity: 'LF-UK',
  costCentre: 'CC-210',
  taxCode: 'GB-S20',
  workDate: '2026-10-30',
  postingDate: '2026-11-02',
  billable: true,
  minutes: 450,
  role: 'ARCHITECT',
  ratePerHour: money('150', 'GBP'),
  amount: money('1125', 'GBP'),
  memo: 'Design workshop',
};
const expense: BillableTransaction = {
  ...line,
  externalId: 'tl-exp_1-v1',
  kind: 'expense',
  minutes: undefined,
  role: undefined,
  ratePerHour: undefined,
  category: 'LODGING',
  spent: money('84.5', 'GBP'),
  amount: money('84.5', 'GBP'),
};

describe('a line as NetSuite’s record', () => {
  it('has no other rate computed where ours makes its amount, and its money compared as text', () => {
    const [divided, compared] = [vi.spyOn(Decimal.prototype, 'div'), vi.spyOn(Decimal.prototype, 'eq')];
    heldLine(line, settings);
    expect([divided.mock.calls.length, compared.mock.calls.length]).toEqual([2, 0]);
    vi.restoreAllMocks();
  });

  it('of time has our rate, locked, on the day it was worked, and is posted when that is open', () => {
    expect(lineBody(line, ids, settings)).toEqual({
      externalId: 'tl-tim_1-v2',
      employee: { externalId: 'LF-1001' },
      customer: { externalId: 'prj_1' },
      caseTaskEvent: { externalId: 'tsk_1' },
      item: { externalId: 'ARCHITECT' },
      tranDate: '2026-10-30',
      custcol_posting_date: '2026-11-02',
      hours: '7:30',
      isBillable: true,
      timeType: { id: 'A' },
      approvalStatus: { id: '3' },
      price: { id: '-1' },
      rate: 150,
      overrideRate: true,
      department: { externalId: 'CC-210' },
      memo: 'Design workshop',
      custcol_tax_code: { id: '7' },
    });
  });

  it('leaves the tax to NetSuite, and the posting date out, where the account has no field for them', () => {
    const body = lineBody(line, ids, { ...settings, taxCodeField: '', postingDateField: '' });
    expect(Object.keys(body).filter(name => name.startsWith('cust') && name !== 'customer')).toEqual([]);
  });

  it('sends a code that the account has not as it is, so that the ERP refuses that line by name', () => {
    expect(lineBody({ ...line, taxCode: 'XX-1' }, ids, settings)).toMatchObject({ custcol_tax_code: { id: 'XX-1' } });
  });

  it('of an expense is a report of one line, whose line has a number so that writing it again adds none', () => {
    expect(lineBody(expense, ids, settings)).toMatchObject({
      entity: { externalId: 'LF-1001' },
      tranDate: '2026-11-02',
      expensereportcurrency: { id: '2' },
      approvalStatus: { id: '2' },
      expense: {
        items: [
          {
            line: 1,
            expensedate: '2026-10-30',
            category: { externalId: 'LODGING' },
            amount: 84.5,
            customer: { externalId: 'prj_1' },
            isBillable: true,
          },
        ],
      },
    });
  });

  it('of an expense is what was spent, in the currency of that, whatever is billed', () => {
    const cost = { ...expense, asSpent: true, billable: false, amount: money('0', 'GBP'), spent: money('60', 'USD') };
    const { expensereportcurrency, expense: report } = lineBody(cost, ids, settings) as Record<string, any>;
    expect([expensereportcurrency, report.items[0]]).toMatchObject([{ id: '1' }, { amount: 60, currency: { id: '1' }, isBillable: false }]);
  });

  it('of an expense that an earlier release claimed stays what it was sent as: what was billed', () => {
    const claimed = { ...expense, billable: false, amount: money('0', 'GBP'), spent: money('60', 'GBP') };
    const { expense: report } = lineBody(claimed, ids, settings) as Record<string, any>;
    expect(report.items[0]).toMatchObject({ amount: 0, isBillable: false });
  });

  it('of a charge is one of the amount we priced, in the contract’s currency', () => {
    const charge = { ...expense, kind: 'charge' as const, spent: money('100', 'EUR'), amount: money('97.75', 'GBP') };
    expect(lineBody(charge, ids, settings)).toMatchObject({
      billTo: { externalId: 'prj_1' },
      chargeDate: '2026-11-02',
      serviceStartDate: '2026-10-30',
      serviceEndDate: '2026-10-30',
      stage: { id: 'READY_FOR_BILLING' },
      chargeType: { id: '-20' },
      quantity: 1,
      rate: 97.75,
      amount: 97.75,
      currency: { id: '2' },
      description: 'LODGING: Design workshop',
    });
    expect(lineBody({ ...charge, billable: false }, ids, settings)).toMatchObject({ stage: { id: 'NON_BILLABLE' } });
  });

  const rates: [string, number, string, number, number, string][] = [
    // rate, minutes, amount, decimals kept, rate sent, NetSuite's amount
    ['124.875', 480, '999.00', 6, 124.875, '999.00'],
    ['124.875', 480, '999.00', 3, 124.875, '999.00'],
    ['124.875', 480, '999.00', 2, 124.88, '999.04'],
    ['33.3333', 6_000, '3333.33', 4, 33.3333, '3333.33'],
    ['33.3333', 6_000, '3333.33', 2, 33.33, '3333.00'],
    ['1.432857', 210, '5.02', 6, 1.434286, '5.02'],
    ['1.432857', 210, '5.02', 2, 1.43, '5.01'],
    ['33.3333', 15, '8.33', 2, 33.33, '8.33'],
    ['150.00', 90, '225.00', 2, 150, '225.00'],
    ['124.875', -480, '-999.00', 2, 124.88, '-999.04'],
    ['0.00', 60, '0.00', 2, 0, '0.00'],
  ];

  it.each(rates)('sends a rate of %s for %i minutes that are %s to the %i decimals that are kept: %d, which is %s', (...example) => {
    const [rate, minutes, amount, rateDecimals, sent, held] = example;
    const time = { ...line, minutes, ratePerHour: { amount: rate, currency: 'GBP' }, amount: money(amount, 'GBP') };
    expect(lineBody(time, ids, { ...settings, rateDecimals })).toMatchObject({ rate: sent });
    expect(heldLine(time, { ...settings, rateDecimals }).amount).toEqual(money(held, 'GBP'));
  });

  it('reads worked minutes back as they were, from the decimal hours that SuiteQL tells', () => {
    expect([450, 5, -65, 1440, 0].map(hoursText)).toEqual(['7:30', '0:05', '-1:05', '24:00', '0:00']);
    fc.assert(fc.property(fc.integer({ min: -60_000, max: 60_000 }), minutes => minutesOf((minutes / 60).toFixed(6)) === minutes));
  });
});

describe('a row of what is there', () => {
  it.each([
    [
      'unbilled time: hours times rate, half up at the minor unit',
      { hours: '0.083333', rate: '100.5', currency: '2', subsidiary: '10', posted: 'F' },
      { minutes: 5, amount: money('8.38', 'GBP'), ratePerHour: { amount: '100.5', currency: 'GBP' }, legalEntity: 'LF-UK', status: 'unbilled' },
    ],
    [
      'posted time',
      { hours: '1', rate: '10', currency: '1', posted: 'T' },
      { minutes: 60, amount: money('10', 'USD'), ratePerHour: { amount: '10', currency: 'USD' }, status: 'posted' },
    ],
    ['a billed charge', { amount: '97.75', currency: '2', billed: 'T' }, { amount: money('97.75', 'GBP'), status: 'billed' }],
    ['one whose currency nobody knows: without an amount', { amount: '5' }, { status: 'unbilled' }],
  ])('is %s', (_, row, told) => {
    expect(transactionOf('time', { id: '500001', externalid: 'tl-x-v1', ...row }, codes, ref)).toEqual({
      externalId: 'tl-x-v1',
      kind: 'time',
      ref,
      ...told,
    });
  });
});

describe('NetSuite’s refusals', () => {
  it.each([
    ['This time has already been billed and cannot be edited or deleted.', 'already-billed'],
    ['This time has been posted and cannot be edited or deleted. Void the posting first.', 'already-billed'],
    ['Error while accessing resource: You have entered an Invalid Field Value prj_1 for the following field: customer', 'unknown-project'],
    ['You have entered an Invalid Field Value 53384 for the following field: customer.', 'project-closed'],
    ['You have entered an Invalid Field Value prj_1 for the following field: billTo', 'unknown-project'],
    ['You have entered an Invalid Field Value E-1 for the following field: employee', 'unknown-employee'],
    ['You have entered an Invalid Field Value E-1 for the following field: entity', 'unknown-employee'],
    ['The accounting period Oct 2026 is closed. Enter another date.', 'period-closed'],
    ['The accounting period Oct 2026 is locked. Enter another date.', 'period-closed'],
    ['The transaction date you specified is not within the date range of your accounting periods.', 'period-closed'],
    ['You have entered an Invalid Field Value -1:00 for the following field: hours.', 'reversal-not-allowed'],
    ['You have entered an Invalid Field Value -5 for the following field: amount.', 'reversal-not-allowed'],
    ['You have entered an Invalid Field Value abc for the following field: hours.', 'refused'],
    ['You have entered an Invalid Field Value XX for the following field: custcol_tax_code', 'refused'],
    ['Error while accessing a resource. Please enter value(s) for: Service Item.', 'refused'],
  ])('%s', (message, expected) => {
    expect(refusalOf({ code: 'USER_ERROR', message })).toEqual({ code: expected, detail: `USER_ERROR: ${message}` });
  });
});
