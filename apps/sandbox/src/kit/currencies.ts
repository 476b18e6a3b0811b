/**
 * Decimals of currencies that do not have two, by ISO 4217 at the end of 2026. The sandboxes have
 * their own list: with the platform's, both sides would make the same mistake.
 */
const DECIMALS = new Map<string, number>([
  ...['BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND', 'VUV', 'XAF', 'XOF', 'XPF'].map(
    (code): [string, number] => [code, 0],
  ),
  ...['BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND'].map((code): [string, number] => [code, 3]),
  ...['CLF', 'UYW'].map((code): [string, number] => [code, 4]),
]);

export const decimalsOf = (currency: string): number => DECIMALS.get(currency) ?? 2;

/** How many smallest units make one unit of the currency. */
export const smallestUnits = (currency: string): number => 10 ** decimalsOf(currency);

/** `"185.00"` EUR -> 18500. */
export const inSmallestUnits = (amount: string, currency: string): number => Math.round(Number(amount) * smallestUnits(currency));
