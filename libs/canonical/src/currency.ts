import { AMENDMENTS, LIST_ONE, WITHDRAWN, type CurrencyChange } from './iso-4217.data.js';

const CURRENCIES = new Map<string, CurrencyChange>(
  [
    ...Object.entries(LIST_ONE.codes).flatMap(([decimals, codes]) => codes.split(' ').map(code => ({ code, decimals: Number(decimals) }))),
    ...WITHDRAWN,
    ...Object.values(AMENDMENTS).flat(),
  ].map(currency => [currency.code, currency]),
);

/** Whether ISO 4217 has this currency or once had it: older work is still billed in it. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

/** Whether the currency is in use on a day. */
export function isCurrencyOn(code: string, day: string): boolean {
  const { from = day, until = day } = CURRENCIES.get(code) ?? { until: '' };
  return from <= day && day <= until;
}

/**
 * The decimals of the currency's amounts. Rows of earlier releases may have a code that ISO lacks:
 * these keep two decimals.
 */
export const minorUnits = (code: string): number => CURRENCIES.get(code)?.decimals ?? 2;
