import type { BillableTransaction, BillingOutcome, ExternalRef } from '#canonical';
import { column, type ReadRow, table } from '#persistence';

/** Parts of lines in the ERP, one row per external id from the moment it is wanted there until it is gone. */
export const billingPosting = table(
  'billing.posting',
  {
    externalId: column.text(),
    lineId: column.text(),
    version: column.integer(),
    kind: column.text<BillableTransaction['kind']>(),
    operation: column.text<'post' | 'remove'>(),
    state: column.text<'ready' | 'claimed' | 'posted' | 'refused' | 'removed' | 'reversed' | 'credited'>(),
    /** The external id of the posting that this one reverses. */
    reverses: column.text().orNull(),
    transaction: column.json<BillableTransaction>(),
    amount: column.numeric(),
    currency: column.char(3),
    minutes: column.integer().orNull(),
    /** Whether it counts against the project's not-to-exceed. */
    capped: column.boolean(),
    billing: column.text<'unbilled' | 'billed' | 'paid'>(),
    invoice: column.json<{ id: string; number: string }>().orNull(),
    ref: column.json<ExternalRef>().orNull(),
    refusal: column.json<Pick<BillingOutcome, 'code' | 'detail'>>().orNull(),
    postedAt: column.instant().orNull(),
    /** The batch that is sending it. */
    batch: column.uuid().orNull(),
    seq: column.bigint(),
  },
  ['externalId'],
);

/** The columns that are read into a posting. */
export const keptPosting = billingPosting.without('batch', 'seq');
export type KeptPosting = ReadRow<typeof keptPosting.columns>;
