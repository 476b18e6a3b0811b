import type { BillableKind, BillableTransaction, BillingBatch } from '#canonical';
import type { BatchMeans, Followed, Submitted } from '#connector';
import type { BillableTransactionInErp, LineRefusal } from '../../billing/billable-transaction-in-erp.js';

/** How a posted line is taken back. Finance makes a `credit`, where nothing else is possible. */
export type Correction = 'deletion' | 'negative-line' | 'credit';

/** How an ERP takes billable transactions. The app goes by this, and knows no ERP. */
export interface BillingMeans extends BatchMeans {
  /** Lines that one submission takes at most. */
  batchSize: number;
  /** How long a submission may still be carried out after its answer was lost, in ms. */
  settlingMs: number;
  /** How long a batch outlives a process that died with it, in ms. */
  leaseMs: number;
  corrections: readonly Correction[];
}

/** Billable transactions, by the batch. */
export interface Billing {
  readonly means: BillingMeans;
  /**
   * The line as the ERP will keep it: the same, except where it can't keep a rate with so many
   * decimals.
   */
  asHeld(line: BillableTransaction): BillableTransaction;
  /**
   * One write. Returns the job that accepted the batch; with `request-key`, the first one that did.
   */
  submit(batch: BillingBatch, requestKey: string): Promise<Submitted<LineRefusal>>;
  follow(job: string): Promise<Followed<LineRefusal>>;
  /** Posts a journal that is filled. Of `journal` only. */
  post?(job: string): Promise<void>;
  /** The existing ones of these lines, in one call. */
  readBack(kind: BillableKind, externalIds: string[]): Promise<BillableTransactionInErp[]>;
  /**
   * Writes one line alone, as its batch wrote it, after the batch has ended without it. Returns why
   * it is refused, or null when it was accepted now.
   */
  postOne(line: BillableTransaction): Promise<LineRefusal | null>;
  removeOne(kind: BillableKind, externalId: string): Promise<LineRefusal | null>;
}
