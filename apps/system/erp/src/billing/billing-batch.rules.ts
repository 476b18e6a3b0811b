import {
  recordedAmount,
  sameMoney,
  totals,
  type BillableTransaction,
  type BillingBatch,
  type BillingOutcome,
  type BillingRefusal,
  type FieldFault,
  type MoneyTotal,
} from '#canonical';
import type { Correction } from '../vendors/port/billing.port.js';
import type { BillableTransactionInErp, LineRefusal } from './billable-transaction-in-erp.js';

/** Faults of a batch that no single field's rule finds; all at once. */
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

/** A line that reverses an earlier one. */
const isReversal = (line: BillableTransaction): boolean =>
  (line.minutes ?? 0) < 0 || [line.amount, recordedAmount(line)].some(({ amount }) => amount.startsWith('-'));

/**
 * The lines of a batch that are sent. Lines that the ERP is known to refuse are refused here, so
 * that they don't hold up the others.
 */
export function sendableOf(
  batch: BillingBatch,
  { corrections }: { corrections: readonly Correction[] },
): { batch: BillingBatch; refused: BillingOutcome[] } {
  const reversals = corrections.includes('negative-line') ? [] : batch.transactions.filter(isReversal).map(({ externalId }) => externalId);
  const removals = corrections.includes('deletion') ? [] : batch.externalIds;
  const refused = [...reversals.map(refusedAs('reversal-not-allowed', NO_REVERSALS)), ...removals.map(refusedAs('refused', NO_REMOVALS))];
  if (refused.length === 0) return { batch, refused };
  const taken = new Set(refused.map(({ externalId }) => externalId));
  return {
    batch: partOf(
      batch,
      keysOf(batch).filter(key => !taken.has(key)),
    ),
    refused,
  };
}

const NO_REVERSALS = 'This ERP takes no lines of negative hours or money: what was billed needs a credit memo.';
const NO_REMOVALS = 'This ERP takes nothing out that was posted: it is taken back by a negative line or a credit memo.';

const refusedAs =
  (code: BillingRefusal, detail: string) =>
  (externalId: string): BillingOutcome => ({ externalId, result: 'refused', code, detail });

/** The batch with these of its lines only. */
export function partOf(batch: BillingBatch, keys: readonly string[]): BillingBatch {
  if (keys.length === keysOf(batch).length) return batch;
  const kept = new Set(keys);
  return {
    ...batch,
    transactions: batch.transactions.filter(({ externalId }) => kept.has(externalId)),
    externalIds: batch.externalIds.filter(id => kept.has(id)),
  };
}

/** The ERP's state of a batch's lines, by external id. */
export type ErpLines = ReadonlyMap<string, BillableTransactionInErp>;

export function isAsWanted({ operation, transactions, externalIds }: BillingBatch, seen: ErpLines): boolean {
  if (operation === 'remove') return externalIds.every(id => !seen.has(id));
  return transactions.every(line => {
    const held = seen.get(line.externalId);
    return held !== undefined && sameLine(line, held);
  });
}

/** Whether the line in the ERP is the wanted one. */
export function sameLine(line: BillableTransaction, { minutes, amount }: BillableTransactionInErp): boolean {
  const sameTime = line.kind !== 'time' || minutes === undefined || minutes === line.minutes;
  return sameTime && (amount === undefined || sameMoney(amount, recordedAmount(line)));
}

/**
 * Lines that should be there and are not, or should be gone and are still there, without a visible
 * reason.
 */
export function leftOverOf(batch: BillingBatch, seen: ErpLines): string[] {
  if (batch.operation === 'post') return keysOf(batch).filter(id => !seen.has(id));
  return batch.externalIds.filter(id => seen.get(id)?.status === 'unbilled');
}

const UNSAID = 'The ERP did not take it and did not say why.';

export function outcomesOf(batch: BillingBatch, seen: ErpLines, refusals: ReadonlyMap<string, LineRefusal>): BillingOutcome[] {
  const lines = new Map(batch.transactions.map(line => [line.externalId, line]));
  return keysOf(batch).map((externalId): BillingOutcome => {
    const held = seen.get(externalId);
    if (batch.operation === 'post' && held) return { externalId, result: 'posted', ref: held.ref, ...heldMoney(lines.get(externalId)!, held) };
    if (batch.operation === 'remove' && !held) return { externalId, result: 'removed' };
    const refusal = refusals.get(externalId) ?? closedFor(held) ?? { code: 'refused' as const, detail: UNSAID };
    return { externalId, result: 'refused', ...(held ? { ref: held.ref } : {}), ...refusal };
  });
}

/** The ERP's amount for a line, and its rate where the rate is why the amount differs. */
function heldMoney(line: BillableTransaction, { amount, ratePerHour }: BillableTransactionInErp): Pick<BillingOutcome, 'amount' | 'ratePerHour'> {
  if (!amount) return {};
  const cut = ratePerHour && line.ratePerHour && !sameMoney(ratePerHour, line.ratePerHour) && !sameMoney(amount, recordedAmount(line));
  return { amount, ...(cut ? { ratePerHour } : {}) };
}

const closedFor = (held: BillableTransactionInErp | undefined): LineRefusal | undefined =>
  held && held.status !== 'unbilled' ? { code: 'already-billed', detail: `It is ${held.status} already.` } : undefined;

/** A short summary of a batch's outcome, for the audit. */
export function summaryOf(batch: BillingBatch, outcomes: BillingOutcome[]): { taken: string[]; refused: BillingOutcome[]; money: MoneyTotal[] } {
  const taken = new Set(outcomes.filter(({ result }) => result !== 'refused').map(({ externalId }) => externalId));
  return {
    taken: [...taken],
    refused: outcomes.filter(({ result }) => result === 'refused'),
    money: totals(batch.transactions.filter(({ externalId }) => taken.has(externalId)).map(({ amount }) => ({ money: amount }))),
  };
}
