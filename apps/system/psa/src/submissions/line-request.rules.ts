import { Decimal } from 'decimal.js';
import type { ExpenseRequest, TimeEntryRequest } from '#apis/psa';
import { minorUnits, nounOf, type FieldFault } from '#canonical';

/** Faults of a request that no single field's rule finds; all at once. */
export const timeFaults = (id: string, time: TimeEntryRequest): FieldFault[] => [
  ...idFaults(id, time.id, 'time-entry'),
  ...(time.workedMinutes >= 1 ? [] : [fault('workedMinutes', 'min', 'must be at least 1')]),
];

export function expenseFaults(id: string, { id: said, amount: { amount, currency } }: ExpenseRequest): FieldFault[] {
  const spent = new Decimal(amount);
  return [
    ...idFaults(id, said, 'expense'),
    ...(spent.gt(0) ? [] : [fault('amount.amount', 'min', 'must be more than nothing')]),
    ...(spent.decimalPlaces() <= minorUnits(currency) ? [] : [fault('amount.amount', 'decimals', `has more decimals than ${currency}`)]),
  ];
}

const idFaults = (path: string, body: string, noun: 'time-entry' | 'expense'): FieldFault[] => [
  ...(path === body ? [] : [fault('id', 'same-id', `must be the id in the path, ${path}`)]),
  ...(nounOf(body) === noun ? [] : [fault('id', 'noun', `must be the id of a ${noun}`)]),
];

const fault = (field: string, rule: string, says: string): FieldFault => ({ field, rule, message: `${field} ${says}` });
