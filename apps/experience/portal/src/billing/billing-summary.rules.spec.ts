import { describe, expect, it } from 'vitest';
import { text } from '#apis';
import type { LineState } from '#canonical';
import { codedOf } from '../values/sentence.model.js';
import { standingOf, summed, type LineGroup } from './billing-summary.rules.js';

const at = (day: number): Date => new Date(Date.UTC(2026, 10, day));
const group = (state: LineState, over: Partial<LineGroup> = {}): LineGroup => ({
  state,
  desk: null,
  currency: 'GBP',
  overage_currency: null,
  estimated: false,
  lines: 1,
  minutes: 60,
  amount: '100',
  over_lines: 0,
  over_minutes: 0,
  over_amount: null,
  oldest: at(16),
  ...over,
});
const said = (...groups: LineGroup[]): string => text(codedOf(standingOf(summed(groups))), 'en');

describe('the sums of lines', () => {
  it('are per state and currency, exact, in the order of the way to the bank', () => {
    const summary = summed([
      group('posted', { amount: '0.1', lines: 3, minutes: 180 }),
      group('ready', { amount: '0.2' }),
      group('posted', { amount: '0.2', oldest: at(9) }),
      group('posted', { currency: 'EUR', amount: '7', overage_currency: 'EUR', over_lines: 1, over_minutes: 30, over_amount: '3.5' }),
    ]);
    expect(summary.states.map(({ state, lines, minutes, oldest }) => [state, lines, minutes, oldest])).toEqual([
      ['ready', 1, 60, at(16)],
      ['posted', 5, 300, at(9)],
    ]);
    expect(summary.states[1].money).toEqual([
      { amount: '7.00', currency: 'EUR', items: 1, estimated: false },
      { amount: '0.30', currency: 'GBP', items: 4, estimated: false },
    ]);
    expect(summary.money).toEqual([
      { amount: '7.00', currency: 'EUR', items: 1, estimated: false },
      { amount: '0.50', currency: 'GBP', items: 5, estimated: false },
    ]);
    expect(summary.overage).toEqual({ lines: 1, minutes: 30, money: [{ amount: '3.50', currency: 'EUR', items: 1, estimated: false }] });
  });

  it('leave out of totals the lines that are not to be billed, and count estimates and lines without one', () => {
    const summary = summed([
      group('withdrawn', { amount: '900' }),
      group('skipped', { amount: '800' }),
      group('blocked', { desk: 'finance', amount: '50', estimated: true, lines: 2 }),
      group('blocked', { desk: 'pmo', amount: null, currency: null, oldest: at(2) }),
      group('billed'),
    ]);
    expect(summary).toMatchObject({ lines: 6, minutes: 180, money: [{ amount: '150.00', currency: 'GBP', items: 3, estimated: true }] });
    expect(summary.blocked).toEqual([
      { desk: 'finance', lines: 2, unpriced: 0, money: [{ amount: '50.00', currency: 'GBP', items: 2, estimated: true }], oldest: at(16) },
      { desk: 'pmo', lines: 1, unpriced: 1, money: [], oldest: at(2) },
    ]);
  });
});

describe('where lines stand', () => {
  it.each([
    ['there are none', [], 'No approved time or expenses are known of it.'],
    [
      'some are blocked',
      [group('blocked', { desk: 'finance', lines: 2 }), group('blocked', { desk: 'pmo', oldest: at(9) }), group('ready'), group('paid')],
      '3 of 5 lines are not billed because something has to be put right by finance, pmo, the oldest since 2026-11-09T00:00:00.000Z; waiting to be posted: 1; posted: 0; billed: 1.',
    ],
    [
      'a credit has to be made',
      [group('needs-credit', { desk: 'finance' })],
      '1 of 1 lines are not billed because something has to be put right by finance, the oldest since 2026-11-16T00:00:00.000Z; waiting to be posted: 0; posted: 0; billed: 0.',
    ],
    [
      'a credit is on its way',
      [group('needs-credit'), group('billed')],
      '1 of 2 lines wait until an older version is credited; posted: 0; billed: 1.',
    ],
    [
      'some wait to be posted',
      [group('ready', { oldest: at(9) }), group('received'), group('ready'), group('correcting'), group('posted', { lines: 3 })],
      '4 of 7 lines wait to be posted to the ERP, the oldest since 2026-11-09T00:00:00.000Z; posted: 3; billed: 0.',
    ],
    ['all are posted', [group('posted', { lines: 3 }), group('billed')], 'Posted to the ERP, but not on an invoice yet: 3 of 4 lines; billed: 1.'],
    [
      'all are on invoices',
      [
        group('billed', { lines: 2 }),
        group('paid'),
        group('overage', { overage_currency: 'GBP', over_lines: 1, over_amount: '5' }),
        group('withdrawn'),
      ],
      'Everything that is to be billed is on invoices: 3 of 5 lines, 1 of them paid; partly or wholly over the cap: 1; not to be billed: 1.',
    ],
    [
      'all is paid',
      [group('paid', { lines: 2 })],
      'Everything that was to be billed is paid: 2 of 2 lines; partly or wholly over the cap: 0; not to be billed: 0.',
    ],
    ['all is over the cap', [group('overage', { lines: 2 })], 'Nothing is billed: the lines (2) are over the cap of the project.'],
    ['all was taken back', [group('withdrawn'), group('skipped')], 'None of the lines (2) is to be billed: they were withdrawn or skipped.'],
  ])('when %s', (_when, groups, sentence) => {
    expect(said(...groups)).toBe(sentence);
  });
});
