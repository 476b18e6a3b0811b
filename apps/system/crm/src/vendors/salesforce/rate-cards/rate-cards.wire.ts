import { NONE, type Row } from '#connector';
import type { SalesforceConfig } from '../salesforce.config.js';
import { currencyField, currencyOf, checked, fieldList, inside, number, orderOf, required, text } from '../salesforce.wire.js';

export interface SalesforceRateCard {
  id: string;
  code: string;
  effectiveFrom?: string;
  legalEntity?: string;
  currency?: string;
  /** `price` is of `unit`; without one, of an hour. */
  rates: { role?: string; price?: number; unit?: string }[];
}

export function rateCardSelect(c: SalesforceConfig): string {
  const own = fieldList(['Id', c.rateCardCode, c.rateCardEffectiveFrom, c.rateCardLegalEntity, ...currencyField(c)]);
  return `SELECT ${own}, (SELECT ${fieldList(['Id', c.rateRole, c.ratePerHour, c.rateUnit])} FROM ${c.rates} ORDER BY ${orderOf(c.rateRole)}) FROM ${c.rateCardObject}`;
}

export function readRateCard(row: Row, rates: Row[], c: SalesforceConfig): SalesforceRateCard {
  return {
    id: required(row, 'Id'),
    code: required(row, c.rateCardCode),
    // Where cards have a first checked, one without it would price every day that ever was.
    effectiveFrom:
      c.rateCardEffectiveFrom === NONE ? undefined : (checked(row, c.rateCardEffectiveFrom, 'day') ?? required(row, c.rateCardEffectiveFrom)),
    legalEntity: text(row, c.rateCardLegalEntity),
    currency: currencyOf(row, c) ?? required(row, 'CurrencyIsoCode'),
    rates: rates.map(rate =>
      inside(c.rates, rate, () => ({ role: text(rate, c.rateRole), price: number(rate, c.ratePerHour), unit: text(rate, c.rateUnit) })),
    ),
  };
}
