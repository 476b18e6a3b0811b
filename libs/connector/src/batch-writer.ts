import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import type { Database, Transaction } from '#persistence';
import { log, runInContext } from '#service';
import { Batches, type BatchFacts, type BatchKey, type BatchLog, type HeldBatch } from './batch-log.js';
import type { Lease } from './key-leases.js';
import { surelyNotMade } from './once-writer.js';
import { PollPace } from './poll-pace.js';
import { guarded, type WriteOutcome } from './write-guard.js';

/** A batch and how it is written at the vendor. `S` is what a look shows, `R` why a line is refused, `O` what is told of a line. */
export interface Batch<S, R, O extends object> extends BatchKey {
  /** Batches of one pace take about the same time at the vendor. */
  pace: string;
  /** Its lines, in its order. */
  keys: readonly string[];
  /** Sends it under its id as the vendor's request key, in one write through a Connector; answers the address of the job that took it up. */
  submit(): Promise<string>;
  /** Whether the vendor has ended the job: nothing of it can commit any more. */
  completed(job: string): Promise<boolean>;
  /** What the vendor shows of the batch's lines, in one call. */
  look(): Promise<S>;
  /** Whether every line is as wanted. */
  asWanted(seen: S): boolean;
  /** Whether lines that are as wanted can only have come of this batch. Not of a removal: what is gone looks like what never was. */
  showsItself: boolean;
  /**
   * Keys of lines that the ended jobs left as they were, for no reason that the look shows. A job's results need not say which line they
   * are of, so these are asked about one by one.
   */
  leftOver(seen: S): string[];
  /** Writes such a line by itself, which tells why it is refused; null when it was taken now. */
  writeOne(key: string): Promise<R | null>;
  /** What became of each line, once nothing can commit any more. */
  outcomes(seen: S, refusals: ReadonlyMap<string, R>): O[];
  /** Written in the transaction that ends the batch. */
  ended?(em: Transaction, outcomes: O[]): Promise<void>;
}

export type BatchState<O> = { state: 'done'; outcomes: O[] } | { state: 'under-way'; waitsFor: 'job' | 'settling' | 'another'; retryAfterMs: number };

export interface BatchWriterOptions {
  /** The vendor product. */
  system: string;
  account: string;
  /** How long a submission may still commit after its answer was lost. */
  settlingMs: number;
  /** How long a batch outlives a process that died with it. */
  leaseMs: number;
}

/** The parts that make it safe, so that tests can leave one out and see it go wrong. */
export interface BatchParts {
  /** Who is at a batch, and what was sent of it. */
  log: BatchLog;
  /** Instead of the vendor's. */
  settlingMs: number;
  /** Whether the vendor is asked before a batch whose answer was lost is sent again. */
  asksFirst: boolean;
}

/** What is left of the caller's time for telling the answer. */
const TO_ANSWER_MS = 300;
const NOT_NOW_MS = 1_000;

/**
 * Writes each batch of lines once, however often it is asked to and whatever is lost, late, killed or frozen on the way. `done` is told
 * when every line has its outcome and nothing of the batch can commit any more; until then the caller asks again.
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
   * Takes up to `withinMs`, and a call to the vendor's time more. Throws `vendor-unavailable`, code `not-made`, when the batch surely was
   * not taken up (nothing of it is kept then), what the vendor said when it refused the whole batch, and `conflict`, code `batch-differs`.
   */
  async put<S, R, O extends object>(batch: Batch<S, R, O>, withinMs: number): Promise<BatchState<O>> {
    const untilMs = performance.now() + withinMs - TO_ANSWER_MS;
    const taken = await this.#log.take<O>(batch);
    if ('done' in taken) return { state: 'done', outcomes: taken.done };
    if ('another' in taken) return { state: 'under-way', waitsFor: 'another', ...taken.another };
    const { lease } = taken.held;
    const turn = new Turn(batch, taken.held, { log: this.#log, pace: this.#paceOf(batch.pace), asksFirst: this.#asksFirst, untilMs });
    const renewal = setInterval(() => void turn.goesOn().catch(() => undefined), lease.leaseMs / 3).unref();
    try {
      // The caller's deadline is about the answer. A submission that it cut short would be in doubt for nothing.
      return await runInContext({ deadlineAt: undefined }, () => turn.take());
    } finally {
      clearInterval(renewal);
      if (!turn.gaveBack) await this.#log.give(lease).catch((error: unknown) => this.#couldNot('give a batch back', error));
    }
  }

  /** Where a batch is; null when none of that id was ever taken up. */
  read<O>(id: string): Promise<BatchFacts<O> | null> {
    return this.#log.read<O>(id);
  }

  #paceOf(name: string): PollPace {
    let pace = this.#paces.get(name);
    if (!pace) this.#paces.set(name, (pace = new PollPace()));
    return pace;
  }

  #couldNot(what: string, error: unknown): void {
    log.warn({ part: 'batch-writer', system: this.options.system, err: error }, `could not ${what}; it ends by its time`);
  }
}

interface Means {
  log: BatchLog;
  pace: PollPace;
  asksFirst: boolean;
  /** In performance.now() ms. */
  untilMs: number;
}

/** One call's turn at one batch. */
class Turn<S, R, O extends object> {
  /** The batch is given back, or another's. */
  gaveBack = false;
  /** A submission may be on its way. */
  #sending: boolean;
  readonly #lease: Lease;

  constructor(
    private readonly batch: Batch<S, R, O>,
    private readonly held: HeldBatch<O>,
    private readonly means: Means,
  ) {
    this.#lease = held.lease;
    this.#sending = held.begun;
  }

  goesOn(): Promise<void> {
    return this.means.log.goesOn(this.#lease, this.#sending);
  }

  async take(): Promise<BatchState<O>> {
    if (this.held.begun) return this.#send();
    if (this.held.jobs.length > 0) return this.#follow(this.held.jobs);
    return this.#askThenSend();
  }

  /** Its answer was lost, or the process that sent it is gone. */
  async #askThenSend(): Promise<BatchState<O>> {
    const { unsettledMs, attempts } = this.held;
    if (attempts > 0 && this.means.asksFirst) {
      // How long was asked before this look: what is not there counts only when it was looked for after the settling.
      const seen = await this.#reading(() => this.batch.look());
      if (seen === AWAY) return underWay('settling', Math.max(unsettledMs, NOT_NOW_MS));
      const counts = unsettledMs === 0 || this.batch.showsItself;
      if (counts && this.batch.asWanted(seen)) return this.#finish(seen);
      if (unsettledMs === 0 && this.#isBegun(seen)) return this.#concludeWith(seen);
    }
    if (unsettledMs > 0) return underWay('settling', unsettledMs);
    await this.means.log.begin(this.#lease);
    this.#sending = true;
    return this.#send();
  }

  /** A submission whose answer was lost has made some of the lines. Sent whole again, these would be written twice. */
  #isBegun(seen: S): boolean {
    return this.batch.showsItself && this.batch.leftOver(seen).length < this.batch.keys.length;
  }

  async #send(): Promise<BatchState<O>> {
    const job = await this.#guarded(() => this.batch.submit());
    if (job === LOST) return this.#inDoubt();
    const submittedAt = performance.now();
    await this.means.log.accepted(this.#lease, job);
    this.#sending = false;
    return this.#follow([...this.held.jobs, job], submittedAt);
  }

  /** Writes within the lease. Answers LOST when nobody knows what came of it; throws when surely nothing did, as if it had not been begun. */
  async #guarded<T>(write: () => Promise<T>): Promise<T | typeof LOST> {
    const outcomes: WriteOutcome[] = [];
    const guard = {
      beforeSend: () => this.#lease.check(),
      ended: (outcome: WriteOutcome) => void outcomes.push(outcome),
      readMade: () => {},
      remainingMs: () => this.#lease.remainingMs(),
    };
    try {
      this.#lease.check();
      return await guarded(guard, write);
    } catch (error) {
      const answered = outcomes.includes('answered') && !surelyNotMade(error);
      if (outcomes.includes('unknown') || answered) return LOST;
      this.gaveBack = true;
      await this.means.log.withdraw(this.#lease);
      throw notTakenUp(error);
    }
  }

  async #inDoubt(): Promise<BatchState<O>> {
    this.gaveBack = true;
    return underWay('settling', await this.means.log.unanswered(this.#lease));
  }

  /** Jobs that were submitted before this turn may long have ended: they are asked about at once. */
  async #follow(jobs: string[], submittedAt?: number): Promise<BatchState<O>> {
    const { pace, untilMs } = this.means;
    const open = new Set(jobs);
    for (let asked = 0; open.size > 0; asked++) {
      const waitMs = submittedAt === undefined && asked === 0 ? 0 : pace.waitMs(asked);
      if (performance.now() + waitMs > untilMs) return underWay('job', waitMs);
      await sleep(waitMs);
      const ended = await this.#reading(() => Promise.all([...open].map(async job => ((await this.batch.completed(job)) ? [job] : []))));
      if (ended === AWAY) return underWay('job', NOT_NOW_MS);
      for (const job of ended.flat()) open.delete(job);
      if (open.size === 0 && submittedAt !== undefined) pace.learn(asked + 1, performance.now() - submittedAt);
    }
    return this.#conclude();
  }

  async #conclude(): Promise<BatchState<O>> {
    const seen = await this.#reading(() => this.batch.look());
    if (seen === AWAY) return underWay('job', NOT_NOW_MS);
    // Of a turn whose holder froze: what it sent was taken up, and that it was the last it sent nobody has said.
    const unsettledMs = this.held.begun ? 0 : this.held.unsettledMs;
    if (unsettledMs > 0 && !(this.batch.showsItself && this.batch.asWanted(seen))) return underWay('settling', unsettledMs);
    return this.#concludeWith(seen);
  }

  /** Nothing that was sent can commit any more. */
  async #concludeWith(seen: S): Promise<BatchState<O>> {
    const leftOver = this.batch.leftOver(seen);
    return leftOver.length === 0 ? this.#finish(seen) : this.#ask(seen, leftOver);
  }

  /** One call for each line that the jobs left as it was. */
  async #ask(seen: S, keys: string[]): Promise<BatchState<O>> {
    await this.means.log.begin(this.#lease);
    this.#sending = true;
    const answers = await this.#reading(() => this.#guarded(() => all(keys.map(async key => [key, await this.batch.writeOne(key)] as const))));
    if (answers === AWAY) return underWay('job', NOT_NOW_MS);
    if (answers === LOST) return this.#inDoubt();
    const refusals = new Map(answers.flatMap(([key, refusal]) => (refusal === null ? [] : [[key, refusal] as const])));
    const shown = refusals.size === keys.length ? seen : await this.#reading(() => this.batch.look());
    // What was taken now is asked about no more, but looked for, when the batch is asked for again.
    return shown === AWAY ? underWay('job', NOT_NOW_MS) : this.#finish(shown, refusals);
  }

  async #finish(seen: S, refusals: ReadonlyMap<string, R> = new Map()): Promise<BatchState<O>> {
    const outcomes = this.batch.outcomes(seen, refusals);
    this.gaveBack = true;
    const finished = await this.means.log.finish(this.#lease, outcomes, async em => this.batch.ended?.(em, outcomes));
    return finished ? { state: 'done', outcomes } : underWay('another', 0);
  }

  /** A batch that was sent stays under way when the vendor can't be read now: only what surely was not taken up is told as a problem. */
  async #reading<R>(read: () => Promise<R>): Promise<R | typeof AWAY> {
    try {
      return await read();
    } catch (error) {
      if (error instanceof Problem && error.retryable) return AWAY;
      throw error;
    }
  }
}

const AWAY = Symbol('the vendor can not be read now');
const LOST = Symbol('nobody knows whether the vendor has made it');

/** As Promise.all, but waits for all of them before it throws. */
async function all<T>(promises: Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises);
  const failed = settled.find(result => result.status === 'rejected');
  if (failed) throw failed.reason;
  return settled.map(result => (result as PromiseFulfilledResult<T>).value);
}

const underWay = (waitsFor: 'job' | 'settling' | 'another', afterMs: number) => ({
  state: 'under-way' as const,
  waitsFor,
  retryAfterMs: Math.ceil(afterMs),
});

/** The caller is told to come back, not that it asks too much: the limit is the vendor's. */
function notTakenUp(error: unknown): unknown {
  if (!(error instanceof Problem) || !error.retryable) return error;
  const { detail, vendor, retryAfterMs = NOT_NOW_MS } = error;
  return new Problem('vendor-unavailable', detail, { cause: error, code: 'not-made', retryAfterMs, vendor });
}
