import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import { connectionOf, signal, type Signals, type Transaction } from '#persistence';
import { dispatchWhenWoken, wakeQueue } from './dbos-dispatch.js';
import { runIdOf, type FlowEngine, type TurnRef } from './flow-engine.js';

// Name and version are constant, so that any replica can take over any flow; flows in flight are
// changed with DBOS.patch.
const NAME = 'throughline';
const VERSION = 'throughline@1';
/** Used only if a release of DBOS can't be woken. */
const POLL_MS = 500;
const IDLE_TRANSACTION_MS = 10_000;
/** DBOS timers for what is not used here: schedules, and messages between flows. */
const UNUSED_MS = 600_000;

/** The topic of the signal that a flow of the subscription waits to run. */
const topicOf = (subscription: string): string => `flow:${subscription}`;

export interface DbosEngineOptions {
  databaseUrl: string;
  signals: Signals;
  /** How many flows of one subscription this process runs at once. */
  concurrency: number;
  /** How often a queue is polled without a signal. */
  lookMs: number;
}

/** DBOS behind the port. One launch per process: DBOS itself is one per process. */
export class DbosEngine implements FlowEngine {
  readonly executorId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  #client: DBOSClient | null = null;
  #launched = false;
  #off: (() => void)[] = [];
  readonly #url: string;

  constructor(private readonly options: DbosEngineOptions) {
    // A frozen process must not hold a row lock for long, since its rescue waits for the lock. Set
    // in the connection string: DBOS would set it by a statement that it does not await, which pg
    // warns about.
    const url = new URL(options.databaseUrl);
    url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} -c idle_in_transaction_session_timeout=${IDLE_TRANSACTION_MS}`.trim());
    // pg reads %20 as a blank, and + as a plus sign.
    url.search = url.search.replaceAll('+', '%20');
    this.#url = url.href;
  }

  async start(subscriptions: string[], body: (turn: TurnRef) => Promise<void>): Promise<void> {
    DBOS.setConfig({
      name: NAME,
      applicationVersion: VERSION,
      executorID: this.executorId,
      systemDatabaseUrl: this.#url,
      schedulerPollingIntervalMs: UNUSED_MS,
      notificationCoalesceMs: UNUSED_MS,
      listenQueues: subscriptions,
      enablePatching: true,
      // The app's role owns nothing. The owner migrates the engine's schema (migrateEngine); the
      // start only checks it.
      runMigrations: false,
      logLevel: 'error',
    });
    for (const name of subscriptions) DBOS.registerWorkflow((turn: TurnRef) => body(turn), { name });
    dispatchWhenWoken(subscriptions, this.options.lookMs);
    await DBOS.launch();
    this.#launched = true;
    this.#off = subscriptions.map(name => this.options.signals.on(topicOf(name), () => wakeQueue(name)));
    for (const name of subscriptions) {
      await DBOS.registerQueue(name, { workerConcurrency: this.options.concurrency, minPollingIntervalMs: POLL_MS, onConflict: 'always_update' });
    }
    await this.#connected();
  }

  async stop(drainMs: number): Promise<void> {
    for (const off of this.#off.splice(0)) off();
    if (this.#launched) await DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs, deregister: true });
    this.#launched = false;
    await this.#client?.destroy();
    this.#client = null;
  }

  async enqueue(em: Transaction, turn: TurnRef): Promise<void> {
    const client = await this.#connected();
    // On the transaction's own connection: the flow is enqueued if and only if our rows commit.
    await client.enqueueInTransaction(
      connectionOf(em),
      { queueName: turn.subscription, workflowName: turn.subscription, workflowID: runIdOf(turn) },
      turn,
    );
    await signal(em, topicOf(turn.subscription));
  }

  async step<T>(name: string, work: () => Promise<T>): Promise<T> {
    return DBOS.runStep(work, { name });
  }

  async ended(runIds: string[]): Promise<{ runId: string; why: string }[]> {
    if (runIds.length === 0) return [];
    const client = await this.#connected();
    const flows = await client.listWorkflows({ workflowIDs: runIds, status: ['ERROR', 'CANCELLED', 'MAX_RECOVERY_ATTEMPTS_EXCEEDED'] as never });
    return flows.map(flow => ({ runId: flow.workflowID, why: `${flow.status}: ${describe(flow.error)}` }));
  }

  async takeOver(em: Transaction, executorId: string): Promise<number> {
    const client = await this.#connected();
    const flows = await client.listWorkflows({ status: 'PENDING', executorId });
    const byQueue = Map.groupBy(flows, flow => flow.queueName ?? '');
    for (const [queueName, group] of byQueue)
      await client.resumeWorkflows(
        group.map(flow => flow.workflowID),
        queueName ? { queueName } : {},
      );
    await signal(em, ...[...byQueue.keys()].map(topicOf));
    return flows.length;
  }

  async forget(before: Date): Promise<number> {
    const client = await this.#connected();
    const flows = await client.listWorkflows({ endTime: before.toISOString(), status: ['SUCCESS', 'ERROR', 'CANCELLED'] as never, limit: 1000 });
    if (flows.length > 0) await client.deleteWorkflows(flows.map(flow => flow.workflowID));
    return flows.length;
  }

  /**
   * The client may be needed before the launch (an event is read while the app starts) and in
   * processes that host no flow.
   */
  async #connected(): Promise<DBOSClient> {
    this.#client ??= await DBOSClient.create({ systemDatabaseUrl: this.#url, applicationName: NAME });
    return this.#client;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error ?? 'no reason given');
}

/** Brings DBOS's own schema up to date, as the database's owner. */
export const migrateEngine = (ownerUrl: string): Promise<void> => DBOS.migrate(ownerUrl);
