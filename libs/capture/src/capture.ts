import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap, Optional } from '@nestjs/common';
import { Problem } from '#canonical';
import { INSTANT } from '#connector';
import { EventPublisher, SetAsides, TooManyFailures, topicOf } from '#events';
import { JobLoop, type Next } from '#jobs';
import { type Clock, Database, inTransaction, signal, signalsOf, systemClock, type Transaction, withFullView } from '#persistence';
import { Metrics, outage, redactText, runInContext } from '#service';
import { CaptureConfig } from './capture.config.js';
import { CAPTURE_OPTIONS, type CaptureOptions } from './capture-options.js';
import type { CaptureCounts, Feed } from './feed.js';
import { FeedState, LONGEST_PAUSE_MS, type Reading, ReadingLost } from './feed-state.js';
import { add, PageWriter } from './page-writer.js';
import { paceOf, quietSteps } from './quiet-pace.rules.js';
import { ShadowReader } from './shadow-reader.js';

/**
 * Why a reading sees every shadow, even when a person asked for it: a record that it could not see
 * would look new or deleted.
 */
const WHOLE_FEED = 'a feed is compared with all of its shadows';

/** How often a feed's loop checks whether its sweep is due, at most. */
const SWEEP_LOOK_MS = 60_000;
/** A loop without an interval of its own: it runs only when it is woken. */
const NEVER = { firstMs: Infinity, mostMs: Infinity };

interface RegisteredFeed {
  feed: Feed;
  state: FeedState;
  pages: PageWriter;
  loop: JobLoop;
  /** Readings in a row that failed. */
  failures: number;
  sweepLookAt: number;
}

/**
 * Finds changes in a back end. It reads the back end's feeds, compares them with what it last saw,
 * and appends the changes as canonical events, in the same transaction as the new shadow and the
 * cursor. Register feeds in `onModuleInit`; polling starts when the app has started.
 */
@Injectable()
export class Capture implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #feeds = new Map<string, RegisteredFeed>();
  readonly #steps;
  #declared = new Set<string>();
  #stopping = false;
  #offs: (() => void)[] = [];
  /** When something last happened, in this app or any other. */
  #activeAt: number;
  /** Failures that were already recorded with the feed and logged. */
  readonly #reported = new WeakSet<object>();

  constructor(
    @Inject(CAPTURE_OPTIONS) private readonly options: CaptureOptions,
    private readonly dataSource: Database,
    private readonly events: EventPublisher,
    private readonly metrics: Metrics,
    private readonly setAsides: SetAsides,
    @Optional() @Inject(CaptureConfig) config = new CaptureConfig(),
    @Optional() private readonly clock: Clock = systemClock,
  ) {
    this.#steps = quietSteps(config.quietSteps);
    this.#activeAt = this.clock.now();
    this.metrics.gauge('throughline_feed_lag_seconds', 'How far behind its back end each feed is.', ['feed'], async gauge => {
      for (const { name, lag } of await this.#lags()) gauge.set({ feed: name }, lag);
    });
  }

  register<T extends { id: string }>(feed: Feed<T>): void {
    if (this.#feeds.has(feed.name)) throw new Problem('internal', `feed ${feed.name} is registered twice`);
    const plain = feed as unknown as Feed;
    const pages = new PageWriter(this.options, this.dataSource, this.events, this.metrics, this.setAsides, plain);
    const state = new FeedState(this.dataSource, this.options.system, plain);
    const loop = new JobLoop({ part: 'capture', name: feed.name, work: () => this.#turn(registered), pace: NEVER, clock: this.clock });
    const registered: RegisteredFeed = { feed: plain, state, pages, loop, failures: 0, sweepLookAt: 0 };
    this.#feeds.set(feed.name, registered);
    this.setAsides.declare(state.place);
  }

  /**
   * How far the vendor's clock is ahead of ours, in ms; negative when it is behind. Undefined when
   * not known.
   */
  clockDifferenceMs(name: string): number | undefined {
    return this.#feeds.get(name)?.feed.clock?.().differenceMs;
  }

  get names(): string[] {
    return [...this.#feeds.keys()];
  }

  async onApplicationBootstrap(): Promise<void> {
    for (const registered of this.#feeds.values()) await this.#declare(registered);
    if (this.options.polls === false) return;
    for (const { loop } of this.#feeds.values()) loop.start();
    const signals = signalsOf(this.dataSource);
    this.#offs = [topicOf('*'), this.#topic].map(topic => signals.on(topic, () => this.#active()));
  }

  get #topic(): string {
    return `capture:${this.options.system}`;
  }

  /**
   * Call when something happened, because more may follow: slow feeds are read now, and all return
   * to their set pace.
   */
  #active(): void {
    const slow = [...this.#feeds.values()].filter(({ feed }) => this.#paceOf(feed) > feed.everyMs);
    this.#activeAt = this.clock.now();
    for (const { loop } of slow) loop.wake();
  }

  #paceOf({ everyMs }: Feed): number {
    return paceOf(everyMs, this.clock.now() - this.#activeAt, this.#steps);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.#stopping = true;
    for (const off of this.#offs) off();
    await Promise.all([...this.#feeds.values()].map(({ loop }) => loop.stop()));
  }

  /** How many records of each feed are set aside; feeds without any are left out. */
  setAside(): Promise<Map<string, number>> {
    return withFullView(WHOLE_FEED, async () => {
      const counts = await this.setAsides.counts([...this.#feeds.values()].map(({ state }) => state.place));
      const sum = (place: string) => (counts.get(place) ?? []).reduce((all, { records }) => all + records, 0);
      return new Map([...this.#feeds].map(([name, { state }]) => [name, sum(state.place)] as const).filter(([, records]) => records > 0));
    });
  }

  /**
   * Reads the feed's changes now. Throws `conflict` with code `feed-paused`, `not-found` for an
   * unknown feed, and whatever the vendor threw.
   */
  async pollNow(name: string): Promise<CaptureCounts> {
    const registered = await this.#ready(name);
    this.#active();
    return this.#asNobody(async () => this.#poll(registered, await registered.state.takeNow('poll')));
  }

  /**
   * Compares with everything the back end has. A sweep that shows less than half of the known
   * records looks like a lost permission. It then deletes nothing and throws `conflict`, code
   * `sweep-not-believed`, unless `believe` is set.
   */
  async sweepNow(name: string, o: { believe?: boolean } = {}): Promise<CaptureCounts> {
    const registered = await this.#ready(name);
    this.#active();
    return this.#asNobody(async () => this.#sweep(registered, await registered.state.takeNow('sweep'), o.believe));
  }

  /** Whoever requests a reading is not the author of the changes that it finds. */
  #asNobody<T>(read: () => Promise<T>): Promise<T> {
    return runInContext({ principal: undefined }, () => withFullView(WHOLE_FEED, read));
  }

  /** Holds for all replicas and over restarts. When this returns, no reading runs any more. */
  async pause(name: string): Promise<void> {
    const { state } = await this.#ready(name);
    await state.setPaused(true);
    await state.quiet();
  }

  async resume(name: string): Promise<void> {
    const { state } = await this.#ready(name);
    await state.setPaused(false);
    await signal(this.dataSource.manager, this.#topic);
  }

  /**
   * Call before we write a record: its half-written states, read meanwhile, are then not taken for
   * another person's change. Lasts one minute or until `noteWritten`.
   */
  async noteWriting(noun: string, id: string): Promise<void> {
    this.#active();
    await this.#feedOf(noun).pages.noteWriting(id);
  }

  /**
   * Call after we wrote a record. The shadow moves at once, and the difference is appended as an
   * event of ours, in `em`'s transaction if given. When the feed later reads the same state, that
   * is an echo.
   */
  async noteWritten<T extends { id: string }>(noun: string, id: string, state: T, em?: Transaction): Promise<void> {
    if (state.id !== id) throw new Problem('internal', `noteWritten of ${noun} ${id} got the state of ${state.id}`);
    const { pages } = this.#feedOf(noun);
    await withFullView(WHOLE_FEED, async () => {
      if (em) await pages.noteWritten(em, state);
      else await inTransaction(this.dataSource, own => pages.noteWritten(own, state));
    });
  }

  /**
   * Call when the source of this noun's legal entities has changed. Records whose legal entities
   * differ now are published again, in `em`'s transaction.
   */
  async entitiesChanged(noun: string, em: Transaction): Promise<void> {
    await withFullView(WHOLE_FEED, () => this.#feedOf(noun).pages.publishEntityChanges(em));
  }

  shadow<T extends { id: string }>(noun: string): ShadowReader<T> {
    return new ShadowReader<T>(this.dataSource, this.options.system, noun);
  }

  async #turn(registered: RegisteredFeed): Promise<Next> {
    const { feed, state } = registered;
    try {
      await runInContext({ app: this.options.system }, async () => {
        const poll = await state.takeDue('poll');
        if (poll) await this.#poll(registered, poll);
        if (this.clock.now() < registered.sweepLookAt) return;
        registered.sweepLookAt = this.clock.now() + Math.min(SWEEP_LOOK_MS, feed.sweepEveryMs / 10);
        const sweep = await state.takeDue('sweep');
        if (sweep) await this.#sweep(registered, sweep);
      });
      registered.failures = 0;
    } catch (error) {
      if (!this.#reported.has(error as object)) throw error;
      registered.failures++;
    }
    const retryMs = registered.failures === 0 ? 0 : Math.min(LONGEST_PAUSE_MS, feed.everyMs * 2 ** (registered.failures - 1));
    return { inMs: Math.max(this.#paceOf(feed), retryMs) };
  }

  async #poll({ feed, state, pages }: RegisteredFeed, reading: Reading): Promise<CaptureCounts> {
    return this.#read('poll', feed, state, reading, async sum => {
      await pages.retrySetAside(state, reading);
      let askedMs = performance.now();
      for await (const { items, gone, unreadable, cursor } of feed.read(withOverlap(reading.cursor, feed.overlapMs + behindMs(feed)))) {
        if (this.#stopping) throw new ReadingLost(feed.name);
        add(sum, await pages.store(state, reading, items, { cursor, askedMs, gone, unreadable }));
        askedMs = performance.now();
      }
      if (feed.readsAll) await pages.settleUnreadable(state, reading);
      await state.finishPoll(reading, this.#paceOf(feed));
    });
  }

  async #sweep({ feed, state, pages }: RegisteredFeed, reading: Reading, believe = false): Promise<CaptureCounts> {
    return this.#read('sweep', feed, state, reading, async sum => {
      const window = feed.sweepWindow?.();
      let askedMs = performance.now();
      for await (const { items, unreadable } of feed.sweep(window)) {
        if (this.#stopping) throw new ReadingLost(feed.name);
        add(sum, await pages.store(state, reading, items, { cursor: null, askedMs, sweep: true, unreadable }));
        askedMs = performance.now();
      }
      if (!believe) await pages.checkBelievable(reading, window);
      add(sum, await pages.deleteUnseen(state, reading, window));
      if (!window) await pages.settleUnreadable(state, reading);
      await state.finishSweep(reading);
    });
  }

  async #read(
    what: 'poll' | 'sweep',
    feed: Feed,
    state: FeedState,
    reading: Reading,
    work: (sum: CaptureCounts) => Promise<void>,
  ): Promise<CaptureCounts> {
    const sum: CaptureCounts = { items: 0, created: 0, changed: 0, deleted: 0, drifted: 0, events: 0 };
    const reads = this.metrics.counter('throughline_feed_reads_total', 'Polls and sweeps of feeds by how they ended.', ['feed', 'what', 'outcome']);
    try {
      await work(sum);
      reads.inc({ feed: feed.name, what, outcome: 'ok' });
      outage.over(this.#part(feed));
      return sum;
    } catch (error) {
      if (error instanceof ReadingLost) {
        await state.abandon(reading);
        throw this.#tolerated(
          new Problem('conflict', `Feed ${feed.name} was paused, taken over or stopped while it was read.`, {
            code: 'feed-lost',
            retryable: true,
            cause: error,
          }),
        );
      }
      if (error instanceof TooManyFailures) await inTransaction(this.dataSource, em => this.setAsides.stop(em, error));
      const why = redactText(error instanceof Problem ? error.detail : String(error));
      await state.fail(reading, what, why);
      reads.inc({ feed: feed.name, what, outcome: 'failed' });
      outage.note(this.#part(feed), error);
      if (typeof error === 'object' && error !== null) this.#reported.add(error);
      throw error;
    } finally {
      reading.release();
    }
  }

  /** Not to be reported as a failure: the feed goes on elsewhere, or later. */
  #tolerated(problem: Problem): Problem {
    this.#reported.add(problem);
    return problem;
  }

  #part(feed: Feed): string {
    return `capture: feed ${this.options.system}/${feed.name}`;
  }

  async #ready(name: string): Promise<RegisteredFeed> {
    const registered = this.#feeds.get(name);
    if (!registered) throw new Problem('not-found', `There is no feed ${name}.`);
    await this.#declare(registered);
    return registered;
  }

  async #declare({ feed, state }: RegisteredFeed): Promise<void> {
    if (this.#declared.has(feed.name)) return;
    await state.declare();
    this.#declared.add(feed.name);
  }

  #feedOf(noun: string): RegisteredFeed {
    const found = [...this.#feeds.values()].find(({ feed }) => feed.noun === noun);
    if (!found) throw new Problem('internal', `no feed reads ${noun}`);
    return found;
  }

  async #lags(): Promise<{ name: string; lag: number }[]> {
    if (!this.dataSource.isInitialized) return [];
    return this.dataSource.query<{ name: string; lag: number }[]>(
      `select name, extract(epoch from clock_timestamp() - read_to)::float8 lag from capture.feed where system = $1 and read_to is not null`,
      [this.options.system],
    );
  }
}

/**
 * The furthest that a feed's reads go back for a slow clock. Sweeps find what lies behind it; the
 * alarm was raised.
 */
const MOST_BEHIND_MS = 900_000;

const behindMs = ({ clock }: Feed): number => Math.min(MOST_BEHIND_MS, -(clock?.().behindMs ?? 0));

/** A cursor that is an instant, moved back; any other as it is. */
export function withOverlap(cursor: string | null, overlapMs: number): string | null {
  if (cursor === null || !INSTANT.test(cursor)) return cursor;
  return new Date(Date.parse(cursor) - overlapMs).toISOString();
}
