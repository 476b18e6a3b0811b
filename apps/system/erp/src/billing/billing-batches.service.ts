import { Inject, Injectable } from '@nestjs/common';
import { maySeeAll, type Principal } from '#auth';
import { Problem, type BillingBatch, type BillingBatchState, type BillingOutcome } from '#canonical';
import { BatchWriter, type BatchParts } from '#connector';
import { Database, type Transaction } from '#persistence';
import { Audit, context } from '#service';
import { ERP } from '../erp.token.js';
import type { Billing } from '../vendors/port/billing.port.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import { batchFaults, keysOf, legalEntitiesOf, sendableOf, summaryOf } from './billing-batch.rules.js';
import { writtenBatch } from './written-batch.js';

/** The parts that make batches safe; tests provide others to see it go wrong. */
export const BATCH_PARTS = Symbol('parts of the batch writer');

const WITHIN_MS = 25_000;

/** Batches of billable transactions on their way into the ERP. */
@Injectable()
export class BillingBatches {
  readonly #writer: BatchWriter | undefined;

  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly audit: Audit,
    private readonly dataSource: Database,
    @Inject(BATCH_PARTS) parts: Partial<BatchParts>,
  ) {
    const { billing, account, name } = vendor;
    if (billing)
      this.#writer = new BatchWriter(
        dataSource,
        { system: name, account, settlingMs: billing.means.settlingMs, leaseMs: billing.means.leaseMs },
        parts,
      );
  }

  /** Works on the batch until it is done or the caller's time is up. */
  async put(id: string, batch: BillingBatch, caller: Principal): Promise<BillingBatchState> {
    const [writer, billing] = this.#able();
    const faults = batchFaults(batch, billing.means.batchSize);
    if (faults.length > 0) throw new Problem('invalid', faults.map(({ message }) => message).join('; '), { code: 'validation', fields: faults });
    // Lines without a legal entity (removals) require the unassigned right.
    if (!maySeeAll(caller, legalEntitiesOf(batch)))
      throw new Problem('forbidden', 'The batch contains lines of a legal entity that you cannot access.', { code: 'legal-entity' });
    const { batch: sendable, refused } = sendableOf(batch, billing.means);
    // Nothing would be sent, so nothing is stored either.
    if (keysOf(sendable).length === 0) return { state: 'done', outcomes: refused };
    const state = await writer.put(
      { ...writtenBatch(billing, id, batch), ended: (em, outcomes) => this.#noteEnded(em, id, batch, outcomes) },
      withinMs(),
    );
    if (state.state === 'under-way') await this.#noteAsked(id, state.waitsFor);
    return state.state === 'done' ? state : { ...state, outcomes: [] };
  }

  /**
   * The state of a batch, without working on it. Throws `not-found` for a batch that was never
   * accepted or is not the caller's.
   */
  async state(id: string, caller: Principal): Promise<BillingBatchState> {
    const [writer] = this.#able();
    const facts = await writer.read<BillingOutcome>(id);
    if (!facts || !maySeeAll(caller, facts.legalEntities)) throw new Problem('not-found', `There is no billing batch ${id}.`);
    if (facts.done) return { state: 'done', outcomes: facts.outcomes };
    const waitsFor = facts.jobs.length > 0 ? 'job' : 'settling';
    return { state: 'under-way', waitsFor, ...(waitsFor === 'settling' ? { retryAfterMs: facts.unsettledMs } : {}), outcomes: [] };
  }

  #noteEnded(em: Transaction, id: string, batch: BillingBatch, outcomes: BillingOutcome[]): Promise<void> {
    const after = { kind: batch.kind, ...summaryOf(batch, outcomes) };
    return this.audit.record(em, { what: `billing-batch-${batch.operation}`, subject: id, before: null, after });
  }

  /**
   * The batch's own audit row is written at its end; this one notes the request, without the
   * content.
   */
  #noteAsked(id: string, waitsFor: string): Promise<void> {
    return this.audit.record(this.dataSource.manager, { what: 'billing-batch-asked', subject: id, before: null, after: { waitsFor } });
  }

  /** There where the ERP has the ability, which the controllers need. */
  #able(): [BatchWriter, Billing] {
    return [this.#writer!, this.vendor.billing!];
  }
}

/** The time that the caller's deadline leaves. */
function withinMs(): number {
  const { deadlineAt } = context();
  return deadlineAt === undefined ? WITHIN_MS : Math.min(WITHIN_MS, Date.parse(deadlineAt) - Date.now());
}
