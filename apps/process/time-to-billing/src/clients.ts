import { Injectable } from '@nestjs/common';
import type { Client } from '#apis';
import { Problem, type BillingBatch, type BillingBatchState, type Invoice } from '#canonical';
import { ApiClient } from '#service';
import { erp, hcm, psa, type BillingStatusRequest, type ErpAbility } from './calls.js';
import type { WorkerFacts } from './facts/line-facts.js';

/** The longest that one call to a system API may take, including its calls to the vendor. */
const IN_TIME = { deadlineMs: 30_000 };
/** The longest that one call waits for a batch; after that the batch is asked about again. */
const BATCH_IN_TIME = { deadlineMs: 60_000 };
const AS_OF_AT_ONCE = 1_000;

export interface AsOf {
  email: string;
  date: string;
}

const endsEachLine = ({ transactions, externalIds }: BillingBatch, { outcomes }: BillingBatchState): boolean => {
  const lines = [...transactions.map(({ externalId }) => externalId), ...externalIds];
  const ended = new Set(outcomes.map(({ externalId }) => externalId));
  return outcomes.length === lines.length && lines.every(line => ended.has(line));
};

/**
 * The system APIs that this process calls: one hop, canonical contracts, no retries (the jobs
 * retry).
 */
@Injectable()
export class SystemApis {
  readonly #erp: Client<typeof erp>;
  readonly #hcm: Client<typeof hcm>;
  readonly #psa: Client<typeof psa>;

  constructor(api: ApiClient) {
    this.#erp = api.of(erp);
    this.#hcm = api.of(hcm);
    this.#psa = api.of(psa);
  }

  /** Posts or removes a batch. Repeating the call with the same id refers to the same batch. */
  async putBatch(id: string, batch: BillingBatch): Promise<BillingBatchState> {
    const state = await this.#erp.putBillingBatch({ id, body: batch }, BATCH_IN_TIME);
    if (state.state !== 'done' || endsEachLine(batch, state)) return state;
    throw new Problem('vendor-unavailable', 'erp answered that a batch is done, and not how each of its lines ended.', { code: 'outcome-unknown' });
  }

  /** How many lines the ERP accepts in one batch. */
  async batchSize(): Promise<number> {
    return (await this.#erp.getBillingMeans({}, IN_TIME)).batchSize;
  }

  /** The optional abilities that this ERP lacks. */
  async erpLacks(): Promise<readonly ErpAbility[]> {
    return (await this.#erp.getAbilities({}, IN_TIME)).cannot;
  }

  /** Who these people were on these days, in the order of the request. */
  async workersAsOf(asked: AsOf[]): Promise<WorkerFacts[]> {
    const facts: WorkerFacts[] = [];
    for (let at = 0; at < asked.length; at += AS_OF_AT_ONCE) {
      const part = asked.slice(at, at + AS_OF_AT_ONCE);
      const { items } = await this.#hcm.askWorkersAsOf({ body: { items: part } }, IN_TIME);
      items.sort((a, b) => a.index - b.index);
      if (items.length !== part.length || items.some(({ index }, at) => index !== at))
        throw new Problem('vendor-unavailable', 'hcm answered about other workers than were asked for.', { code: 'answer-not-as-declared' });
      facts.push(...items.map(({ index: _, ...found }) => found));
    }
    return facts;
  }

  putTimesheetStatus(id: string, status: BillingStatusRequest): Promise<unknown> {
    return this.#psa.putTimesheetBillingStatus({ id, body: status }, IN_TIME);
  }

  putExpenseReportStatus(id: string, status: BillingStatusRequest): Promise<unknown> {
    return this.#psa.putExpenseReportBillingStatus({ id, body: status }, IN_TIME);
  }

  putInvoice(invoice: Invoice, lines: { timeEntryIds: string[]; expenseIds: string[] }): Promise<unknown> {
    const { transactions: _, refs: __, ...told } = invoice;
    return this.#psa.putInvoice({ id: invoice.id, body: { ...told, ...lines } }, IN_TIME);
  }
}
