import { describe, expect, it } from 'vitest';
import { brokenRules, type Rule } from './record-fault.js';

describe('a number in a record of a vendor', () => {
  const breaks = (rule: Rule, value: unknown) => brokenRules({ field: value }, { field: rule }).length > 0;

  it.each(['number', 'positive', 'amount'] as const)('that has more digits before the point than are kept breaks the rule %s', rule => {
    expect([1, 999_999_999_999_999, 0.000001].map(value => breaks(rule, value))).toEqual([false, false, false]);
    expect([1e15, Infinity, Number.MAX_VALUE, NaN].map(value => breaks(rule, value))).toEqual([true, true, true, true]);
  });

  it('is no larger where it is written in digits, or below zero', () => {
    expect(['999999999999999.99', '-999999999999999', '007'].map(value => breaks('amount', value))).toEqual([false, false, false]);
    expect(['1000000000000000', '-1000000000000000.01', '9'.repeat(400), '1e3'].map(value => breaks('amount', value))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    expect(breaks('number', -1e15)).toBe(true);
  });
});
