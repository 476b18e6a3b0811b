import { isCurrencyOn, type FieldFault, type Money } from '#canonical';
import { Exact, scopeOf, type RateScope } from './rates.rules.js';

/** A rate as finance states it, as far as its rules go. */
export interface RateStatement {
  amount: string;
  currency: string;
  from: string;
  to?: string;
}

/** An expense term as finance states it, as far as its rules go. */
export interface TermStatement {
  treatment: 'at-cost' | 'per-unit' | 'mark-up';
  percent?: string;
  unitRate?: Money;
  unitCost?: Money;
  maxAmount?: Money;
  receiptOver?: Money;
  from: string;
}

/** More than a mark-up of ten times the cost is a slip of the decimal point. */
const MOST_PERCENT = 1_000;

/** What is wrong with a rate beyond its fields' own rules. */
export const rateFaults = ({ amount, currency, from, to }: RateStatement): FieldFault[] => [
  ...notNegative('amount', amount),
  ...inUse('currency', currency, from),
  ...when(to !== undefined && to < from, 'to', 'not-before-from', `to must not be before from, ${from}`),
];

/** Of rows that start the same day for the same scope none goes first. Each of them with the others, by id. */
export function rivalsOf(rows: (RateScope & { id: string; from: string })[]): Map<string, string[]> {
  const groups = Map.groupBy(rows, row => `${scopeOf(row)}\n${row.from}`);
  return new Map(rows.map(row => [row.id, groups.get(`${scopeOf(row)}\n${row.from}`)!.flatMap(({ id }) => (id === row.id ? [] : [id]))]));
}

export const rivalFault = (other: string): FieldFault => ({
  field: 'from',
  rule: 'another-day',
  message: `from must be another day: ${other.replace(/^stated:/, '')} states the same scope from this day`,
});

/** What is wrong with an expense term beyond its fields' own rules: each treatment says what it is billed by, and nothing else. */
export function termStatementFaults({ treatment, percent, from, ...amounts }: TermStatement): FieldFault[] {
  const { unitRate, unitCost } = amounts;
  const markUp = treatment === 'mark-up';
  const perUnit = treatment === 'per-unit';
  return [
    ...when(markUp && percent === undefined, 'percent', 'required', 'percent is required for a mark-up'),
    ...when(!markUp && percent !== undefined, 'percent', 'only-mark-up', 'percent belongs to a mark-up only'),
    ...(percent === undefined ? [] : notNegative('percent', percent)),
    ...when(new Exact(percent ?? 0).gt(MOST_PERCENT), 'percent', 'max', `percent must not be greater than ${MOST_PERCENT}`),
    ...when(perUnit && unitRate === undefined, 'unitRate', 'required', 'unitRate is required when billed per unit'),
    ...when(!perUnit && unitRate !== undefined, 'unitRate', 'only-per-unit', 'unitRate belongs to billing per unit only'),
    ...when(!perUnit && unitCost !== undefined, 'unitCost', 'only-per-unit', 'unitCost belongs to billing per unit only'),
    ...when(unitCost !== undefined && isZero(unitCost), 'unitCost.amount', 'more-than-zero', 'unitCost.amount must be more than zero'),
    ...Object.entries(amounts as Record<string, unknown>).flatMap(([field, value]) =>
      isMoney(value) ? [...notNegative(`${field}.amount`, value.amount), ...inUse(`${field}.currency`, value.currency, from)] : [],
    ),
  ];
}

const isMoney = (value: unknown): value is Money => typeof value === 'object' && value !== null && 'amount' in value;

const isZero = ({ amount }: Money): boolean => new Exact(amount).isZero();

const notNegative = (field: string, amount: string): FieldFault[] =>
  when(new Exact(amount).isNegative() && !new Exact(amount).isZero(), field, 'not-negative', `${field} must not be negative`);

const inUse = (field: string, currency: string, from: string): FieldFault[] =>
  when(!isCurrencyOn(currency, from), field, 'in-use', `${field} must be in use on ${from}, and ${currency} is not`);

const when = (wrong: boolean, field: string, rule: string, message: string): FieldFault[] => (wrong ? [{ field, rule, message }] : []);
