import { OmitType } from '@nestjs/swagger';
import { BILLABLE_KINDS, BillingBatch, BillingBatchState, ExternalRef, Id, Money, Nested, OneOf, Text, Whole, type BillableKind } from '#canonical';
import { get, operations, post, put } from '../operation.js';

const TRANSACTION_STATUSES = ['unbilled', 'posted', 'billed'] as const;
export type TransactionStatus = (typeof TRANSACTION_STATUSES)[number];

/** Lines of one kind to post, or to remove. */
export class BillingBatchRequest extends OmitType(BillingBatch, []) {}

export class BillingBatchStateResponse extends OmitType(BillingBatchState, []) {}

export class BillingMeansResponse {
  @Whole({ min: 1, description: 'Lines that one batch may have at most.' }) batchSize: number;
}

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
  status: TransactionStatus;
  @Nested(() => ExternalRef) ref: ExternalRef;
}

export class TransactionsLookUpResponse {
  @Nested(() => TransactionInErpResponse, { list: true }) items: TransactionInErpResponse[];
}

export const billing = operations('billing', {
  putBillingBatch: put('billing-batches/:id', {
    scope: 'erp.write',
    summary: 'Post or remove up to 100 billable transactions of one kind; ask again with the same until it is done',
    description:
      'The id is a UUID and stands for its content for ever. `done`: every line has its outcome and nothing of the batch can commit any more. ' +
      'A problem `vendor-unavailable` with code `not-made` means that nothing was taken up.',
    body: BillingBatchRequest,
    answer: BillingBatchStateResponse,
  }),
  getBillingBatch: get('billing-batches/:id', {
    scope: 'erp.read',
    summary: 'Where a batch is; nothing is done about it',
    answer: BillingBatchStateResponse,
  }),
  getBillingMeans: get('billing-means', {
    scope: 'erp.read',
    summary: 'How the ERP takes batches of lines',
    answer: BillingMeansResponse,
  }),
  lookUpBillableTransactions: post('billable-transactions/look-up', {
    scope: 'erp.read',
    summary: 'What the ERP holds of these lines, asked now; what it has not is left out',
    body: TransactionsLookUpRequest,
    answer: TransactionsLookUpResponse,
    writesNothing: true,
  }),
});
