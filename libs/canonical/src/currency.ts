import { AMENDMENTS, LIST_ONE, WITHDRAWN, type CurrencyChange } from './iso-4217.data.js';

const CURRENCIES = new Map<string, CurrencyChange>(
  [
    ...Object.entries(LIST_ONE.codes).flatMap(([decimals, codes]) => codes.split(' ').map(code => ({ code, decimals: Number(decimals) }))),
    ...WITHDRAWN,
    ...Object.values(AMENDMENTS).flat(),
  ].map(currency => [currency.code, currency]),
);

/** Whether ISO 4217 has this currency, or had it once: what was worked then is billed in it still. */
export const isCurrency = (code: string): boolean => CURRENCIES.has(code);

/** Whether the currency is in use on a day. */
export function isCurrencyOn(code: string, day: string): boolean {
  const { from = day, until = day } = CURRENCIES.get(code) ?? { until: '' };
  return from <= day && day <= until;
}

/** The decimals of the currency's amounts. Rows of earlier releases may bear a code that ISO hasn't got: they are kept with two, as they were. */
export const minorUnits = (code: string): number => CURRENCIES.get(code)?.decimals ?? 2;
