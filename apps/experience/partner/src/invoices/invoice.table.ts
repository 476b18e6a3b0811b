import type { InvoiceStatus } from '#apis/partner';
import { column, table } from '#persistence';

/** An invoice as the ERP has it. */
export const invoice = table(
  'partner.invoice',
  {
    id: column.text(),
    seq: column.bigint(),
    number: column.text(),
    status: column.text<InvoiceStatus>(),
    projectId: column.text().orNull(),
    customerId: column.text().orNull(),
    legalEntities: column.texts(),
    date: column.date(),
    dueDate: column.date().orNull(),
    amount: column.numeric(21, 6),
    dueAmount: column.numeric(21, 6),
    currency: column.char(3),
    gone: column.boolean(),
  },
  ['id'],
);

/** Which part of which version of a line is on an invoice. */
export const invoiceLine = table(
  'partner.invoice_line',
  {
    invoiceId: column.text(),
    externalId: column.text(),
    lineId: column.text(),
    version: column.integer(),
    part: column.text(),
  },
  ['invoiceId', 'externalId'],
);

/** A version of a line as it went to billing. */
export const invoiced = table(
  'partner.invoiced',
  {
    lineId: column.text(),
    version: column.integer(),
    revision: column.bigint(),
    kind: column.text<'time' | 'expense'>(),
    workDate: column.date(),
    person: column.text(),
    minutes: column.integer().orNull(),
    amount: column.numeric(21, 6).orNull(),
    currency: column.char(3).orNull(),
  },
  ['lineId', 'version'],
);
