import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addMoney, minorUnits, money } from '#canonical';
import { percentagesOf, totalOf } from './milestone-shares.rules.js';

const gbp = (amount: string) => money(amount, 'GBP');

describe('percentages of a project', () => {
  it.each([
    ['32000', ['12000', '20000'], [37.5, 62.5]],
    ['100', ['33.33', '33.33', '33.34'], [33.33, 33.33, 33.34]],
    ['1', ['0.33', '0.33', '0.34'], [33, 33, 34]],
    ['3', ['1', '1', '1'], [33.4, 33.3, 33.3]],
    ['50000', ['16666.67', '16666.67', '16666.66'], [33.33334, 33.33334, 33.33332]],
    ['10', ['10', '0'], [100, 0]],
  ])('of %s as %j are %j: as few decimals as keep the minor unit', (price, amounts, percentages) => {
    expect(percentagesOf(amounts.map(gbp), gbp(price))).toEqual(percentages);
  });

  it.each([
    ['a price of nothing', '0', ['0']],
    ['amounts that a number of JSON cannot tell apart', '99999999999999.99', ['33333333333333.33', '66666666666666.66']],
  ])('are not told for %s', (_, price, amounts) => {
    expect(percentagesOf(amounts.map(gbp), gbp(price))).toBeUndefined();
  });

  /** In whole minor units, with no arithmetic of ours: what a percentage comes to, half up. */
  const billed = (price: bigint, percentage: number): bigint => {
    const [whole, decimals = ''] = percentage.toFixed(12).split('.');
    return (price * BigInt(whole + decimals) * 2n + 10n ** 14n) / (2n * 10n ** 14n);
  };

  it('sum to 100, and what is billed by them is each amount to the minor unit, in any currency', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GBP', 'JPY', 'KWD'),
        fc.array(fc.bigInt({ min: 0n, max: 100_000_000_000n }), { minLength: 1, maxLength: 12 }).filter(parts => parts.some(part => part > 0n)),
        (currency, parts) => {
          const amounts = parts.map(part => money(Number(part) / 10 ** minorUnits(currency), currency));
          const percentages = percentagesOf(amounts, addMoney(amounts[0], ...amounts.slice(1)))!;
          const total = parts.reduce((sum, part) => sum + part, 0n);
          expect(percentages.map(percentage => billed(total, percentage))).toEqual(parts);
          expect(totalOf(percentages).toNumber()).toBe(100);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
