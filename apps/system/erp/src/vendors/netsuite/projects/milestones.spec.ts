import { describe, expect, it } from 'vitest';
import { leftOver, milestoneAmountsOf } from './milestones.js';

const scheduleOf = (...amounts: number[]) => ({ id: '1', milestone: amounts.map(milestoneAmount => ({ milestoneAmount })) });

describe('what the milestones of a schedule hold', () => {
  it.each([
    ['sum to the amount of the project', [12_000, 20_000], 32_000, 'amount', 'amount'],
    ['sum to 100', [37.5, 62.5], 32_000, 'percentage', 'percentage'],
    ['sum to a hundredth of what a float adds up', [33.1, 33.2, 33.7], 32_000, 'percentage', 'percentage'],
    ['sum to 100 for a project of 100', [40, 60], 100, 'percentage', 'amount'],
    ['leave a part to be billed at once', [30, 50], 32_000, 'percentage', 'amount'],
    ['sum to more than 100', [30, 90], 32_000, 'amount', 'amount'],
    ['sum to 100 for nobody knows what', [30, 70], undefined, 'percentage', 'percentage'],
  ] as const)('that %s: %j of %s is %s in an account of percentages, %s in one of amounts', (_, amounts, price, ofPercentages, ofAmounts) => {
    const holds = (['percentage', 'amount'] as const).map(account => milestoneAmountsOf(scheduleOf(...amounts), price, account));
    expect(holds).toEqual([ofPercentages, ofAmounts]);
  });

  it('leaves what the account says, or what the sum says', () => {
    expect(leftOver({ ...scheduleOf(30, 50), initialAmountPercent: 7 }, 80, 'amount')).toBe(7);
    expect(leftOver(scheduleOf(30, 50), 160, 'percentage')).toBe(20);
    expect(leftOver(scheduleOf(33.4, 33.3, 33.3), undefined, 'percentage')).toBe(0);
    expect(leftOver(scheduleOf(30, 50), 160, 'amount')).toBe(50);
    expect(leftOver(scheduleOf(30, 50), undefined, 'amount')).toBe(0);
  });
});
