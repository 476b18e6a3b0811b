import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { money } from '#canonical';
import { amountOfCents, divideRounded } from '../pricing/integers.fixture.js';
import { costOfTime, intercompanyExpense, intercompanyOf, type Lending } from './intercompany.rules.js';

const lending = (over: Partial<Lending> = {}): Lending => ({
  owningEntity: 'LF-UK',
  lendingEntity: 'LF-DE',
  sale: money('1200', 'GBP'),
  worth: money('1200', 'GBP'),
  cost: money('756', 'EUR'),
  ...over,
});

describe('a worker of one entity on a project of another', () => {
  it('makes the owner a cost and an unbilled sale, and the lender a cost and a sale to the owner', () => {
    expect(intercompanyOf(lending(), 80)).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningCost: money('960', 'GBP'),
      owningUnbilledSale: money('1200', 'GBP'),
      lendingCost: money('756', 'EUR'),
      lendingSale: money('960', 'GBP'),
    });
  });

  it('is nothing within one entity', () => {
    expect(intercompanyOf(lending({ lendingEntity: 'LF-UK' }), 80)).toBeNull();
  });

  it('is paid for by its worth where nothing is billed for it', () => {
    expect(intercompanyOf(lending({ sale: money('0', 'GBP') }), 80)).toMatchObject({
      owningUnbilledSale: money('0', 'GBP'),
      lendingSale: money('960', 'GBP'),
    });
  });

  it('is paid for at cost where no worth is known, and is told to be unknown where neither is', () => {
    expect(intercompanyOf(lending({ worth: null }), 80)).toMatchObject({ owningCost: money('756', 'EUR'), lendingSale: money('756', 'EUR') });
    expect(intercompanyOf(lending({ sale: money('0', 'GBP'), worth: null, cost: null }), 80)).toEqual({
      owningEntity: 'LF-UK',
      lendingEntity: 'LF-DE',
      owningCost: null,
      owningUnbilledSale: money('0', 'GBP'),
      lendingCost: null,
      lendingSale: null,
    });
  });

  it('keeps its cost from those who may not see it', () => {
    expect(intercompanyOf(lending({ cost: costOfTime(undefined, 450) }), 80)).toMatchObject({ lendingCost: null, lendingSale: money('960', 'GBP') });
  });

  it('has its expenses passed on as they were spent', () => {
    const { owningEntity, lendingEntity } = lending();
    expect(intercompanyExpense({ owningEntity, lendingEntity, sale: money('92.62', 'GBP'), cost: money('84.20', 'GBP') })).toMatchObject({
      owningCost: money('84.20', 'GBP'),
      owningUnbilledSale: money('92.62', 'GBP'),
      lendingSale: money('84.20', 'GBP'),
    });
  });

  it('has a transfer price that whole numbers give, the same on both sides so that it eliminates', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.integer({ min: 0, max: 150 }), (cents, percent) => {
        const facts = intercompanyOf(lending({ worth: { amount: amountOfCents(cents), currency: 'GBP' } }), percent)!;
        expect(facts.owningCost).toEqual(facts.lendingSale);
        expect(facts.lendingSale!.amount).toBe(amountOfCents(divideRounded(cents * BigInt(percent), 100n)));
      }),
    );
  });
});

describe('the cost of time', () => {
  it("is the hour's cost times the hours, rounded once, in the lender's currency", () => {
    expect(costOfTime(money('100.80', 'EUR'), 450)).toEqual(money('756', 'EUR'));
    expect(costOfTime(money('89.63', 'GBP'), 20)).toEqual(money('29.88', 'GBP'));
  });
});
