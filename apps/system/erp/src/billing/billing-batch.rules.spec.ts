import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import type { BillableTransactionInErp } from './billable-transaction-in-erp.js';
import { isAsWanted, leftOverOf, outcomesOf, sendableOf, summaryOf, type ErpLines } from './billing-batch.rules.js';
import { aCharge, aLine, anExpense, post, remove } from './billing.fixture.js';

const ref = { system: 'erp', account: 'A', type: 'time', nativeId: '1' };
const [one, two] = [aLine({ minutes: 60 }), aLine({ minutes: 30 })];
const claimed = anExpense({ billable: false, amount: money('0', 'GBP'), spent: money('60', 'GBP') });
const cost = { ...claimed, asSpent: true };
const held = (line = one, over: Partial<BillableTransactionInErp> = {}): BillableTransactionInErp => ({
  externalId: line.externalId,
  kind: line.kind,
  minutes: line.minutes,
  amount: line.amount,
  status: 'unbilled',
  ref,
  ...over,
});
const seen = (...all: BillableTransactionInErp[]): ErpLines => new Map(all.map(line => [line.externalId, line]));

describe('a batch that was sent', () => {
  it.each([
    ['all there', post(one, two), seen(held(), held(two)), true],
    ['one missing', post(one, two), seen(held()), false],
    ['other hours', post(one), seen(held(one, { minutes: 61 })), false],
    ['other money', post(one), seen(held(one, { amount: money('1', 'GBP') })), false],
    ['money that the ERP does not tell', post(one), seen(held(one, { amount: undefined })), true],
    ['what was spent', post(cost), seen(held(cost, { amount: cost.spent })), true],
    ['what an earlier release recorded at what was billed', post(claimed), seen(held(claimed)), true],
    ['a removal with all gone', remove(one, two), seen(), true],
    ['a removal with one there', remove(one, two), seen(held(two)), false],
  ])('is as wanted or not: %s', (_, batch, shown, wanted) => {
    expect(isAsWanted(batch, shown)).toBe(wanted);
  });

  it('asks one by one about lines that are missing, or still there without a visible reason', () => {
    expect(leftOverOf(post(one, two), seen(held()))).toEqual([two.externalId]);
    expect(leftOverOf(remove(one, two), seen(held(one, { status: 'billed' }), held(two)))).toEqual([two.externalId]);
  });

  it('states the outcome of each line, in its order', () => {
    const refusal = { code: 'unknown-project' as const, detail: 'no such project' };
    expect(outcomesOf(post(one, two), seen(held(one, { amount: money('99', 'GBP') })), new Map([[two.externalId, refusal]]))).toEqual([
      { externalId: one.externalId, result: 'posted', ref, amount: money('99', 'GBP') },
      { externalId: two.externalId, result: 'refused', ...refusal },
    ]);
    expect(outcomesOf(remove(one, two), seen(held(one, { status: 'billed' })), new Map())).toEqual([
      { externalId: one.externalId, result: 'refused', ref, code: 'already-billed', detail: 'It is billed already.' },
      { externalId: two.externalId, result: 'removed' },
    ]);
    expect(outcomesOf(post(one), seen(), new Map())).toMatchObject([{ result: 'refused', code: 'refused' }]);
  });
});

describe('reversals', () => {
  const reversal = aLine({ minutes: -60, amount: money('-150', 'GBP') });
  const credit = aCharge({ amount: money('-10', 'GBP') });

  it('are sent where the ERP takes them, and refused before that where it does not', () => {
    expect(sendableOf(post(one, reversal), { corrections: ['deletion', 'negative-line'] })).toEqual({ batch: post(one, reversal), refused: [] });
    expect(sendableOf(post(one, reversal), { corrections: ['deletion', 'credit'] })).toMatchObject({
      batch: post(one),
      refused: [{ externalId: reversal.externalId, result: 'refused', code: 'reversal-not-allowed' }],
    });
    expect(sendableOf(post(credit), { corrections: ['deletion', 'credit'] }).batch.transactions).toEqual([]);
  });
});

it('a batch is summed up by what was accepted, with its money, and what was not', () => {
  const outcomes = outcomesOf(post(one, two), seen(held()), new Map());
  expect(summaryOf(post(one, two), outcomes)).toEqual({
    taken: [one.externalId],
    refused: [outcomes[1]],
    money: [{ ...one.amount, items: 1, estimated: false }],
  });
});
