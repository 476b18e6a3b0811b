import { Client } from 'pg';
import type { Database, Transaction } from './database.js';
import { systemClock, type Clock } from './clock.js';

// One channel per database; Postgres keeps the databases of a server apart.
const CHANNEL = 'throughline';
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 10_000;
const HEARTBEAT_MS = 30_000;
const ANSWER_LIMIT_MS = 10_000;

/**
 * Wake-ups from this and other processes. Postgres delivers them when the sender's transaction
 * commits, and never when it rolls back. A signal is a hint and carries no work: after an outage of
 * the connection all listeners are woken, and each also looks slowly without signals.
 */
export class Signals {
  readonly #listeners = new Map<string, Set<() => void>>();
  #client: Client | undefined;
  #opened = false;
  #connected = false;
  #failures = 0;
  #cancel: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Whether signals arrive at present. */
  get connected(): boolean {
    return this.#connected;
  }

  /**
   * Calls `wake` for each signal on `topic`; a topic that ends in `*` matches all topics with that
   * prefix. Returns how to stop.
   */
  on(topic: string, wake: () => void): () => void {
    const listeners = this.#listeners.get(topic) ?? new Set();
    listeners.add(wake);
    this.#listeners.set(topic, listeners);
    if (!this.#opened) this.#connect();
    return () => {
      listeners.delete(wake);
      if (listeners.size === 0 && this.#listeners.get(topic) === listeners) this.#listeners.delete(topic);
      if (this.#listeners.size === 0) this.#close();
    };
  }

  #connect(): void {
    const client = new Client({ connectionString: this.url, application_name: 'throughline signals', keepAlive: true });
    this.#client = client;
    this.#opened = true;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#signalled(payload ?? ''));
    client
      .connect()
      .then(() => client.query(`listen ${CHANNEL}`))
      .then(
        () => this.#listening(client),
        () => this.#lost(client),
      );
  }

  #listening(client: Client): void {
    if (client !== this.#client) return;
    this.#failures = 0;
    this.#connected = true;
    // Signals were missed while the connection was down: wake everyone.
    for (const listeners of this.#listeners.values()) for (const wake of listeners) wake();
    this.#heartbeat(client);
  }

  /** Detects a dead connection that was never closed. */
  #heartbeat(client: Client): void {
    this.#cancel = this.clock.after(HEARTBEAT_MS, () => {
      const giveUp = this.clock.after(ANSWER_LIMIT_MS, () => this.#lost(client));
      client
        .query('select 1')
        .then(
          () => client === this.#client && this.#heartbeat(client),
          () => this.#lost(client),
        )
        .finally(giveUp);
    });
  }

  #lost(client: Client): void {
    if (client !== this.#client) return;
    this.#drop();
    const waitMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    this.#cancel = this.clock.after(waitMs, () => this.#connect());
  }

  #close(): void {
    this.#drop();
    this.#opened = false;
    this.#failures = 0;
  }

  #drop(): void {
    const client = this.#client;
    this.#cancel();
    this.#client = undefined;
    this.#connected = false;
    client?.end().catch(() => undefined);
  }

  #signalled(topic: string): void {
    for (const [wanted, listeners] of this.#listeners) {
      if (wanted === topic || (wanted.endsWith('*') && topic.startsWith(wanted.slice(0, -1)))) for (const wake of listeners) wake();
    }
  }
}

const byDatabase = new Map<string, Signals>();

/**
 * The signals of a data source's database: one listening connection for all apps of the process,
 * whatever their roles.
 */
export function signalsOf(dataSource: Database): Signals {
  const { url } = dataSource.options as { url?: string };
  if (!url) throw new Error('signals need a data source that knows its URL');
  const { host, pathname } = new URL(url);
  const known = byDatabase.get(host + pathname) ?? new Signals(url);
  byDatabase.set(host + pathname, known);
  return known;
}

/**
 * SQL that sends a signal when its transaction commits; `topic` is an SQL expression. A topic that
 * is named several times is signalled once.
 */
export const signalOf = (topic: string): string => `pg_notify('${CHANNEL}', ${topic})`;

/** Signals the topics when `em`'s transaction commits. */
export async function signal(em: Transaction, ...topics: string[]): Promise<void> {
  await em.query(`select ${signalOf('topic')} from unnest($1::text[]) topic`, [topics]);
}
