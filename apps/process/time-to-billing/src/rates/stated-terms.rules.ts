import { EXPENSE_UNITS, type ExpenseUnit } from '#apis/time-to-billing';
import { isCurrencyOn, type FieldFault, type Money } from '#canonical';
import { Exact, scopeOf, type RateScope } from './rates.rules.js';

/** A rate as finance states it, with the fields that the rules check. */
export interface RateStatement {
  unit: 'hour' | 'day';
  minutesPerDay?: number;
  amount: string;
  currency: string;
  from: string;
  to?: string;
}

/**
 * An expense term as finance states it or as it is stored, with the fields that the rules check.
 */
export interface TermStatement {
  treatment: 'at-cost' | 'per-unit' | 'mark-up';
  percent?: string | null;
  unit?: ExpenseUnit | null;
  unitRate?: Money | null;
  unitCost?: Money | null;
  tripEndsPercent?: string | null;
  maxAmount?: Money | null;
  receiptOver?: Money | null;
  from: string;
}

/** A mark-up of more than ten times the cost is a misplaced decimal point. */
const MOST_PERCENT = 1_000;

/** Faults of a rate that no single field's rule finds. */
export const rateFaults = ({ unit, minutesPerDay, amount, currency, from, to }: RateStatement): FieldFault[] => [
  ...notNegative('amount', amount),
  ...inUse('currency', currency, from),
  ...when(minutesPerDay !== undefined && unit !== 'day', 'minutesPerDay', 'only-day', 'minutesPerDay belongs to a rate by the day only'),
  ...when(to !== undefined && to < from, 'to', 'not-before-from', `to must not be before from, ${from}`),
];

/**
 * Rows that start on the same day for the same scope: none takes precedence. Each is returned with
 * one of its rivals, by id.
 */
export function rivalsOf(rows: (RateScope & { id: string; from: string })[]): Map<string, string> {
  const groups = Map.groupBy(rows, row => `${scopeOf(row)}\n${row.from}`);
  return new Map(
    [...groups.values()].flatMap(([first, ...others]) => [
      ...(others.length > 0 ? [[first.id, others[0].id] as const] : []),
      ...others.map(({ id }) => [id, first.id] as const),
    ]),
  );
}

export const rivalFault = (other: string): FieldFault => ({
  field: 'from',
  rule: 'another-day',
  message: `from must be another day: ${other.replace(/^stated:/, '')} states the same scope from this day`,
});

/**
 * Faults of an expense term that no single field's rule finds: each treatment states what it is
 * billed by, and nothing else.
 */
export const termStatementFaults = (term: TermStatement): FieldFault[] => [
  ...basisFaults(term),
  ...strayFaults(term),
  ...limitFaults(term),
  ...currencyFaults(term),
];

/** Faults in what a term is billed by: nothing can be billed by such a term. */
export function basisFaults(term: TermStatement): FieldFault[] {
  if (term.treatment === 'mark-up') return markUpFaults(term);
  return term.treatment === 'per-unit' ? perUnitFaults(term) : [];
}

const markUpFaults = ({ percent }: TermStatement): FieldFault[] =>
  percent ? within('percent', percent, MOST_PERCENT) : [wrong('percent', 'required', 'percent is required for a mark-up')];

function perUnitFaults({ unit, unitRate, unitCost, tripEndsPercent }: TermStatement): FieldFault[] {
  const byCost = unit === 'cost';
  return [
    ...when(!unit, 'unit', 'required', `unit is required when billed per unit: ${EXPENSE_UNITS.join(', ')}`),
    ...(unitRate ? notNegative('unitRate.amount', unitRate.amount) : [wrong('unitRate', 'required', 'unitRate is required when billed per unit')]),
    ...when(byCost && !unitCost, 'unitCost', 'required', 'unitCost is required where the unit is a cost'),
    ...(unitCost ? notNegative('unitCost.amount', unitCost.amount) : []),
    ...when(!!unitCost && new Exact(unitCost.amount).isZero(), 'unitCost.amount', 'more-than-zero', 'unitCost.amount must be more than zero'),
    ...(tripEndsPercent ? within('tripEndsPercent', tripEndsPercent, 100) : []),
  ];
}

/** Fields that the treatment does not use. */
function strayFaults({ treatment, percent, unit, unitRate, unitCost, tripEndsPercent }: TermStatement): FieldFault[] {
  const perUnit = treatment === 'per-unit';
  const onlyPerUnit = Object.entries({ unit, unitRate, unitCost, tripEndsPercent }).flatMap(([field, value]) =>
    when(!perUnit && !!value, field, 'only-per-unit', `${field} belongs to billing per unit only`),
  );
  return [
    ...when(treatment !== 'mark-up' && !!percent, 'percent', 'only-mark-up', 'percent belongs to a mark-up only'),
    ...onlyPerUnit,
    ...when(perUnit && !!unit && unit !== 'cost' && !!unitCost, 'unitCost', 'only-cost', 'unitCost belongs to units of a cost only'),
    ...when(
      perUnit && !!unit && unit !== 'day' && !!tripEndsPercent,
      'tripEndsPercent',
      'only-day',
      'tripEndsPercent belongs to units of a day only',
    ),
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

const within = (field: string, value: string, most: number): FieldFault[] => [
  ...notNegative(field, value),
  ...when(new Exact(value).gt(most), field, 'max', `${field} must not be greater than ${most}`),
];

const wrong = (field: string, rule: string, message: string): FieldFault => ({ field, rule, message });

const when = (isWrong: boolean, ...[field, rule, message]: Parameters<typeof wrong>): FieldFault[] => (isWrong ? [wrong(field, rule, message)] : []);
