import { OmitType } from '@nestjs/swagger';
import { BILLABLE_KINDS, BillingBatch, BillingBatchState, ExternalRef, Id, Money, Nested, OneOf, Text, Whole, type BillableKind } from '#canonical';
import { TRANSACTION_STATUSES } from './billable-transaction-in-erp.js';

/** Lines of one kind to post, or to remove. */
export class BillingBatchRequest extends OmitType(BillingBatch, []) {}

export class BillingBatchStateResponse extends OmitType(BillingBatchState, []) {}

export class TransactionsLookUpRequest {
  @Id({ list: true, description: 'Up to 1000.' }) externalIds: string[];
}

/** A line as the ERP holds it. */
export class TransactionInErpResponse {
  @Id() externalId: string;
  @OneOf(BILLABLE_KINDS) kind: BillableKind;
  @Nested(() => Money, { optional: true, description: 'Without tax; of time, hours times rate.' }) amount?: Money;
  @Whole({ optional: true, description: 'Of `time`.' }) minutes?: number;
  @Nested(() => Money, { optional: true, description: 'Per hour, of `time`, as the ERP keeps it.' }) ratePerHour?: Money;
  @Text({ optional: true, max: 40 }) legalEntity?: string;
  @OneOf(TRANSACTION_STATUSES, { description: 'posted: in the ledger; billed: on an invoice. Either is closed to changes.' })
  status: (typeof TRANSACTION_STATUSES)[number];
  @Nested(() => ExternalRef) ref: ExternalRef;
}

export class TransactionsLookUpResponse {
  @Nested(() => TransactionInErpResponse, { list: true }) items: TransactionInErpResponse[];
}
