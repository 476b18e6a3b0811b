import { type Clock, type Database, renewing } from '#persistence';
import { log, runInContext } from '#service';
import type { Batch, BatchState } from './batch.js';
import { Batches, type BatchFacts, type BatchLog } from './batch-log.js';
import { Turn } from './batch-turn.js';
import { PollPace } from './poll-pace.js';

export interface BatchWriterOptions {
  /** The vendor product. */
  system: string;
  account: string;
  /** How long a submission may still commit after its answer was lost. */
  settlingMs: number;
  /** How long a batch stays leased after the process that worked on it died. */
  leaseMs: number;
  clock?: Clock;
}

/** The parts that make it safe, so that tests can leave one out and see it go wrong. */
export interface BatchParts {
  /** Who works on a batch, and what was sent of it. */
  log: BatchLog;
  /** Used instead of the vendor's. */
  settlingMs: number;
  /** Whether to ask the vendor before sending again a batch whose answer was lost. */
  asksFirst: boolean;
}

/** Time reserved, of the caller's deadline, for returning the answer. */
const TO_ANSWER_MS = 300;

/**
 * Writes each batch of lines once, however often it is requested and whatever is lost, late, killed
 * or frozen on the way. Returns `done` when every line has its outcome and nothing of the batch can
 * commit any more; until then the caller asks again.
 */
export class BatchWriter {
  readonly #log: BatchLog;
  readonly #asksFirst: boolean;
  readonly #paces = new Map<string, PollPace>();

  constructor(
    dataSource: Database,
    private readonly options: BatchWriterOptions,
    parts: Partial<BatchParts> = {},
  ) {
    this.#log = parts.log ?? new Batches(dataSource, { ...options, settlingMs: parts.settlingMs ?? options.settlingMs });
    this.#asksFirst = parts.asksFirst ?? true;
  }

  /**
   * Takes up to `withinMs`, plus the time of one call to the vendor. Throws `vendor-unavailable`,
   * code `not-made`, when the batch certainly was not accepted (nothing of it is kept then); the
   * vendor's refusal of the whole batch; and `conflict`, code `batch-differs`.
   */
  async put<S, R, O extends object>(batch: Batch<S, R, O>, withinMs: number): Promise<BatchState<O>> {
    const untilMs = performance.now() + withinMs - TO_ANSWER_MS;
    const taken = await this.#log.take<O>(batch);
    if ('done' in taken) return { state: 'done', outcomes: taken.done };
    if ('another' in taken) return { state: 'under-way', waitsFor: 'another', ...taken.another };
    const { lease } = taken.held;
    const turn = new Turn(batch, taken.held, { log: this.#log, pace: this.#paceOf(batch.pace), asksFirst: this.#asksFirst, untilMs });
    const stop = renewing(lease.leaseMs, () => turn.goesOn(), this.options.clock);
    try {
      // The caller's deadline limits the answer only. Cutting a submission short would leave it in
      // doubt for nothing.
      return await runInContext({ deadlineAt: undefined }, () => turn.take());
    } finally {
      stop();
      if (!turn.gaveBack) await this.#log.give(lease).catch((error: unknown) => this.#couldNot('give a batch back', error));
    }
  }

  /** The state of a batch; null when no batch of that id was ever accepted. */
  read<O>(id: string): Promise<BatchFacts<O> | null> {
    return this.#log.read<O>(id);
  }

  #paceOf(name: string): PollPace {
    let pace = this.#paces.get(name);
    if (!pace) this.#paces.set(name, (pace = new PollPace()));
    return pace;
  }

  #couldNot(what: string, error: unknown): void {
    log.warn({ part: 'batch-writer', system: this.options.system, err: error }, `could not ${what}; it expires by itself`);
  }
}
