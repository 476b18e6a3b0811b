import type { Coded, ExchangeRate, Money } from '#canonical';
import { Exact, type FoundRate, type RateRow } from '../rates/rates.rules.js';

/** A number as people read it: exact, or to six decimals where it does not end. */
export const shown = (value: InstanceType<typeof Exact> | string): string => new Exact(value).toDecimalPlaces(6).toFixed();

/** Which row gave the rate, from when to when, by which exchange rate, and which rows stood back. */
export function explainRate({ row, until, rate, exchange, passedOver, ended }: Omit<FoundRate, 'minutesPerDay'>): Coded[] {
  const { id, level, subject, unit, amount, currency, from } = row;
  const scope = [row.role, row.resourcingEntity, row.overtime === null ? null : row.overtime ? 'overtime' : 'no overtime'].filter(Boolean).join(', ');
  return [
    {
      code: until === null ? 'price.rate' : 'price.rate-until',
      params: { row: id, level, subject, scope: scope || 'any', amount, currency, unit, from, ...(until === null ? {} : { until }) },
    },
    ...(exchange && rate
      ? [explainExchange(exchange), { code: 'price.foreign-rate', params: { rate: shown(rate), currency: exchange.to, unit } }]
      : []),
    ...passedOver.map(({ row: other, because }) => ({
      code: `price.passed-over-${because}`,
      params: { row: other.id, level: other.level, amount: other.amount, currency: other.currency, unit: other.unit },
    })),
    ...ended.map(one => ({ code: 'price.rate-ended', params: endOf(one) })),
  ];
}

/** A rate that has ended, as it is named to people. */
export const endOf = ({ id, level, subject, amount, currency, unit, to }: RateRow): Record<string, string> => ({
  row: id,
  level,
  subject,
  amount,
  currency,
  unit,
  to: to!,
});

export const explainExchange = ({ from, to, rate, effectiveFrom }: ExchangeRate): Coded => ({
  code: 'price.exchange-rate',
  params: { from, to, rate, effectiveFrom },
});

/** What an amount was before it was rounded; says so only where rounding changed it. */
export function explainRounding(exact: InstanceType<typeof Exact>, rounded: Money): Coded[] {
  return exact.eq(rounded.amount)
    ? []
    : [{ code: 'price.rounded', params: { exact: shown(exact), amount: rounded.amount, currency: rounded.currency } }];
}
