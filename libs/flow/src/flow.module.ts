import { Inject, Module, type DynamicModule, type OnApplicationBootstrap, type OnModuleDestroy, type OnModuleInit, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ExceptionDesk } from '#exceptions';
import { EventLog, EventPublisher, Subscriptions } from '#events';
import { Database, databaseUrl, signalsOf } from '#persistence';
import { Metrics } from '#service';
import { DbosEngine } from './dbos-engine.js';
import type { Flow } from './flow.js';
import { FlowConfig } from './flow.config.js';
import { FlowRunner } from './flow-runner.js';
import { Lanes } from './lanes.js';
import { Supervisor } from './supervisor.js';

const FLOWS = Symbol('flows');

interface Flows {
  app: string;
  /** The app's only list of flows: a flow's name, which never changes, and its class. */
  flows: Record<string, Type<Flow>>;
}

/**
 * Runs an app's flows: subscribes them to the log, starts the engine, supervises. One per process,
 * as DBOS is.
 */
class FlowHost implements OnModuleInit, OnApplicationBootstrap, OnModuleDestroy {
  readonly #runners = new Map<string, FlowRunner>();
  readonly #stopping = new AbortController();
  #engine: DbosEngine;
  #supervisor: Supervisor;

  constructor(
    @Inject(FLOWS) private readonly hosted: Flows,
    private readonly modules: ModuleRef,
    private readonly dataSource: Database,
    private readonly lanes: Lanes,
    private readonly desk: ExceptionDesk,
    private readonly log: EventLog,
    private readonly events: EventPublisher,
    private readonly subscriptions: Subscriptions,
    private readonly metrics: Metrics,
    private readonly config: FlowConfig,
  ) {}

  onModuleInit(): void {
    this.#engine = new DbosEngine({
      databaseUrl: databaseUrl(process.env, this.hosted.app),
      signals: signalsOf(this.dataSource),
      concurrency: this.config.concurrency,
      lookMs: this.config.lookMs,
    });
    this.lanes.enqueueWith((em, turn) => this.#engine.enqueue(em, turn));
    this.desk.releaseWith(async (em, turns, action) => {
      for (const turn of turns) await this.lanes.release(em, turn, action);
    });
    const metrics = {
      steps: this.metrics.counter('throughline_flow_steps_total', 'Steps of flows, by outcome.', ['flow', 'step', 'outcome']),
      stepSeconds: this.metrics.histogram('throughline_flow_step_seconds', 'How long steps of flows take, waiting included.', ['flow', 'step']),
      runs: this.metrics.counter('throughline_flow_runs_total', 'Runs of flows, by outcome.', ['flow', 'outcome']),
    };
    for (const [name, type] of Object.entries(this.hosted.flows)) {
      const flow = this.modules.get(type, { strict: false });
      const runner = new FlowRunner(
        { app: this.hosted.app, name, flow },
        this.#engine,
        this.dataSource,
        this.lanes,
        this.desk,
        this.log,
        this.events,
        metrics,
        this.config.patienceMs,
        this.#stopping.signal,
      );
      this.#runners.set(runner.subscription, runner);
      this.subscriptions.subscribe({
        name: runner.subscription,
        types: flow.types,
        keyOf: event => flow.keyOf(event) ?? event.key,
        handle: async (em, events) => {
          // In key order, so that two transactions that lock several lanes never deadlock.
          const wanted = events.flatMap(event => ({ key: flow.keyOf(event), event })).filter(turn => turn.key !== null);
          for (const { key, event } of wanted.sort((a, b) => (a.key! < b.key! ? -1 : a.key! > b.key! ? 1 : a.event.keySeq - b.event.keySeq))) {
            await this.lanes.add(em, runner.subscription, key!, event);
          }
        },
      });
    }
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.#engine.start([...this.#runners.keys()], turn => this.#runners.get(turn.subscription)!.run(turn));
    this.#supervisor = new Supervisor(this.dataSource, this.#engine, this.#runners, this.config);
    this.#supervisor.start();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopping.abort();
    await this.#engine.stop(this.config.drainMs);
    await this.#supervisor?.stop();
  }
}

@Module({})
export class FlowModule {
  static forApp(flows: Flows): DynamicModule {
    return { module: FlowModule, global: true, providers: [{ provide: FLOWS, useValue: flows }, Lanes, FlowHost], exports: [Lanes] };
  }
}
