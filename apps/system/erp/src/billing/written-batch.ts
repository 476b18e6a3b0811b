import { hashOf, type BillingBatch, type BillingOutcome } from '#canonical';
import type { Batch } from '#connector';
import type { Billing } from '../vendors/port/billing.port.js';
import type { LineRefusal } from './billable-transaction-in-erp.js';
import { isAsWanted, keysOf, leftOverOf, legalEntitiesOf, outcomesOf, partOf, sendableOf, type ErpLines } from './billing-batch.rules.js';

export type WrittenBatch = Batch<ErpLines, LineRefusal, BillingOutcome>;

/**
 * A batch of lines in the form that the batch writer drives: which lines are sent, and what the
 * answers mean.
 */
export function writtenBatch(billing: Billing, id: string, whole: BillingBatch): WrittenBatch {
  const { batch, refused } = sendableOf(whole, billing.means);
  const { operation, kind } = batch;
  const held = { ...batch, transactions: batch.transactions.map(line => billing.asHeld(line)) };
  const lines = new Map(batch.transactions.map(line => [line.externalId, line]));
  return {
    id,
    hash: hashOf(whole),
    legalEntities: legalEntitiesOf(whole),
    // A few lines are done sooner than a hundred, and come when little else is waiting.
    pace: `${operation} ${kind} ${Math.ceil(Math.log10(keysOf(batch).length))}`,
    means: billing.means,
    keys: keysOf(batch),
    submit: (keys, requestKey) => billing.submit(partOf(batch, keys), requestKey),
    follow: job => billing.follow(job),
    ...(billing.post ? { post: job => billing.post!(job) } : {}),
    look: async () => new Map((await billing.readBack(kind, keysOf(batch))).map(one => [one.externalId, one])),
    asWanted: seen => isAsWanted(held, seen),
    showsItself: operation === 'post',
    leftOver: seen => leftOverOf(batch, seen),
    writeOne: key => (operation === 'post' ? billing.postOne(lines.get(key)!) : billing.removeOne(kind, key)),
    outcomes: (seen, refusals) => [...outcomesOf(batch, seen, refusals), ...refused],
  };
}
