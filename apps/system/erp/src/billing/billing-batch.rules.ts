import {
  recordedAmount,
  sameMoney,
  totals,
  type BillableTransaction,
  type BillingBatch,
  type BillingOutcome,
  type FieldFault,
  type MoneyTotal,
} from '#canonical';
import type { BillableTransactionInErp, LineRefusal } from './billable-transaction-in-erp.js';

/** What is wrong with a batch beyond its fields' own rules; all faults at once. */
export function batchFaults(batch: BillingBatch, most: number): FieldFault[] {
  const { operation, kind, transactions, externalIds } = batch;
  const [field, other] = operation === 'post' ? ['transactions', 'externalIds'] : ['externalIds', 'transactions'];
  const ids = keysOf(batch);
  const unwanted = operation === 'post' ? externalIds : transactions;
  return [
    ...(ids.length === 0 ? [fault(field, 'not-empty', `must not be empty when the operation is ${operation}`)] : []),
    ...(ids.length > most ? [fault(field, 'max-size', `must not be more than ${most}`)] : []),
    ...(unwanted.length > 0 ? [fault(other, 'empty', `must be empty when the operation is ${operation}`)] : []),
    ...(new Set(ids).size < ids.length ? [fault(field, 'unique', 'must not name an external id twice')] : []),
    ...transactions.flatMap((line, index) => lineFaults(line, kind, `transactions[${index}]`)),
  ];
}

function lineFaults(line: BillableTransaction, kind: BillingBatch['kind'], at: string): FieldFault[] {
  const needs = line.kind === 'time' ? (['minutes', 'role', 'ratePerHour'] as const) : (['category', 'spent'] as const);
  return [
    ...(line.kind === kind ? [] : [fault(`${at}.kind`, 'same-kind', `must be ${kind}, as the batch's`)]),
    ...needs.filter(name => line[name] === undefined).map(name => fault(`${at}.${name}`, 'required', `is required of ${line.kind}`)),
    ...(line.ratePerHour && line.ratePerHour.currency !== line.amount.currency
      ? [fault(`${at}.ratePerHour.currency`, 'currency', `must be the amount's currency ${line.amount.currency}`)]
      : []),
  ];
}

const fault = (field: string, rule: string, says: string): FieldFault => ({ field, rule, message: `${field} ${says}` });

/** The external ids that a batch is about, in its order. */
export const keysOf = ({ operation, transactions, externalIds }: BillingBatch): string[] =>
  operation === 'post' ? transactions.map(({ externalId }) => externalId) : externalIds;

export const legalEntitiesOf = ({ transactions }: BillingBatch): string[] => [...new Set(transactions.map(({ legalEntity }) => legalEntity))].sort();

/** A line that takes back what an earlier one billed. */
const isReversal = (line: BillableTransaction): boolean =>
  (line.minutes ?? 0) < 0 || [line.amount, recordedAmount(line)].some(({ amount }) => amount.startsWith('-'));

/** What of a batch is sent at all; lines that the ERP is known not to take are refused here and don't hold the others. */
export function sendableOf(batch: BillingBatch, { reversals }: { reversals: boolean }): { batch: BillingBatch; refused: BillingOutcome[] } {
  if (reversals) return { batch, refused: [] };
  const refused = batch.transactions.filter(isReversal);
  const detail = 'This ERP takes no lines of negative hours or money: what was billed needs a credit memo.';
  return {
    batch: refused.length === 0 ? batch : { ...batch, transactions: batch.transactions.filter(line => !isReversal(line)) },
    refused: refused.map(({ externalId }) => ({ externalId, result: 'refused', code: 'reversal-not-allowed', detail })),
  };
}

/** What the ERP holds of a batch's lines, by external id. */
export type Seen = ReadonlyMap<string, BillableTransactionInErp>;

export function isAsWanted({ operation, transactions, externalIds }: BillingBatch, seen: Seen): boolean {
  if (operation === 'remove') return externalIds.every(id => !seen.has(id));
  return transactions.every(line => {
    const held = seen.get(line.externalId);
    return held !== undefined && sameLine(line, held);
  });
}

/** Whether what the ERP holds is the line that was wanted. */
export function sameLine(line: BillableTransaction, { minutes, amount }: BillableTransactionInErp): boolean {
  const sameTime = line.kind !== 'time' || minutes === undefined || minutes === line.minutes;
  return sameTime && (amount === undefined || sameMoney(amount, recordedAmount(line)));
}

/** Lines that were to be there and are not, or to be gone and are there still for no reason that shows. */
export function leftOverOf(batch: BillingBatch, seen: Seen): string[] {
  if (batch.operation === 'post') return keysOf(batch).filter(id => !seen.has(id));
  return batch.externalIds.filter(id => seen.get(id)?.status === 'unbilled');
}

const UNSAID = 'The ERP did not take it and did not say why.';

export function outcomesOf(batch: BillingBatch, seen: Seen, refusals: ReadonlyMap<string, LineRefusal>): BillingOutcome[] {
  const lines = new Map(batch.transactions.map(line => [line.externalId, line]));
  return keysOf(batch).map((externalId): BillingOutcome => {
    const held = seen.get(externalId);
    if (batch.operation === 'post' && held) return { externalId, result: 'posted', ref: held.ref, ...heldMoney(lines.get(externalId)!, held) };
    if (batch.operation === 'remove' && !held) return { externalId, result: 'removed' };
    const refusal = refusals.get(externalId) ?? closedFor(held) ?? { code: 'refused' as const, detail: UNSAID };
    return { externalId, result: 'refused', ...(held ? { ref: held.ref } : {}), ...refusal };
  });
}

/** What the ERP makes of a line, and by which rate where that is why it makes something else of it. */
function heldMoney(line: BillableTransaction, { amount, ratePerHour }: BillableTransactionInErp): Pick<BillingOutcome, 'amount' | 'ratePerHour'> {
  if (!amount) return {};
  const cut = ratePerHour && line.ratePerHour && !sameMoney(ratePerHour, line.ratePerHour) && !sameMoney(amount, recordedAmount(line));
  return { amount, ...(cut ? { ratePerHour } : {}) };
}

const closedFor = (held: BillableTransactionInErp | undefined): LineRefusal | undefined =>
  held && held.status !== 'unbilled' ? { code: 'already-billed', detail: `It is ${held.status} already.` } : undefined;

/** What a batch came to, short: for the audit. */
export function summaryOf(batch: BillingBatch, outcomes: BillingOutcome[]): { taken: string[]; refused: BillingOutcome[]; money: MoneyTotal[] } {
  const taken = new Set(outcomes.filter(({ result }) => result !== 'refused').map(({ externalId }) => externalId));
  return {
    taken: [...taken],
    refused: outcomes.filter(({ result }) => result === 'refused'),
    money: totals(batch.transactions.filter(({ externalId }) => taken.has(externalId)).map(({ amount }) => ({ money: amount }))),
  };
}
