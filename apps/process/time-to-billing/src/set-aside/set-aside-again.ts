import { Injectable, type OnModuleInit } from '@nestjs/common';
import { asideTopic, SetAsides } from '#events';
import { JobLoop, LoopProvider } from '#jobs';
import { Database, inTransaction, signalsOf } from '#persistence';
import { ASSESSING } from '../lines/line-exceptions.js';
import { Removals, REMOVING } from '../postings/removals.js';
import { Settlement, SETTLING } from '../postings/settlement.js';
import { QueueStore } from '../queue/queue.store.js';
import { StatusBack, TELLING } from '../status-back/status-back.js';

const PLACES = [ASSESSING, SETTLING, REMOVING, TELLING];

/** Takes again what this app's jobs set aside: when a person says so, and what another release left. Readers and feeds do it themselves. */
@Injectable()
export class SetAsideAgain extends LoopProvider implements OnModuleInit {
  protected readonly loop: JobLoop;

  constructor(
    private readonly dataSource: Database,
    private readonly setAsides: SetAsides,
    private readonly settlement: Settlement,
    private readonly removals: Removals,
    private readonly statusBack: StatusBack,
    private readonly queue: QueueStore,
  ) {
    super();
    this.loop = new JobLoop({
      part: 'time-to-billing',
      name: 'set aside',
      work: () => this.#some(),
      pace: { firstMs: 30_000, mostMs: 300_000 },
      topics: [SETTLING, REMOVING, TELLING].map(asideTopic),
      signals: () => signalsOf(dataSource),
    });
  }

  onModuleInit(): void {
    this.setAsides.declare(ASSESSING, () => this.queue.unusable());
    for (const place of [SETTLING, REMOVING, TELLING]) this.setAsides.declare(place);
  }

  async #some(): Promise<false> {
    // What stopped under another release goes on.
    await inTransaction(this.dataSource, async em => {
      for (const place of PLACES) await this.setAsides.stopped(em, place);
    });
    await this.settlement.again();
    await this.removals.again();
    await this.statusBack.again();
    return false;
  }
}
