import { EventEmitter } from 'node:events';
import type { FastifyRequest } from 'fastify';
import { Consumers, consumersMigrations, principalOf, putConsumer, type Claims } from '#auth';
import { Problem } from '#canonical';
import { ManualClock, testDatabase, type TestDatabase } from '#testing';
import { Budgets } from './budgets.js';
import { permitsMigrations } from './permits/permits.migrations.js';
import { builtInPlan } from './plans/plan.rules.js';
import type { Plan } from './plans/plan.table.js';
import { plansMigrations } from './plans/plans.migrations.js';
import { Plans, putPlan } from './plans/plans.js';

export const NOON = Date.UTC(2026, 10, 30, 12);

export const aPlan = (name: string, more: Partial<Plan> = {}): Plan => ({
  name,
  rate: 20,
  windowSeconds: 60,
  burst: 20,
  concurrency: null,
  dailyQuota: null,
  ...more,
});

/** A clock that begins at noon, UTC. */
export function clockAt(wall = NOON): ManualClock {
  const clock = new ManualClock();
  clock.sleep(wall);
  return clock;
}

export interface Call {
  request: FastifyRequest;
  headers: Record<string, string | number>;
  /** The connection closes: the answer was sent, or the caller is gone. */
  close(): void;
}

export function aCall(claims?: Claims, ip = '198.51.100.1'): Call {
  const raw = Object.assign(new EventEmitter(), { closed: false, destroyed: false });
  const headers: Call['headers'] = {};
  const reply = { raw, headers: (more: object) => Object.assign(headers, more) };
  const request = { ip, socket: { remoteAddress: '192.0.2.1' }, reply, ...(claims ? { principal: principalOf(claims) } : {}) };
  const close = (): void => {
    raw.closed = true;
    raw.emit('close');
  };
  return { request: request as unknown as FastifyRequest, headers, close };
}

/** One replica of one app. */
export class Replica {
  constructor(
    readonly budgets: Budgets,
    readonly plans: Plans,
    readonly consumers: Consumers,
  ) {}

  /** Undefined when the call was let in. */
  async call(client: string, call: Call = aCall({ client_id: client })): Promise<Problem | undefined> {
    return this.budgets.admit(call.request).then(
      () => undefined,
      (error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      },
    );
  }

  /** How many of so many calls at once are let in. */
  async passed(client: string, count: number): Promise<number> {
    const refusals = await Promise.all(Array.from({ length: count }, () => this.call(client)));
    return refusals.filter(refusal => refusal === undefined).length;
  }

  async stop(): Promise<void> {
    await this.budgets.onApplicationShutdown();
    this.plans.stop();
    this.consumers.stop();
  }
}

/** Replicas on one database, by one clock that Postgres follows too. */
export class Replicas {
  readonly #running: Replica[] = [];

  private constructor(readonly database: TestDatabase) {}

  static async open(): Promise<Replicas> {
    return new Replicas(await testDatabase({ migrations: [...consumersMigrations, ...plansMigrations, ...permitsMigrations] }));
  }

  /** Makes these plans, with a consumer each under the plan's name. */
  async agree(...plans: Plan[]): Promise<void> {
    await this.database.dataSource.transaction(async em => {
      for (const plan of plans) {
        await putPlan(em, plan);
        await putConsumer(em, { clientId: plan.name, name: plan.name, contact: 'a@example.com', plan: plan.name, state: 'active' });
      }
    });
  }

  /** Without a clock it goes by the real ones. */
  async start(clock?: ManualClock, perMinute = 30_000): Promise<Replica> {
    const { dataSource } = this.database;
    const consumers = new Consumers(dataSource);
    const plans = new Plans(dataSource, consumers, builtInPlan(perMinute));
    const limits = { perMinute, perMinuteOfAddress: 5 };
    const budgets = new Budgets({ limits, plans, consumers, database: dataSource, clock, ledger: clock && { movedMs: () => clock.wall() } });
    await Promise.all([consumers.start(), plans.start(), budgets.onApplicationBootstrap()]);
    const replica = new Replica(budgets, plans, consumers);
    this.#running.push(replica);
    return replica;
  }

  /** Stops all replicas and forgets what was agreed and used. */
  async clear(): Promise<void> {
    await Promise.all(this.#running.splice(0).map(replica => replica.stop()));
    await this.database.dataSource.query('truncate governance.consumer, governance.plan, governance.budget');
  }

  /** Nothing answers any ask until `back` is called. */
  async away(): Promise<{ back(): Promise<void> }> {
    const rename = (from: string, to: string) => this.database.dataSource.query(`alter function governance.${from} rename to ${to}`);
    await rename('take_permits', 'gone');
    return { back: async () => void (await rename('gone', 'take_permits')) };
  }
}

/** The most units that any window of this length holds. `at` is in order, in ms; a window is open at one end. */
export function mostIn(windowMs: number, at: readonly number[]): number {
  let most = 0;
  for (let first = 0, last = 0; last < at.length; last++) {
    while (at[last] - at[first] >= windowMs) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
