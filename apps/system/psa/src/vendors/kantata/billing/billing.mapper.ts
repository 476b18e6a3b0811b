import { shortened, type ExternalRef, type Money } from '#canonical';
import type { BillingStatus, InvoiceToTell } from '../../port/billing.port.js';
import type { Body } from '../kantata.api.js';
import type { KantataNames } from '../kantata-names.js';
import { reference, refTo, SERVICE } from '../kantata.references.js';

// Pure: the state of billing in Kantata's words. A record has one reference of ours; people see its
// status there.

const MESSAGE_LENGTH = 255;
const DAY_MS = 24 * 3_600_000;
const said = (sums: Money[]): string => sums.map(({ amount, currency }) => `${currency} ${amount}`).join(', ');

/** Both kinds of submission are the subject `Submission`. */
export function submissionReference(nativeId: string, id: string, { posted, billed, paid, total, money, message }: BillingStatus): Body {
  return {
    subject_type: 'Submission',
    subject_id: Number(nativeId),
    service_name: SERVICE,
    service_model: 'billing',
    service_model_ref: id,
    status: posted >= total ? 'successful' : 'pending',
    external_status: `${posted} of ${total} posted, ${billed} billed, ${paid} paid`,
    external_message: shortened([message, said(money)].filter(text => text !== '').join('; '), MESSAGE_LENGTH),
  };
}

export function invoiceReference(nativeId: string, { id, number, status, total, amountDue }: InvoiceToTell): Body {
  return {
    subject_type: 'Invoice',
    subject_id: Number(nativeId),
    ...reference('invoice', id),
    status: 'successful',
    external_status: status,
    external_message: shortened(`${number}: ${said([total])}, due ${said([amountDue])}`, MESSAGE_LENGTH),
  };
}

/**
 * Kantata computes its own amount from the lines; ours is in the message. Nobody gets a mail: the
 * ERP's invoice is the one that is sent.
 */
export function invoiceBody(invoice: InvoiceToTell): Body {
  const { id, number, date, dueDate, total, lines } = invoice;
  const native = (refs: ExternalRef[]) => refs.map(({ nativeId }) => Number(nativeId));
  return {
    payment_schedule: dueDate === undefined ? 0 : Math.max(0, Math.round((Date.parse(dueDate) - Date.parse(date)) / DAY_MS)),
    workspace_ids: native(lines.projects),
    time_entry_ids: native(lines.timeEntries),
    expense_ids: native(lines.expenses),
    invoice_date: date,
    draft: false,
    user_invoice_number: number,
    message: `${number}: ${said([total])}`,
    suppress_emails: true,
    external_reference: reference('invoice', id),
  };
}

export const invoiceRef = (nativeId: string, { account }: KantataNames): ExternalRef => refTo(account, 'invoice', nativeId);
