import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { Problem, type BillingBatch, type BillingOutcome } from '#canonical';
import { TooManyFailures, whatIs } from '#events';
import type { JobLoop, Next } from '#jobs';
import { Database, inTransaction, isOwnFault, renewing, signalsOf } from '#persistence';
import { log, outage } from '#service';
import { SystemApis } from '../clients.js';
import { dueIn, jobLoop } from '../jobs/job-loop.js';
import { TOPICS } from '../jobs/topics.js';
import { TimeToBillingConfig } from '../time-to-billing.config.js';
import { ErpMeans } from '../erp-means.js';
import { type OpenBatch, PostingStore } from './posting.store.js';
import { Removals } from './removals.js';
import { BatchOutcomes } from './batch-outcomes.js';

const FIRST_WAIT_MS = 250;
const LONGEST_WAIT_MS = 5_000;
const DRAIN_MS = 2_000;

/**
 * Sends ready postings to the ERP, several batches at a time. A batch is asked about until the ERP
 * says how each of its lines ended. While the ERP is away, the batch waits and nobody gets an
 * error.
 */
@Injectable()
export class Poster implements OnApplicationBootstrap, OnModuleDestroy {
  #posters: JobLoop[] = [];
  #others: JobLoop[] = [];
  #off: () => void = () => undefined;
  #endRenewal: () => void = () => undefined;
  /** Batches that could not reach the ERP; the queue is held while there are any. */
  readonly #held = new Set<string>();
  #answered = false;
  /** Batches that a poster of this process drives. */
  readonly #driven = new Set<string>();

  constructor(
    private readonly dataSource: Database,
    private readonly systems: SystemApis,
    private readonly store: PostingStore,
    private readonly outcomes: BatchOutcomes,
    private readonly removals: Removals,
    private readonly means: ErpMeans,
    private readonly config: TimeToBillingConfig,
  ) {}

  onApplicationBootstrap(): void {
    const { dataSource } = this;
    const { batches, leaseMs } = this.config;
    const never = { firstMs: Infinity, mostMs: Infinity };
    this.#posters = Array.from({ length: batches }, (_, n) =>
      jobLoop({ dataSource, name: `poster ${n + 1}`, work: signal => this.#postNext(signal), pace: never }),
    );
    this.#others = [
      // Looks for ready postings of every kind, and is never busy with a batch.
      jobLoop({ dataSource, name: 'ready postings', work: () => this.#wakeIfReady() }),
      jobLoop({
        dataSource,
        name: 'takeover',
        work: signal => this.#takeOver(signal),
        topics: [TOPICS.takeOver],
        pace: { firstMs: leaseMs, mostMs: leaseMs },
      }),
    ];
    for (const loop of [...this.#posters, ...this.#others]) loop.start();
    this.#off = signalsOf(dataSource).on(TOPICS.post, () => this.#wakeOne());
    this.#endRenewal = renewing(leaseMs, async () => {
      if (this.#driven.size > 0) await outage.during('time-to-billing: leases of batches', () => this.store.renew([...this.#driven]));
    });
  }

  async onModuleDestroy(): Promise<void> {
    this.#endRenewal();
    this.#off();
    // A batch without an outcome is left as it is for another process to take over.
    await Promise.race([Promise.all([...this.#posters, ...this.#others].map(loop => loop.stop())), sleep(DRAIN_MS)]);
    await this.store.releaseAll();
  }

  /** Waking one poster is enough: one that finds more than a batch wakes the next. */
  #wakeOne(): void {
    (this.#posters.find(({ idle }) => idle) ?? this.#posters[0]).wake();
  }

  async #wakeIfReady(): Promise<false> {
    if (await this.store.next(1)) this.#wakeOne();
    return false;
  }

  async #postNext(signal: AbortSignal): Promise<boolean> {
    const most = await this.means.batchSize();
    const batch = await this.#claim(signal, most);
    // After a full batch there may be more: wake the next poster.
    if (batch?.lineIds.length === most) this.#wakeOne();
    return this.#driveBatch(batch, signal);
  }

  /** Takes over batches of processes that are gone. */
  async #takeOver(signal: AbortSignal): Promise<Next> {
    const batch = await this.store.takeOver();
    return batch ? this.#driveBatch(batch, signal) : dueIn(await this.store.nearestLeaseMs());
  }

  async #driveBatch(batch: OpenBatch | undefined, signal: AbortSignal): Promise<boolean> {
    if (!batch) return false;
    this.#driven.add(batch.id);
    try {
      await this.#drive(batch, signal);
    } finally {
      this.#driven.delete(batch.id);
    }
    return !signal.aborted;
  }

  async #claim(signal: AbortSignal, most: number): Promise<OpenBatch | undefined> {
    const next = await this.store.next(most);
    if (!next) return undefined;
    // A batch that isn't full waits a moment for more lines.
    if (next.lines < most && this.config.lingerMs > 0) await sleep(this.config.lingerMs, undefined, { signal });
    return this.store.claim(randomUUID(), next, most);
  }

  async #drive(batch: OpenBatch, signal: AbortSignal): Promise<void> {
    const content = await this.store.content(batch);
    if (!content) return;
    for (let attempt = 0; !signal.aborted; attempt++) {
      const answer = await this.#ask(batch, content, attempt);
      if ('outcomes' in answer) return this.#recordOutcomes(batch, answer.outcomes);
      if ('unreadable' in answer) return this.#isolateUnreadable(batch, content, answer.unreadable, signal);
      await sleep(answer.waitMs, undefined, { signal }).catch(() => undefined);
    }
  }

  async #ask(
    batch: OpenBatch,
    content: BillingBatch,
    attempt: number,
  ): Promise<{ outcomes: BillingOutcome[] } | { unreadable: Problem } | { waitMs: number }> {
    const waitMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt) * (0.5 + Math.random() / 2);
    try {
      const state = await this.systems.putBatch(batch.id, content);
      await this.#reached(batch);
      return state.state === 'done' ? { outcomes: state.outcomes } : { waitMs: state.retryAfterMs ?? waitMs };
    } catch (error) {
      // Whatever failed, the batch stays the same and is sent again under its id. Only the reason
      // is recorded.
      const problem = error instanceof Problem ? error : new Problem('internal', String(error), { cause: error });
      if (isOwnFault(problem)) {
        await this.#reached(batch);
        return { unreadable: problem };
      }
      await this.#away(batch, problem);
      return { waitMs: Math.max(waitMs, problem.retryAfterMs ?? 0) };
    }
  }

  async #reached(batch: OpenBatch): Promise<void> {
    const was = this.#held.delete(batch.id);
    // The first answer of a process clears a hold that a former process left behind.
    if (this.#held.size > 0 || (!was && this.#answered)) return;
    this.#answered = true;
    await this.store.hold(null);
    if (was) log.info({ part: 'time-to-billing' }, 'the ERP accepts lines again; posting continues');
  }

  async #away(batch: OpenBatch, problem: Problem): Promise<void> {
    if (this.#held.size === 0)
      log.warn({ part: 'time-to-billing', problem: problem.detail, code: problem.code }, 'posting to the ERP failed, will retry; lines wait');
    this.#held.add(batch.id);
    await this.store.hold(problem.detail);
  }

  /**
   * The ERP app rejected the batch at once because of what one of its lines says: that line becomes
   * an exception, the others go on.
   */
  async #isolateUnreadable(batch: OpenBatch, { transactions, externalIds }: BillingBatch, problem: Problem, signal: AbortSignal): Promise<void> {
    if (batch.lineIds.length === 1) {
      if (batch.operation === 'remove') return this.removals.setAside(batch, externalIds, problem);
      const refused = { result: 'refused' as const, code: 'refused' as const, detail: whatIs(problem) };
      return this.#recordOutcomes(
        batch,
        transactions.map(({ externalId }) => ({ externalId, ...refused })),
      );
    }
    this.means.askAnew();
    for (const half of await this.store.halve(batch)) await this.#driveBatch(half, signal);
  }

  async #recordOutcomes(batch: OpenBatch, outcomes: BillingOutcome[]): Promise<void> {
    const settle = (carefully: boolean) =>
      inTransaction(this.dataSource, async em => {
        if (!(await this.store.end(em, batch.id))) return;
        await this.outcomes.record(em, batch.lineIds, outcomes, carefully);
        if (batch.operation === 'remove') await this.removals.close(em, outcomes);
      });
    await settle(false)
      .catch((error: unknown) => {
        if (!isOwnFault(error)) throw error;
        return settle(true);
      })
      .catch(async (error: unknown) => {
        // The batch stays as it is; its outcomes are recorded when somebody has found the cause.
        if (error instanceof TooManyFailures) await this.outcomes.stop(error);
        throw error;
      });
  }
}
