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

/** Minor units as an amount: (-5n, 3) -> "-0.005"; (7n, 0) -> "7". */
export function amountOfUnits(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  const whole = digits.slice(0, digits.length - places);
  return `${units < 0n ? '-' : ''}${whole}${places === 0 ? '' : `.${digits.slice(-places)}`}`;
}

/** Cents as an amount: -5n -> "-0.05". */
export const amountOfCents = (cents: bigint): string => amountOfUnits(cents, 2);

export const centsOf = (amount: string): bigint => {
  const { digits, scale } = scaled(amount);
  return (digits * 100n) / scale;
};
