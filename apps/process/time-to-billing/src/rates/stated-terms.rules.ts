import { isCurrencyOn, type FieldFault, type Money } from '#canonical';
import { Exact, scopeOf, type RateScope } from './rates.rules.js';

/** A rate as finance states it, as far as its rules go. */
export interface RateStatement {
  unit: 'hour' | 'day';
  minutesPerDay?: number;
  amount: string;
  currency: string;
  from: string;
  to?: string;
}

/** An expense term as finance states it, or as it is kept, as far as its rules go. */
export interface TermStatement {
  treatment: 'at-cost' | 'per-unit' | 'mark-up';
  percent?: string | null;
  unitRate?: Money | null;
  unitCost?: Money | null;
  maxAmount?: Money | null;
  receiptOver?: Money | null;
  from: string;
}

/** More than a mark-up of ten times the cost is a slip of the decimal point. */
const MOST_PERCENT = 1_000;

/** What is wrong with a rate beyond its fields' own rules. */
export const rateFaults = ({ unit, minutesPerDay, amount, currency, from, to }: RateStatement): FieldFault[] => [
  ...notNegative('amount', amount),
  ...inUse('currency', currency, from),
  ...when(minutesPerDay !== undefined && unit !== 'day', 'minutesPerDay', 'only-day', 'minutesPerDay belongs to a rate by the day only'),
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
export const termStatementFaults = (term: TermStatement): FieldFault[] => [
  ...basisFaults(term),
  ...strayFaults(term),
  ...limitFaults(term),
  ...currencyFaults(term),
];

/** What is wrong with what a term is billed by: nothing can be billed by such a one. */
export function basisFaults({ treatment, percent, unitRate, unitCost }: TermStatement): FieldFault[] {
  if (treatment === 'mark-up') {
    if (!percent) return [wrong('percent', 'required', 'percent is required for a mark-up')];
    const most = when(new Exact(percent).gt(MOST_PERCENT), 'percent', 'max', `percent must not be greater than ${MOST_PERCENT}`);
    return [...notNegative('percent', percent), ...most];
  }
  if (treatment !== 'per-unit') return [];
  return [
    ...(unitRate ? notNegative('unitRate.amount', unitRate.amount) : [wrong('unitRate', 'required', 'unitRate is required when billed per unit')]),
    ...(unitCost ? notNegative('unitCost.amount', unitCost.amount) : []),
    ...when(!!unitCost && new Exact(unitCost.amount).isZero(), 'unitCost.amount', 'more-than-zero', 'unitCost.amount must be more than zero'),
  ];
}

/** What a treatment has no use for. */
function strayFaults({ treatment, percent, unitRate, unitCost }: TermStatement): FieldFault[] {
  const perUnit = treatment === 'per-unit';
  return [
    ...when(treatment !== 'mark-up' && !!percent, 'percent', 'only-mark-up', 'percent belongs to a mark-up only'),
    ...when(!perUnit && !!unitRate, 'unitRate', 'only-per-unit', 'unitRate belongs to billing per unit only'),
    ...when(!perUnit && !!unitCost, 'unitCost', 'only-per-unit', 'unitCost belongs to billing per unit only'),
  ];
}

const limitFaults = ({ maxAmount, receiptOver }: TermStatement): FieldFault[] => [
  ...(maxAmount ? notNegative('maxAmount.amount', maxAmount.amount) : []),
  ...(receiptOver ? notNegative('receiptOver.amount', receiptOver.amount) : []),
];

function currencyFaults({ unitRate, unitCost, maxAmount, receiptOver, from }: TermStatement): FieldFault[] {
  const amounts = Object.entries({ unitRate, unitCost, maxAmount, receiptOver });
  return amounts.flatMap(([field, amount]) => (amount ? inUse(`${field}.currency`, amount.currency, from) : []));
}

const notNegative = (field: string, amount: string): FieldFault[] =>
  when(new Exact(amount).isNegative() && !new Exact(amount).isZero(), field, 'not-negative', `${field} must not be negative`);

const inUse = (field: string, currency: string, from: string): FieldFault[] =>
  when(!isCurrencyOn(currency, from), field, 'in-use', `${field} must be in use on ${from}, and ${currency} is not`);

const wrong = (field: string, rule: string, message: string): FieldFault => ({ field, rule, message });

const when = (isWrong: boolean, ...[field, rule, message]: Parameters<typeof wrong>): FieldFault[] => (isWrong ? [wrong(field, rule, message)] : []);
