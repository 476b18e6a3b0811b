/**
 * Money and rates as whole numbers, so that tests compute again what the rules compute, without a
 * decimal library or floats.
 */
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

/** An exact fraction; `d` is above zero. */
export interface Ratio {
  n: bigint;
  d: bigint;
}

export const ratio = (decimal: string): Ratio => {
  const { digits, scale } = scaled(decimal);
  return { n: digits, d: scale };
};

export const whole = (n: number): Ratio => ({ n: BigInt(n), d: 1n });
export const product = (...factors: Ratio[]): Ratio => factors.reduce((a, b) => ({ n: a.n * b.n, d: a.d * b.d }), whole(1));
export const quotient = (a: Ratio, b: Ratio): Ratio => {
  const negative = b.n < 0n;
  return { n: a.n * (negative ? -b.d : b.d), d: a.d * (negative ? -b.n : b.n) };
};

/** At so many decimals, half up, away from zero; zero has no sign. */
export function rounded({ n, d }: Ratio, decimals: number): string {
  const units = divideRounded(n * 10n ** BigInt(decimals), d);
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const point = digits.length - decimals;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}${decimals === 0 ? '' : `.${digits.slice(point)}`}`;
}
