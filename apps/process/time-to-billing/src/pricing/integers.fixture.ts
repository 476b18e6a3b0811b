/** Money and rates as whole numbers, for tests to compute again what the rules compute, with no decimal library and no float at all. */
export function scaled(decimal: string): { digits: bigint; scale: bigint } {
  const [whole, fraction = ''] = decimal.split('.');
  return { digits: BigInt(whole + fraction), scale: 10n ** BigInt(fraction.length) };
}

/** Half up, away from zero. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [n, d] = [numerator < 0n ? -numerator : numerator, denominator < 0n ? -denominator : denominator];
  const rounded = (2n * n + d) / (2n * d);
  return negative ? -rounded : rounded;
}

/** Cents as an amount: -5n -> "-0.05". */
export function amountOfCents(cents: bigint): string {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return `${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

export const centsOf = (amount: string): bigint => {
  const { digits, scale } = scaled(amount);
  return (digits * 100n) / scale;
};
