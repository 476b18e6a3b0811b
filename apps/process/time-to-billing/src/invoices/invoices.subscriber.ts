import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import type { Invoice } from '#canonical';
import { Subscriptions } from '#events';
import type { Transaction } from '#persistence';
import type { LineBook } from '../lines/line-book.js';
import { Lines } from '../lines/lines.js';
import type { Posting } from '../lines/line.js';
import { StatusBack } from '../status-back/status-back.js';

/**
 * Applies what the ERP publishes about invoices (issued, paid, voided) to the lines, a whole
 * invoice at a time.
 */
@Injectable()
export class InvoicesSubscriber implements OnModuleInit {
  constructor(
    private readonly subscriptions: Subscriptions,
    private readonly lines: Lines,
    private readonly statusBack: StatusBack,
  ) {}

  onModuleInit(): void {
    this.subscriptions.subscribe({
      name: 'time-to-billing.invoices',
      types: ['invoice.changed.v1'],
      batch: 20,
      whole: true,
      handle: async (em, events) => {
        for (const { data } of events as RecordedEvent<'invoice.changed.v1'>[]) await this.#apply(em, data.deleted ? voided(data.state) : data.state);
      },
    });
  }

  async #apply(em: Transaction, invoice: Invoice): Promise<void> {
    const rows = await em.query<{ line_id: string }[]>(
      `select distinct line_id from billing.posting where external_id = any($1) or invoice ->> 'id' = $2`,
      [invoice.transactions, invoice.id],
    );
    if (rows.length === 0) return;
    const ids = rows.map(row => row.line_id);
    await this.lines.change(em, ids, async book => {
      bill(book, invoice);
      await this.statusBack.statusChanged(em, book.lines);
      await this.statusBack.wantInvoice(em, invoice);
    });
  }
}

function bill(book: LineBook, invoice: Invoice): void {
  const on = new Set(invoice.status === 'voided' ? [] : invoice.transactions);
  for (const line of book.lines) {
    for (const posting of line.postings) {
      const moved = billingOf(posting, invoice, on.has(posting.externalId));
      if (moved === undefined) continue;
      Object.assign(posting, moved);
      book.moved(line, posting);
    }
  }
}

const voided = (invoice: Invoice): Invoice => ({ ...invoice, status: 'voided', transactions: [] });

/**
 * The posting's billing state by the invoice; undefined when nothing changes. A voided invoice
 * leaves its lines unbilled again.
 */
function billingOf(posting: Posting, { id, number, status }: Invoice, isOn: boolean): Pick<Posting, 'billing' | 'invoice'> | undefined {
  if (isOn) {
    const billing = status === 'paid' ? 'paid' : 'billed';
    return posting.billing === billing && posting.invoice?.id === id ? undefined : { billing, invoice: { id, number } };
  }
  return posting.invoice?.id === id ? { billing: 'unbilled', invoice: null } : undefined;
}
