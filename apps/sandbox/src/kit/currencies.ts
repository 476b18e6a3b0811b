/**
 * Decimals of the currencies that have not two, by ISO 4217 at the end of 2026. A list of the sandboxes' own: if it were ours, both sides
 * would be wrong together.
 */
const DECIMALS = new Map<string, number>([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
    (code): [string, number] => [code, 0],
  ),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code): [string, number] => [code, 3]),
  ...['CLF', 'UYW'].map((code): [string, number] => [code, 4]),
]);

export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? 2;

/** How many of the smallest unit a unit of the currency has. */
export const smallestUnits = (currency: string): number => 10 ** decimalsOf(currency);

/** `"185.00"` EUR -> 18500. */
export const inSmallestUnits = (amount: string, currency: string): number => Math.round(Number(amount) * smallestUnits(currency));
