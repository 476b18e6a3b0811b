import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { DBOS, DBOSClient } from '@dbos-inc/dbos-sdk';
import type { ClientBase } from 'pg';
import type { EntityManager } from 'typeorm';
import { runIdOf, type FlowEngine, type TurnRef } from './flow-engine.js';

// Name and version are constant, so that any replica can take over any flow; flows in flight are changed with DBOS.patch.
const NAME = 'throughline';
const VERSION = 'throughline@1';
const POLL_MS = 40;

export interface DbosEngineOptions {
  databaseUrl: string;
  /** Flows of one subscription that this process runs at once. */
  concurrency: number;
}

/** DBOS behind the port. One launch per process: DBOS itself is one per process. */
export class DbosEngine implements FlowEngine {
  readonly executorId = `${hostname()}-${process.pid}-${randomUUID().slice(0, 8)}`;
  #client: DBOSClient | null = null;
  #launched = false;

  constructor(private readonly options: DbosEngineOptions) {}

  async start(subscriptions: string[], body: (turn: TurnRef) => Promise<void>): Promise<void> {
    DBOS.setConfig({
      name: NAME,
      applicationVersion: VERSION,
      executorID: this.executorId,
      systemDatabaseUrl: this.options.databaseUrl,
      // A frozen process must not hold a row lock for long: its rescue waits for it.
      systemDatabaseIdleTransactionTimeoutMs: 10_000,
      listenQueues: subscriptions,
      enablePatching: true,
      logLevel: 'error',
    });
    for (const name of subscriptions) DBOS.registerWorkflow((turn: TurnRef) => body(turn), { name });
    await DBOS.launch();
    this.#launched = true;
    for (const name of subscriptions) {
      await DBOS.registerQueue(name, { workerConcurrency: this.options.concurrency, minPollingIntervalMs: POLL_MS, onConflict: 'always_update' });
    }
    await this.#connected();
  }

  async stop(drainMs: number): Promise<void> {
    if (this.#launched) await DBOS.shutdown({ workflowCompletionTimeoutMS: drainMs, deregister: true });
    this.#launched = false;
    await this.#client?.destroy();
    this.#client = null;
  }

  async enqueue(em: EntityManager, turn: TurnRef): Promise<void> {
    const client = await this.#connected();
    // The pg client that TypeORM's transaction runs on: the flow is enqueued if and only if our rows commit.
    const connection = (em.queryRunner as unknown as { databaseConnection: ClientBase }).databaseConnection;
    await client.enqueueInTransaction(connection, { queueName: turn.subscription, workflowName: turn.subscription, workflowID: runIdOf(turn) }, turn);
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

  async takeOver(executorId: string): Promise<number> {
    const client = await this.#connected();
    const flows = await client.listWorkflows({ status: 'PENDING', executorId });
    const byQueue = Map.groupBy(flows, flow => flow.queueName ?? '');
    for (const [queueName, group] of byQueue)
      await client.resumeWorkflows(
        group.map(flow => flow.workflowID),
        queueName ? { queueName } : {},
      );
    return flows.length;
  }

  async forget(before: Date): Promise<number> {
    const client = await this.#connected();
    const flows = await client.listWorkflows({ endTime: before.toISOString(), status: ['SUCCESS', 'ERROR', 'CANCELLED'] as never, limit: 1000 });
    if (flows.length > 0) await client.deleteWorkflows(flows.map(flow => flow.workflowID));
    return flows.length;
  }

  /** The client may be needed before the launch (an event is read while the app starts) and in processes that host no flow. */
  async #connected(): Promise<DBOSClient> {
    this.#client ??= await DBOSClient.create({ systemDatabaseUrl: this.options.databaseUrl, applicationName: NAME });
    return this.#client;
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error ?? 'no reason given');
}
