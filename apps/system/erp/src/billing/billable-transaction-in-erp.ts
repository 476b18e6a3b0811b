import type { TransactionStatus } from '#apis/erp';
import type { BillableKind, BillingRefusal, ExternalRef, Money } from '#canonical';

/**
 * A line as the ERP has it. `posted` is in the ledger, `billed` on an invoice; neither can be
 * changed.
 */
export interface BillableTransactionInErp {
  externalId: string;
  kind: BillableKind;
  minutes?: number;
  /**
   * Without tax. Where the ERP keeps no amount (for time it keeps hours and rate), the amount that
   * it will compute.
   */
  amount?: Money;
  /** Per hour, of time. */
  ratePerHour?: Money;
  legalEntity?: string;
  status: TransactionStatus;
  ref: ExternalRef;
}

/** Why a line is refused. */
export interface LineRefusal {
  code: BillingRefusal;
  /** In the ERP's own words. */
  detail: string;
}
