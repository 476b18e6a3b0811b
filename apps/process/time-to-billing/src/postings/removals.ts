import { Injectable } from '@nestjs/common';
import type { BillingOutcome, Problem } from '#canonical';
import { SetAsides, TooManyFailures } from '#events';
import { Database, inTransaction, type Transaction } from '#persistence';
import { context } from '#service';
import { type OpenBatch, PostingStore } from './posting.store.js';
import { BatchOutcomes } from './batch-outcomes.js';

export const REMOVING = 'job time-to-billing.removals';

/**
 * Sets aside removals that the ERP app rejects at once. Nothing newer of such a line may be posted
 * before its removal, so it waits, as its exception says, for a person or another release.
 */
@Injectable()
export class Removals {
  constructor(
    private readonly dataSource: Database,
    private readonly setAsides: SetAsides,
    private readonly store: PostingStore,
    private readonly outcomes: BatchOutcomes,
  ) {}

  /** Sets aside a batch of one line. */
  async setAside(batch: OpenBatch, externalIds: string[], error: Problem): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      await this.store.park(em, batch.id, 'set aside');
      const [line] = await em.query<{ legal_entities: string[] }[]>('select legal_entities from billing.line where id = $1', [batch.lineIds[0]]);
      const failed = externalIds.map(id => ({ item: itemOf(id, line.legal_entities), error }));
      await this.setAsides.put(em, REMOVING, { failed, read: 1 });
    }).catch(async (failed: unknown) => {
      if (!(failed instanceof TooManyFailures)) throw failed;
      await inTransaction(this.dataSource, async em => {
        await this.store.park(em, batch.id, 'stopped');
        await this.setAsides.stop(em, failed);
      });
    });
  }

  /** Closes what the ERP has answered: the lines are out, or the ERP says why not. */
  async close(em: Transaction, outcomes: BillingOutcome[]): Promise<void> {
    const ids = outcomes.map(({ externalId }) => externalId);
    await this.setAsides.close(em, REMOVING, await this.setAsides.rows(em, REMOVING, ids));
  }

  /**
   * Retries what is due. What a person skipped counts as refused: it has to be reversed or
   * credited.
   */
  async retryDue(): Promise<void> {
    await inTransaction(this.dataSource, async em => {
      if (await this.setAsides.stopped(em, REMOVING)) return;
      const parked = await this.store.parked(em);
      if (parked.length === 0) return;
      const due = await this.setAsides.due(em, REMOVING);
      const waiting = new Map((await this.setAsides.rows(em, REMOVING)).map(row => [row.key, due.some(({ key }) => key === row.key)]));
      const awake: string[] = [];
      for (const { batch, why, externalIds } of parked) {
        if (why === 'stopped' || externalIds.some(id => waiting.get(id) === true)) awake.push(batch.id);
        else if (!externalIds.some(id => waiting.has(id))) await this.#passedOver(em, batch, externalIds);
      }
      await this.store.wake(em, awake);
      await this.setAsides.markTried(em, REMOVING, due);
    });
  }

  async #passedOver(em: Transaction, batch: OpenBatch, externalIds: string[]): Promise<void> {
    if (!(await this.store.end(em, batch.id))) return;
    const outcomes = externalIds.map(externalId => ({ externalId, result: 'refused' as const, code: 'refused' as const }));
    await this.outcomes.record(em, batch.lineIds, outcomes);
  }
}

const itemOf = (externalId: string, legalEntities: string[]) => ({
  key: externalId,
  item: externalId,
  system: 'erp',
  noun: 'billable-transaction',
  nativeId: externalId,
  legalEntities,
  correlationId: context().correlationId,
});
