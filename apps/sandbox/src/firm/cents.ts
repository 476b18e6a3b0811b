/** `"185.00"` -> 18500. The currencies of the firm's entities all have two decimals. */
export const toCents = (amount: string): number => Math.round(Number(amount) * 100);

export const fromCents = (cents: number): string => `${Math.trunc(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;

/**
 * Shares `total` in proportion to `weights`; the parts sum to it, the last takes what rounding
 * leaves.
 */
export function shares(total: number, weights: number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const parts = weights.map(weight => Math.floor((total * weight) / sum));
  parts[parts.length - 1] += total - parts.reduce((a, b) => a + b, 0);
  return parts;
}
