import { Injectable } from '@nestjs/common';
import type { BillingBatch, BillingBatchState, Invoice, Money } from '#canonical';
import { ApiClient } from '#service';
import type { WorkerFacts } from './lines/line-facts.js';

/** How long one call to a system API may take, its calls to the vendor included. */
const DEADLINE_MS = 30_000;
/** How long a batch may be waited for in one call; then it is asked about again. */
const BATCH_DEADLINE_MS = 60_000;
const AS_OF_AT_ONCE = 1_000;

export interface AsOf {
  email: string;
  date: string;
}

/** What the PSA is told of a timesheet or expense report. */
export interface BillingStatus {
  posted: number;
  billed: number;
  paid: number;
  total: number;
  money: Money[];
  message: string;
}

/** The system APIs this process talks to: one hop, canonical contracts, no retries (the pumps retry). */
@Injectable()
export class SystemApis {
  constructor(private readonly api: ApiClient) {}

  /** Posts or takes out a batch; the same id is the same batch, however often it is asked. */
  putBatch(id: string, batch: BillingBatch): Promise<BillingBatchState> {
    return this.api.put(`/system/erp/v1/billing-batches/${id}`, batch, { deadlineMs: BATCH_DEADLINE_MS });
  }

  /** Who these people were on these days, in the order asked. */
  async workersAsOf(items: AsOf[]): Promise<WorkerFacts[]> {
    const facts: WorkerFacts[] = [];
    for (let at = 0; at < items.length; at += AS_OF_AT_ONCE) {
      const answer = await this.api.post<{ items: (WorkerFacts & { index: number })[] }>(
        '/system/hcm/v1/workers/as-of',
        { items: items.slice(at, at + AS_OF_AT_ONCE) },
        { deadlineMs: DEADLINE_MS },
      );
      facts.push(...answer.items.sort((a, b) => a.index - b.index).map(({ matches, worker }) => ({ matches, ...(worker ? { worker } : {}) })));
    }
    return facts;
  }

  tellTimesheet(id: string, status: BillingStatus): Promise<unknown> {
    return this.api.put(`/system/psa/v1/timesheets/${id}/billing-status`, status, { deadlineMs: DEADLINE_MS });
  }

  tellExpenseReport(id: string, status: BillingStatus): Promise<unknown> {
    return this.api.put(`/system/psa/v1/expense-reports/${id}/billing-status`, status, { deadlineMs: DEADLINE_MS });
  }

  tellInvoice(invoice: Invoice, lines: { timeEntryIds: string[]; expenseIds: string[] }): Promise<unknown> {
    const { transactions: _, refs: __, ...told } = invoice;
    return this.api.put(`/system/psa/v1/invoices/${invoice.id}`, { ...told, ...lines }, { deadlineMs: DEADLINE_MS });
  }
}
