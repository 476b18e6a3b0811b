import { BusinessDate, Id, INVOICE_STATUSES, Money, Nested, OneOf, Ref, Text, Whole } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

export type InvoiceStatus = (typeof INVOICE_STATUSES)[number];

/** An invoice to the client, as the firm's books have it. Amounts are with tax. */
export class PartnerInvoice {
  @Id() id: string;
  @Text({ max: 80 }) number: string;
  @OneOf(INVOICE_STATUSES) status: InvoiceStatus;
  @Ref('Project') projectId: string;
  @BusinessDate() date: string;
  @BusinessDate({ optional: true }) dueDate?: string;
  @Nested(() => Money) total: Money;
  @Nested(() => Money, { optional: true, description: 'What was paid or credited so far; absent of a voided invoice.' }) amountPaid?: Money;
  @Nested(() => Money) amountDue: Money;
}

/** Time or an expense on an invoice, as it was invoiced. */
export class PartnerInvoiceLine {
  @Id() id: string;
  @OneOf(['time', 'expense']) kind: 'time' | 'expense';
  @BusinessDate({ optional: true }) workDate?: string;
  @Text({ optional: true, description: 'Who worked or spent.' }) person?: string;
  @Whole({ optional: true, description: 'Of time; negative in a reversal.' }) minutes?: number;
  @Nested(() => Money, {
    optional: true,
    description: 'Without tax; negative in a reversal. Absent of a part of a line that was invoiced later than the rest of it.',
  })
  amount?: Money;
}

export class PartnerInvoiceQuery extends PageQuery {
  @OneOf(INVOICE_STATUSES, { optional: true }) status?: InvoiceStatus;
  @Ref('Project', { optional: true }) projectId?: string;
}

export const invoices = operations('invoices', {
  listInvoices: get('invoices', {
    scope: 'partner.read',
    summary: 'Invoices to the client, and what is paid of each; the latest first',
    query: PartnerInvoiceQuery,
    pageOf: PartnerInvoice,
    conditional: true,
  }),
  getInvoice: get('invoices/:id', {
    scope: 'partner.read',
    summary: 'One invoice to the client, and what is paid of it',
    answer: PartnerInvoice,
    conditional: true,
  }),
  listInvoiceLines: get('invoices/:id/lines', {
    scope: 'partner.read',
    summary: 'Time and expenses on an invoice, as they were invoiced, by day',
    query: PageQuery,
    pageOf: PartnerInvoiceLine,
    conditional: true,
  }),
});
