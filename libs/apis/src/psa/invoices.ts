import { OmitType, PickType } from '@nestjs/swagger';
import { ExternalRef, Id, Invoice, Nested } from '#canonical';
import { operations, put } from '../operation.js';

/** A large project's month. */
const MOST_LINES = 20_000;

/** An invoice of the ERP, with the lines of time and expenses that are on it. */
export class InvoiceRequest extends OmitType(Invoice, ['transactions', 'refs']) {
  @Id({ list: true, most: MOST_LINES, description: 'Canonical ids of the lines of time on it.' }) timeEntryIds: string[];
  @Id({ list: true, most: MOST_LINES, description: 'Canonical ids of the expenses on it.' }) expenseIds: string[];
}

/** Where the PSA has it; nowhere when it was voided before it was first written. */
export class InvoiceResponse extends PickType(Invoice, ['id', 'status']) {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export const invoices = operations('invoices', {
  putInvoice: put('invoices/:id', {
    scope: 'psa.write',
    summary: 'Tell the PSA of an invoice of the ERP, all its lines in one write, and of its payment or voiding',
    body: InvoiceRequest,
    answer: InvoiceResponse,
  }),
});
