import { randomUUID } from 'node:crypto';
import { systemClock, type Clock, type Signals } from '#persistence';
import { isAway, outage, runInContext } from '#service';
import type { JobLease } from './job-lease.js';
import { SlowLook, type Pace } from './pace.js';

/** When to look again: at once (true), when woken or at the slow pace (false), or besides these after `inMs`, when something becomes due. */
export type Next = boolean | { inMs: number };

export interface Job {
  /** The part of the app it belongs to, for logs. */
  part: string;
  name: string;
  /** Does the pending work. It can be repeated safely: its state is in the database. */
  work(signal: AbortSignal): Promise<Next>;
  pace: Pace;
  /** Given when only one replica needs to do the job at a time. */
  lease?: JobLease;
  /** Topics that wake it. */
  topics?: string[];
  /** Called at the start: a data source knows its database only once it is connected. */
  signals?: () => Signals;
  clock?: Clock;
  /** The longest wait after a failure; default 10 s. */
  longestRetryMs?: number;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;

/**
 * Repeats a job: at once while there is more, when a signal wakes it, when something becomes due,
 * and at a slow pace for what no signal announced. After a failure it waits longer each time.
 */
export class JobLoop {
  readonly #stopping = new AbortController();
  readonly #slow: SlowLook;
  readonly #clock: Clock;
  readonly #off: (() => void)[] = [];
  #signals: Signals | undefined;
  #wake: () => void = () => undefined;
  #woken = false;
  #idle = false;
  /** The part whose failure was logged last. */
  #noted: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(private readonly job: Job) {
    this.#slow = new SlowLook(job.pace);
    this.#clock = job.clock ?? systemClock;
  }

  start(): void {
    this.#signals = this.job.signals?.();
    for (const topic of this.job.topics ?? []) this.#off.push(this.#signals!.on(topic, () => this.wake()));
    this.#running = this.#run();
  }

  /** Whether it waits for something to do. */
  get idle(): boolean {
    return this.#idle;
  }

  /** There is something to do. */
  wake(): void {
    this.#woken = true;
    this.#idle = false;
    this.#wake();
  }

  async stop(): Promise<void> {
    for (const off of this.#off.splice(0)) off();
    this.#stopping.abort();
    this.#wake();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    let failures = 0;
    while (!signal.aborted) {
      try {
        this.#woken = false;
        const next = await runInContext({ correlationId: randomUUID(), principal: undefined, deadlineAt: undefined }, () => this.#work(signal));
        failures = 0;
        if (this.#noted) outage.over(this.#noted);
        this.#noted = undefined;
        if (next === true) this.#slow.reset();
        else await this.#pause(next === false ? Infinity : next.inMs);
      } catch (error) {
        if (signal.aborted) return;
        failures++;
        // An outage affects all loops of a part; a defect affects only this one.
        this.#noted = isAway(error) ? this.job.part : `${this.job.part}: ${this.job.name}`;
        outage.note(this.#noted, error);
        await this.#wait(Math.min(this.job.longestRetryMs ?? LONGEST_RETRY_MS, (FIRST_RETRY_MS / 2) * 2 ** failures));
      }
    }
  }

  /** Does the job, or waits until the lease of the replica that has it may have ended. */
  async #work(signal: AbortSignal): Promise<Next> {
    return (await this.job.lease?.acquire()) ?? this.job.work(signal);
  }

  async #pause(dueInMs: number): Promise<void> {
    const { leastMs = 0 } = this.job.pace;
    if (leastMs > 0) await this.#wait(leastMs);
    if (!this.#woken) {
      this.#idle = true;
      const woken = await this.#wait(Math.max(0, Math.min(dueInMs, this.#slowMs()) - leastMs), true);
      this.#idle = false;
      if (!woken) return;
    }
    this.#slow.reset();
  }

  /** While signals don't arrive nothing wakes the loop, so it looks at its first pace. */
  #slowMs(): number {
    if (this.#signals && !this.#signals.connected) this.#slow.reset();
    return this.#slow.waitMs();
  }

  /** Waits `ms`; true when it was woken earlier, if `wakes` allows that. */
  #wait(ms: number, wakes = false): Promise<boolean> {
    return new Promise(resolve => {
      const { signal } = this.#stopping;
      if (signal.aborted) return resolve(false);
      const end = (woken: boolean) => {
        cancel();
        this.#wake = () => undefined;
        resolve(woken);
      };
      const cancel = ms === Infinity ? () => undefined : this.#clock.after(ms, () => end(false));
      this.#wake = () => {
        if (wakes || signal.aborted) end(true);
      };
    });
  }
}
