import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import type { Codes } from '../netsuite.references.js';
import { exchangeRateOf, invoiceOf, isMonth, newestOf, periodOf } from './books.mapper.js';
import { readInvoice } from './books.wire.js';

const byId: Record<string, string> = { '1': 'USD', '2': 'GBP', '10': 'LF-UK' };
const code = (reference: { id: string } | undefined) => reference && byId[reference.id];
const codes = { currency: code, legalEntity: code } as unknown as Codes;

describe('the books', () => {
  const rate = (over: object) => ({ basecurrency: '1', transactioncurrency: '2', effective: '2026-11-01', rate: '1.27', ...over });

  it('state the price of one unit of the foreign currency in the base one, and the newest row of a day', () => {
    const rates = [rate({}), rate({ rate: '1.2800' }), rate({ basecurrency: '2', transactioncurrency: '1', rate: '0.79' })];
    expect(newestOf(rates.map(row => exchangeRateOf(row, codes)))).toEqual([
      { id: 'GBP-USD-2026-11-01', from: 'GBP', to: 'USD', effectiveFrom: '2026-11-01', rate: '1.28' },
      { id: 'USD-GBP-2026-11-01', from: 'USD', to: 'GBP', effectiveFrom: '2026-11-01', rate: '0.79' },
    ]);
  });

  it.each([
    [{ transactioncurrency: '99' }, 'transactioncurrency', 'known'],
    [{ basecurrency: undefined }, 'basecurrency', 'present'],
    [{ effective: '2026-02-30' }, 'effective', 'day'],
    [{ rate: '1,27' }, 'rate', 'amount'],
  ])('name the field of a rate that is wrong: %o', (over, field, rule) => {
    expect(() => exchangeRateOf(rate(over), codes)).toThrow(expect.objectContaining({ broken: [{ field, rule }] }));
  });

  it.each([
    [{}, true],
    [{ closed: 'T' }, false],
    [{ arlocked: 'T' }, false],
    [{ alllocked: 'T' }, false],
    [{ aplocked: 'T' }, true],
  ])('have a month with %o open: %s', (flags, open) => {
    expect(periodOf({ id: '5', name: 'Nov 2026', starts: '2026-11-01', ends: '2026-11-30', closed: 'F', ...flags })).toEqual({
      id: 'period-5',
      legalEntity: '*',
      name: 'Nov 2026',
      startDate: '2026-11-01',
      endDate: '2026-11-30',
      open,
    });
  });

  it.each(['isyear', 'isquarter', 'isadjust'])('leave periods out that nothing is posted to: %s', flag => {
    expect(isMonth({ id: '5', [flag]: 'T' })).toBe(false);
  });

  it('contain the lines of an invoice that are ours', () => {
    const invoice = readInvoice({
      id: '900001',
      tranId: 'INV900001',
      status: { id: 'B', refName: 'Paid In Full' },
      subsidiary: { id: '10' },
      currency: { id: '2' },
      job: { id: '77' },
      tranDate: '2026-11-30',
      dueDate: '2026-12-30',
      total: 120.1,
      amountRemaining: 0,
      time: { items: [{ doc: { id: '1' } }, { doc: { id: '2' } }] },
      expCost: { items: [{ doc: { id: '3' } }] },
      item: { items: [{ charge: { id: '4' } }, { item: { id: '8' } }] },
    });
    const names = {
      codes,
      time: new Map([
        ['1', 'tl-tim_1-v1'],
        ['2', 'entered-by-hand'],
      ]),
      report: new Map([['3', 'tl-exp_1-v1']]),
      charge: new Map([['4', 'tl-exp_2-v1']]),
      job: new Map([['77', 'prj_1']]),
    };
    expect(invoiceOf(invoice, names, { account: 'A', appUrl: 'https://a' })).toEqual({
      id: expect.stringMatching(/^inv_/),
      number: 'INV900001',
      status: 'paid',
      projectId: 'prj_1',
      legalEntity: 'LF-UK',
      date: '2026-11-30',
      dueDate: '2026-12-30',
      total: money('120.1', 'GBP'),
      amountDue: money('0', 'GBP'),
      transactions: ['tl-exp_1-v1', 'tl-exp_2-v1', 'tl-tim_1-v1'],
      refs: [expect.objectContaining({ type: 'invoice', nativeId: '900001' })],
    });
  });
});
