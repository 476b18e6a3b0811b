import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from '#canonical';
import type { Lease } from '#persistence';
import type { Batch, BatchState, Submitted } from './batch.js';
import type { BatchLog, HeldBatch } from './batch-log.js';
import { refuseLost } from './key-leases.js';
import { surelyNotMade } from './surely-not-made.js';
import type { PollPace } from './poll-pace.js';
import { guarded, type WriteOutcome } from './write-guard.js';

const NOT_NOW_MS = 1_000;
/** Stands for a job where the answer contained every outcome. */
const ANSWERED = 'answered';

interface TurnParts {
  log: BatchLog;
  pace: PollPace;
  asksFirst: boolean;
  /** In ms of performance.now(). */
  untilMs: number;
}

/** One call's work on one batch. */
export class Turn<S, R, O extends object> {
  /** The batch was released, or belongs to another process. */
  gaveBack = false;
  /** A submission may be in flight. */
  #sending: boolean;
  /** Why lines are refused, as far as jobs and answers reported it in this turn. */
  readonly #refused = new Map<string, R>();
  readonly #lease: Lease;

  constructor(
    private readonly batch: Batch<S, R, O>,
    private readonly held: HeldBatch<O>,
    private readonly parts: TurnParts,
  ) {
    this.#lease = held.lease;
    this.#sending = held.begun;
  }

  goesOn(): Promise<void> {
    return this.parts.log.goesOn(this.#lease, this.#sending);
  }

  async take(): Promise<BatchState<O>> {
    if (this.held.begun) return this.#send();
    if (this.held.jobs.length > 0) return this.#follow(this.held.jobs);
    return this.#askThenSend();
  }

  /** The answer was lost, or the process that sent the batch is gone. */
  async #askThenSend(): Promise<BatchState<O>> {
    const { unsettledMs, attempts } = this.held;
    if (attempts > 0 && this.parts.asksFirst) {
      // The in-doubt time is read before this look: absence proves something only when it was seen
      // after that time.
      const seen = await this.#reading(() => this.batch.look());
      if (seen === AWAY) return underWay('settling', Math.max(unsettledMs, NOT_NOW_MS));
      const counts = unsettledMs === 0 || this.batch.showsItself;
      if (counts && this.batch.asWanted(seen)) return this.#finish(seen);
      if (unsettledMs === 0) return this.#sendRest(seen);
    }
    if (unsettledMs > 0) return underWay('settling', unsettledMs);
    return this.#sendAgain(this.batch.keys);
  }

  /**
   * Sends only what is not there yet; anything else might be written twice. When that is every line,
   * it is the same request, which a vendor may recognise.
   */
  #sendRest(seen: S): Promise<BatchState<O>> {
    const keys = this.batch.leftOver(seen);
    return keys.length === 0 ? this.#finish(seen) : this.#sendAgain(keys);
  }

  async #sendAgain(keys: readonly string[]): Promise<BatchState<O>> {
    await this.#begin();
    return this.#send(keys);
  }

  async #begin(): Promise<void> {
    await this.parts.log.begin(this.#lease);
    this.#sending = true;
  }

  async #send(keys = this.batch.keys): Promise<BatchState<O>> {
    const submitted = await this.#guarded<Submitted<R>>(() => this.batch.submit(keys, requestKeyOf(this.batch, keys)));
    if (submitted === LOST) return this.#inDoubt();
    const submittedAt = performance.now();
    const { job = ANSWERED, refused } = submitted;
    await this.parts.log.accepted(this.#lease, job);
    this.#sending = false;
    this.#note(refused);
    return this.#follow([...this.held.jobs, job], submittedAt);
  }

  #note(refused: ReadonlyMap<string, R> = new Map()): void {
    for (const [key, why] of refused) this.#refused.set(key, why);
  }

  /**
   * Writes within the lease. Returns LOST when the outcome is unknown. Throws when the write
   * certainly had no effect, and treats it as never begun.
   */
  async #guarded<T>(write: () => Promise<T>): Promise<T | typeof LOST> {
    const outcomes: WriteOutcome[] = [];
    const guard = {
      beforeSend: () => refuseLost(this.#lease),
      ended: (outcome: WriteOutcome) => void outcomes.push(outcome),
      readMade: () => {},
      remainingMs: () => this.#lease.remainingMs(),
    };
    try {
      refuseLost(this.#lease);
      return await guarded(guard, write);
    } catch (error) {
      const answered = outcomes.includes('answered') && !surelyNotMade(error);
      if (outcomes.includes('unknown') || answered) return LOST;
      this.gaveBack = true;
      await this.parts.log.withdraw(this.#lease);
      throw notTakenUp(error);
    }
  }

  async #inDoubt(): Promise<BatchState<O>> {
    this.gaveBack = true;
    return underWay('settling', await this.parts.log.unanswered(this.#lease));
  }

  /** Jobs that were submitted before this turn may have ended long ago: ask about them at once. */
  async #follow(jobs: string[], submittedAt?: number): Promise<BatchState<O>> {
    const { pace, untilMs } = this.parts;
    const open = new Set(jobs.filter(job => job !== ANSWERED));
    for (let asked = 0; open.size > 0; asked++) {
      const waitMs = submittedAt === undefined && asked === 0 ? 0 : pace.waitMs(asked);
      if (performance.now() + waitMs > untilMs) return underWay('job', waitMs);
      await sleep(waitMs);
      const followed = await this.#reading(() => Promise.all([...open].map(async job => [job, await this.batch.follow(job)] as const)));
      if (followed === AWAY) return underWay('job', NOT_NOW_MS);
      for (const [job, { state, refused }] of followed) {
        this.#note(refused);
        if (state === 'ended') open.delete(job);
        const halted = state === 'filled' ? await this.#post(job) : undefined;
        if (halted) return halted;
      }
      if (open.size === 0 && submittedAt !== undefined) pace.learn(asked + 1, performance.now() - submittedAt);
    }
    return this.#conclude();
  }

  /** Undefined when the journal was posted and followed to its end. */
  async #post(job: string): Promise<BatchState<O> | undefined> {
    // A posting whose answer was lost may still arrive.
    const unsettledMs = this.held.begun ? 0 : this.held.unsettledMs;
    if (unsettledMs > 0) return underWay('settling', unsettledMs);
    const { post } = this.batch;
    if (!post) throw new Problem('internal', `The batch ${this.batch.id} is in a journal that waits to be posted, and can't post it.`);
    await this.#begin();
    if ((await this.#guarded(() => post(job))) === LOST) return this.#inDoubt();
    await this.parts.log.accepted(this.#lease, job);
    this.#sending = false;
    return undefined;
  }

  async #conclude(): Promise<BatchState<O>> {
    const seen = await this.#reading(() => this.batch.look());
    if (seen === AWAY) return underWay('job', NOT_NOW_MS);
    // The former holder froze. A job was accepted, but it may have sent another one that nobody
    // knows of.
    const unsettledMs = this.held.begun ? 0 : this.held.unsettledMs;
    if (unsettledMs > 0 && !(this.batch.showsItself && this.batch.asWanted(seen))) return underWay('settling', unsettledMs);
    // Nothing that was sent can commit any more.
    const leftOver = this.batch.leftOver(seen).filter(key => !this.#refused.has(key));
    if (leftOver.length === 0) return this.#finish(seen);
    // The vendor took none of the lines because of the refused ones: send the others again without
    // them.
    if (this.batch.means.takes !== 'lines' && this.#refused.size > 0) return this.#sendAgain(leftOver);
    return this.#ask(seen, leftOver);
  }

  /** One call for each line that was left unwritten, to find out why. */
  async #ask(seen: S, keys: string[]): Promise<BatchState<O>> {
    await this.#begin();
    const answers = await this.#reading(() => this.#guarded(() => all(keys.map(async key => [key, await this.batch.writeOne(key)] as const))));
    if (answers === AWAY) return underWay('job', NOT_NOW_MS);
    if (answers === LOST) return this.#inDoubt();
    this.#note(new Map(answers.flatMap(([key, refusal]) => (refusal === null ? [] : [[key, refusal] as const]))));
    const shown = answers.every(([, refusal]) => refusal !== null) ? seen : await this.#reading(() => this.batch.look());
    // For lines that were accepted just now, the next call for the batch looks instead of asking
    // again.
    return shown === AWAY ? underWay('job', NOT_NOW_MS) : this.#finish(shown);
  }

  async #finish(seen: S): Promise<BatchState<O>> {
    const outcomes = this.batch.outcomes(seen, this.#refused);
    this.gaveBack = true;
    const finished = await this.parts.log.finish(this.#lease, outcomes, async em => this.batch.ended?.(em, outcomes));
    return finished ? { state: 'done', outcomes } : underWay('another', 0);
  }

  /**
   * A batch that was sent stays in progress when the vendor can't be read now: only what certainly
   * was not accepted is reported as a problem.
   */
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

/** Like Promise.all, but waits for all of them before it throws. */
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

/** The caller should come back later; it did not ask too much, since the limit is the vendor's. */
function notTakenUp(error: unknown): unknown {
  if (!(error instanceof Problem) || !error.retryable) return error;
  const { detail, vendor, retryAfterMs = NOT_NOW_MS } = error;
  return new Problem('vendor-unavailable', detail, { cause: error, code: 'not-made', retryAfterMs, vendor });
}

/** The batch's id for the whole batch. A part gets another key, the same one each time. */
function requestKeyOf({ id, keys: all }: Pick<Batch<never, never, never>, 'id' | 'keys'>, keys: readonly string[]): string {
  if (keys.length === all.length) return id;
  const hex = createHash('sha256')
    .update(JSON.stringify([id, ...keys]))
    .digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-');
}
