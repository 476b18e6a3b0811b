import { hashOf, Problem, type ExternalRef } from '#canonical';
import { throughPassing, type VendorRecord, type OnceKind, type OnceWriter } from '#connector';
import type { BillingBack, BillingStatus, InvoiceToTell, LinesOf } from '../../port/billing.port.js';
import { every, type Body, type KantataApi } from '../kantata.api.js';
import type { KantataNames } from '../kantata-names.js';
import { byReference, retiredReference } from '../kantata.references.js';
import { invoiceBody, invoiceRef, invoiceReference, submissionReference } from './billing.mapper.js';
import { INVOICE, type KantataInvoice } from './billing.wire.js';

type Invoice = VendorRecord & KantataInvoice;

/**
 * Writes the billing state of lines to Kantata: as the status of a reference on the submission, and
 * as an invoice of the lines themselves, many in one write. None of it is read as a change of a
 * line.
 */
export class KantataBilling implements BillingBack {
  constructor(
    private readonly api: KantataApi,
    private readonly once: () => OnceWriter,
    private readonly names: KantataNames,
  ) {}

  timesheetStatus(timesheet: ExternalRef, id: string, status: BillingStatus): Promise<void> {
    return throughPassing(() => this.#putReference(submissionReference(timesheet.nativeId, id, status)));
  }

  expenseReportStatus(report: ExternalRef, id: string, status: BillingStatus): Promise<void> {
    return throughPassing(() => this.#putReference(submissionReference(report.nativeId, id, status)));
  }

  /**
   * Creates the invoice if it doesn't exist; its status follows ours. An invoice that was never
   * written and is already void is skipped.
   */
  invoice(invoice: InvoiceToTell): Promise<{ refs: ExternalRef[] }> {
    return throughPassing(() => this.#sendInvoice(invoice));
  }

  async #sendInvoice(invoice: InvoiceToTell): Promise<{ refs: ExternalRef[] }> {
    const voided = invoice.status === 'voided';
    if (voided && (await this.#bearing(invoice.id)).length === 0) return { refs: [] };
    const there = await this.once().ensure<Invoice>('invoice', invoice.id, hashOf(invoice.lines), () => this.#make(invoice));
    const now = await this.#read(there.id);
    if (!voided && !sameLines(now, invoice.lines))
      throw new Problem('conflict', `Kantata's invoice ${there.id} for ${invoice.number} has other lines, and lines of an invoice can't be changed`, {
        code: 'invoice-differs',
      });
    if (voided && now.status !== 'cancelled') await this.#cancel(there.id);
    await this.#putReference(invoiceReference(there.id, invoice));
    return { refs: [invoiceRef(there.id, this.names)] };
  }

  kind(): OnceKind {
    return {
      kind: 'invoice',
      means: 'look-up',
      find: id => this.#bearing(id),
      retire: async (found: VendorRecord) => {
        await this.#cancel(found.id);
        const key = (found as VendorRecord & { key: string }).key;
        await this.#sendReference({ subject_type: 'Invoice', subject_id: Number(found.id), ...retiredReference('invoice', key) });
      },
    };
  }

  async #bearing(id: string): Promise<VendorRecord[]> {
    return (await this.api.all<KantataInvoice>('find-invoice', 'invoices', byReference('invoice', [id]), INVOICE)).map(one => ({
      id: one.id,
      archived: one.status === 'cancelled',
    }));
  }

  async #read(id: string): Promise<KantataInvoice> {
    const query = { only: id, include: 'time_entries,expenses' };
    const [invoice] = every('invoices', await this.api.page<KantataInvoice>('read-invoice', 'invoices', query, INVOICE));
    if (!invoice) throw new Problem('conflict', `Kantata's invoice ${id} is gone`, { code: 'changed-meanwhile', retryable: true });
    return invoice;
  }

  async #make(invoice: InvoiceToTell): Promise<Invoice> {
    return this.api.created<Invoice>('create-invoice', 'invoices', { invoice: invoiceBody(invoice) });
  }

  async #cancel(id: string): Promise<void> {
    await this.once().write(`invoice:${id}`, hashOf('cancel'), () => this.api.put('cancel-invoice', `invoices/${id}/cancel`, {}));
  }

  async #putReference(reference: Body): Promise<void> {
    const key = `reference:${String(reference.subject_type)}:${String(reference.subject_id)}`;
    await this.once().write(key, hashOf(reference), () => this.#sendReference(reference));
  }

  async #sendReference(external_reference: Body): Promise<void> {
    const path = '/api/v1/external_references/create_or_update';
    await this.api.send({ operation: 'put-reference', kind: 'write', method: 'POST', path, body: { external_reference } });
  }
}

function sameLines({ time_entry_ids: time = [], expense_ids: expenses = [] }: KantataInvoice, { timeEntries, expenses: asked }: LinesOf): boolean {
  const ids = (refs: ExternalRef[]) =>
    refs
      .map(({ nativeId }) => nativeId)
      .sort()
      .join();
  return time.toSorted().join() === ids(timeEntries) && expenses.toSorted().join() === ids(asked);
}
