import { message, type Message } from '#apis';
import type { ExchangeRate, Money } from '#canonical';
import { Exact, type FoundRate, type RateRow } from '../rates/rates.rules.js';

/** A number for people: exact, or to six decimals where it does not end. */
export const shown = (value: InstanceType<typeof Exact> | string): string => new Exact(value).toDecimalPlaces(6).toFixed();

/**
 * Explains which row gave the rate, for which days, at which exchange rate, and which rows were not
 * used.
 */
export function explainRate({ row, until, rate, exchange, passedOver, ended }: Omit<FoundRate, 'minutesPerDay'>): Message[] {
  const { id, level, subject, unit, amount, currency, from } = row;
  const scope = [row.role, row.resourcingEntity, row.overtime === null ? null : row.overtime ? 'overtime' : 'no overtime'].filter(Boolean).join(', ');
  const params = { row: id, level, subject, scope: scope || 'any', amount, currency, unit, from };
  return [
    until === null ? message('price.rate', params) : message('price.rate-until', { ...params, until }),
    ...(exchange && rate ? [explainExchange(exchange), message('price.foreign-rate', { rate: shown(rate), currency: exchange.to, unit })] : []),
    ...passedOver.map(({ row: other, because }) => {
      const stoodBack = { row: other.id, level: other.level, amount: other.amount, currency: other.currency, unit: other.unit };
      return because === 'level' ? message('price.passed-over-level', stoodBack) : message('price.passed-over-scope', stoodBack);
    }),
    ...ended.map(one => message('price.rate-ended', endOf(one))),
  ];
}

/** The parameters that name an ended rate to people. */
export const endOf = ({ id, level, subject, amount, currency, unit, to }: RateRow) => ({
  row: id,
  level,
  subject,
  amount,
  currency,
  unit,
  to: to!,
});

export const explainExchange = ({ from, to, rate, effectiveFrom }: ExchangeRate): Message => ({
  code: 'price.exchange-rate',
  params: { from, to, rate, effectiveFrom },
});

/** The amount before rounding; said only where rounding changed it. */
export function explainRounding(exact: InstanceType<typeof Exact>, rounded: Money): Message[] {
  return exact.eq(rounded.amount)
    ? []
    : [{ code: 'price.rounded', params: { exact: shown(exact), amount: rounded.amount, currency: rounded.currency } }];
}
