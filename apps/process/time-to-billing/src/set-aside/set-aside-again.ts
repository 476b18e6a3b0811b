import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asideTopic, SetAsides } from '#events';
import { JobLoop, LoopProvider } from '#jobs';
import { Database, inTransaction, signalsOf } from '#persistence';
import { ASSESSING } from '../lines/line-exceptions.js';
import { Removals, REMOVING } from '../postings/removals.js';
import { BatchOutcomes, OUTCOMES_JOB } from '../postings/batch-outcomes.js';
import { QueueStore } from '../queue/queue.store.js';
import { StatusBack, STATUS_BACK_JOB } from '../status-back/status-back.js';

const PLACES = [ASSESSING, OUTCOMES_JOB, REMOVING, STATUS_BACK_JOB];

/**
 * Retries what this app's jobs set aside, when a person asks for it or another release starts.
 * Readers and feeds retry by themselves.
 */
@Injectable()
export class SetAsideAgain extends LoopProvider implements OnModuleInit {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly setAsides: SetAsides,
    private readonly outcomes: BatchOutcomes,
    private readonly removals: Removals,
    private readonly statusBack: StatusBack,
    private readonly queue: QueueStore,
  ) {
    super();
    this.loop = new JobLoop({
      part: 'time-to-billing',
      name: 'set aside',
      work: () => this.#retryDue(),
      pace: { firstMs: 30_000, mostMs: 300_000 },
      topics: [OUTCOMES_JOB, REMOVING, STATUS_BACK_JOB].map(asideTopic),
      signals: () => signalsOf(dataSource),
    });
  }

  onModuleInit(): void {
    this.setAsides.declare(ASSESSING, () => this.queue.unusable());
    for (const place of [OUTCOMES_JOB, REMOVING, STATUS_BACK_JOB]) this.setAsides.declare(place);
  }

  async #retryDue(): Promise<false> {
    // Jobs that stopped under another release go on.
    await inTransaction(this.dataSource, async em => {
      for (const place of PLACES) await this.setAsides.stopped(em, place);
    });
    await this.outcomes.retryDue();
    await this.removals.retryDue();
    await this.statusBack.retryDue();
    return false;
  }
}
