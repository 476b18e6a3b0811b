import { Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { systemClock, type Clock } from './clock.js';
import type { Database } from './database.js';
import { signalsOf } from './signals.js';
import { withFullView } from './view.js';

const LOOK_AGAIN_MS = 60_000;

export interface KeptOptions<T> {
  /** For the log: `plans`. */
  name: string;
  /** What is kept until the first load has succeeded. */
  initial: T;
  /** Reads everything that is kept. The rows belong to the house, so it sees all of them. */
  load(database: Database): Promise<T>;
  /** Signals after which it is loaded again, e.g. of the trigger of a table. */
  topics: string[];
  /** How often it is loaded without a signal, in ms. */
  everyMs?: number;
  clock?: Clock;
}

/**
 * Rows that are decided while the house runs and that every request needs: kept in memory, and read
 * without waiting. They are loaded when the app starts, after each signal, and slowly besides. While
 * Postgres is away the last known rows hold. As a Nest provider it starts and stops with the app.
 */
export class Kept<T> implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log: Logger;
  readonly #clock: Clock;
  #value: T;
  #offs: (() => void)[] = [];
  #cancel: () => void = () => undefined;
  #loading?: Promise<void>;
  /** Something changed while it was being loaded: what was read may be older than that. */
  #stale = false;
  #failing = false;
  #running = false;

  constructor(
    /** An app without a database keeps `initial`. */
    private readonly database: Database | undefined,
    private readonly options: KeptOptions<T>,
  ) {
    this.#value = options.initial;
    this.#clock = options.clock ?? systemClock;
    this.#log = new Logger(`kept ${options.name}`);
  }

  /** The last known rows. */
  get(): T {
    return this.#value;
  }

  /** Loads, and goes on loading. Does not reject: what can't be loaded now is loaded later. */
  async start(): Promise<void> {
    if (!this.database) return;
    this.#running = true;
    const signals = signalsOf(this.database);
    this.#offs = this.options.topics.map(topic => signals.on(topic, () => void this.refresh()));
    await this.refresh();
  }

  stop(): void {
    this.#running = false;
    for (const off of this.#offs) off();
    this.#offs = [];
    this.#cancel();
  }

  /** Loads again, unless that is under way; then it is loaded once more after that. */
  refresh(): Promise<void> {
    if (this.#loading) this.#stale = true;
    this.#loading ??= this.#load().finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  onApplicationBootstrap(): Promise<void> {
    return this.start();
  }

  onApplicationShutdown(): void {
    this.stop();
  }

  async #load(): Promise<void> {
    this.#cancel();
    do {
      this.#stale = false;
      await this.#loadOnce();
    } while (this.#stale && this.#running);
    if (this.#running) this.#cancel = this.#clock.after(this.options.everyMs ?? LOOK_AGAIN_MS, () => void this.refresh());
  }

  async #loadOnce(): Promise<void> {
    const { database, options } = this;
    if (!database) return;
    try {
      this.#value = await withFullView(`${options.name} are the house's own`, () => options.load(database));
      this.#failing = false;
    } catch (error) {
      if (!this.#running) return;
      // once per outage: it is tried again for as long as it lasts
      if (!this.#failing) this.#log.warn(`can't be loaded, the last known hold: ${String(error)}`);
      this.#failing = true;
    }
  }
}
