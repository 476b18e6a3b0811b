import type { RecordedEvent } from '#apis';
import { ExceptionDesk, type NewException } from '#exceptions';
import { EventLog, EventPublisher } from '#events';
import { type Database, inTransaction, type Transaction } from '#persistence';
import type { Counter, Histogram } from 'prom-client';
import { log, runInContext } from '#service';
import type { Flow, FlowException, FlowRun, StepMessage } from './flow.js';
import { runIdOf, type FlowEngine, type TurnRef } from './flow-engine.js';
import { exceptionIdOf, Lanes } from './lanes.js';
import { actorOf, appliedStep, doneOf, stepEvent, type StepContext, waitingStep } from './run-journey.js';
import { FailedStep, patiently, type JournaledProblem, type StepOutcome } from './step.js';

export interface FlowMetrics {
  steps: Counter;
  stepSeconds: Histogram;
  runs: Counter;
}

export interface HostedFlow {
  app: string;
  name: string;
  flow: Flow;
}

/** The default due time of an exception, where its flow sets none. */
const DUE_MS = 24 * 3_600_000;

/** Runs one flow's turns: enter, the flow itself, and the end of the turn, each journaled. */
export class FlowRunner {
  readonly subscription: string;

  constructor(
    private readonly hosted: HostedFlow,
    private readonly engine: FlowEngine,
    private readonly dataSource: Database,
    private readonly lanes: Lanes,
    private readonly desk: ExceptionDesk,
    private readonly log: EventLog,
    private readonly events: EventPublisher,
    private readonly metrics: FlowMetrics,
    private readonly patienceMs: number,
    private readonly stopping: AbortSignal,
  ) {
    this.subscription = `${hosted.app}.${hosted.name}`;
  }

  get flow(): Flow {
    return this.hosted.flow;
  }

  async run(turn: TurnRef): Promise<void> {
    const entered = await this.#journaled(turn, 'enter', em => this.lanes.enter(em, turn));
    if (!entered) return;
    const event = await this.#eventOf(turn);
    const run = this.#runOf(turn, event);
    await this.#within(event, async () => {
      try {
        const finish = await this.flow.run(run);
        const done = await this.#journaled(turn, 'finish', async em => {
          if (!(await this.lanes.complete(em, turn))) return false;
          await finish.commit?.(em);
          await this.events.publish(em, finish.events ?? []);
          return true;
        });
        this.metrics.runs.inc({ flow: this.subscription, outcome: done ? 'done' : 'superseded' });
      } catch (error) {
        if (!(error instanceof FailedStep)) throw error;
        await this.#giveUp(turn, event, error);
      }
    });
  }

  /** Runs work as the flow, with the correlation and trace of the run's event. */
  #within<T>({ correlationId, traceparent, ...event }: RecordedEvent, work: () => Promise<T>): Promise<T> {
    const actor = actorOf(this.subscription, event);
    return runInContext({ correlationId, traceparent, actor, principal: undefined, deadlineAt: undefined }, work);
  }

  /**
   * For a flow that ended by itself (an error, a cancel): ends its turn as failed outside the
   * journal.
   */
  async giveUpOutside(turn: TurnRef, failure: FailedStep): Promise<void> {
    const event = await this.#eventOf(turn);
    await this.#within(event, () => inTransaction(this.dataSource, em => this.#fail(em, turn, event, failure)));
  }

  async #giveUp(turn: TurnRef, event: RecordedEvent, failure: FailedStep): Promise<void> {
    await this.#journaled(turn, 'give up', em => this.#fail(em, turn, event, failure));
    this.metrics.runs.inc({ flow: this.subscription, outcome: 'failed' });
    log.warn(
      {
        part: 'flow',
        flow: this.subscription,
        key: turn.key,
        step: failure.step,
        problem: failure.problem.detail,
        correlationId: event.correlationId,
      },
      'a run gave up and is an exception',
    );
  }

  /**
   * Writes the exception and its hold in one transaction. Writes neither when another run ended the
   * turn meanwhile.
   */
  async #fail(em: Transaction, turn: TurnRef, event: RecordedEvent, failure: FailedStep): Promise<void> {
    const failed = await this.lanes.fail(em, turn);
    if (!failed) return;
    const exception = this.#exceptionOf(turn, event, await this.flow.exceptionFor(event, failure));
    const held = { subscription: turn.subscription, key: turn.key, seq: turn.seq };
    await this.desk.raise(em, [{ ...exception, step: failure.step, parkedBehind: failed.parked, turn: held }]);
    const told: StepMessage = {
      kind: 'journey.exception',
      params: { step: failure.step, code: exception.reasons[0]?.code ?? failure.problem.kind },
      outcome: 'failed',
      refs: exception.refs,
      legalEntities: exception.legalEntities,
      exceptionId: exceptionIdOf(turn),
    };
    await this.events.publish(em, [stepEvent(this.subscription, { turn, event }, 'give up:0', told)]);
  }

  /**
   * The turn is late although nothing failed: raises an exception of its own, beside the running
   * turn.
   */
  async stalled(em: Transaction, turn: TurnRef): Promise<void> {
    const event = await this.#eventOf(turn);
    const exception = this.#exceptionOf(turn, event, await this.flow.exceptionFor(event, 'stalled'));
    await this.desk.raise(em, [{ ...exception, step: 'clock', parkedBehind: 0, turn: null }]);
  }

  #exceptionOf(turn: TurnRef, event: RecordedEvent, said: FlowException): Omit<NewException, 'step' | 'parkedBehind' | 'turn'> {
    return {
      keys: {},
      refs: [],
      money: [],
      dueAt: new Date(Date.now() + DUE_MS).toISOString(),
      effect: 'none',
      legalEntities: event.legalEntities,
      ...said,
      id: exceptionIdOf(turn),
      app: this.hosted.app,
      flow: this.hosted.name,
      runId: runIdOf(turn),
      subject: turn.key,
      correlationId: event.correlationId,
      ...(event.traceparent ? { traceparent: event.traceparent } : {}),
    };
  }

  #runOf(turn: TurnRef, event: RecordedEvent): FlowRun {
    const context: StepContext = { turn, event };
    const step = async <T>(name: string, work: () => Promise<T>, messagesOf?: (value: T) => StepMessage[]): Promise<T> => {
      const outcome = await this.#attempt(context, name, work, messagesOf);
      if ('problem' in outcome) throw new FailedStep(name, outcome.problem);
      return outcome.value;
    };
    return {
      runId: runIdOf(turn),
      event,
      actor: actorOf(this.subscription, event),
      step,
      about: about => void (context.about = about),
      apply: (name, told, work) =>
        step(
          name,
          async () => doneOf([await work()]),
          done => [appliedStep(told, done)],
        ),
      each: (name, told, things, work) =>
        step(
          name,
          async () => {
            const applied: Awaited<ReturnType<typeof work>>[] = [];
            for (const thing of things) applied.push(await work(thing));
            await inTransaction(this.dataSource, em =>
              this.events.publish(
                em,
                applied.map(({ event: said }) => said),
              ),
            );
            return doneOf(applied);
          },
          done => [appliedStep(told, done)],
        ),
      read: async (name, work) => {
        const outcome = await patiently(work, { patienceMs: this.patienceMs, signal: this.stopping });
        if ('problem' in outcome) throw new FailedStep(name, outcome.problem);
        return outcome.value;
      },
      finish: (message, { events = [], commit }) => ({ commit, events: [...events, stepEvent(this.subscription, context, message.kind, message)] }),
      publish: (name, messages) => this.#publishSteps({ ...context, turn: { ...turn, run: 0 } }, name, messages),
    };
  }

  async #attempt<T>(context: StepContext, name: string, work: () => Promise<T>, messagesOf?: (value: T) => StepMessage[]): Promise<StepOutcome<T>> {
    const stop = this.metrics.stepSeconds.startTimer({ flow: this.subscription, step: name });
    const outcome = await this.engine.step(name, () =>
      patiently(
        async () => {
          const value = await work();
          await this.#publishSteps(context, name, messagesOf?.(value) ?? []);
          return value;
        },
        { patienceMs: this.patienceMs, signal: this.stopping, onWaiting: problem => this.#publishWaiting(context, name, problem) },
      ),
    );
    stop();
    this.metrics.steps.inc({ flow: this.subscription, step: name, outcome: 'problem' in outcome ? 'failed' : 'done' });
    return outcome;
  }

  async #publishWaiting({ turn, event }: StepContext, name: string, problem: JournaledProblem): Promise<void> {
    await this.#publishSteps({ turn, event }, `${name} waits`, [waitingStep(name, problem)]);
  }

  async #publishSteps(context: StepContext, name: string, messages: StepMessage[]): Promise<void> {
    if (messages.length === 0) return;
    const events = messages.map((step, index) => stepEvent(this.subscription, context, `${name}:${index}`, step));
    await inTransaction(this.dataSource, em => this.events.publish(em, events));
  }

  /**
   * A step of the runner itself: one transaction, journaled, retried only while the database is
   * away.
   */
  async #journaled<T>(turn: TurnRef, name: string, work: (em: Transaction) => Promise<T>): Promise<T> {
    const outcome = await this.engine.step(name, () =>
      patiently(() => inTransaction(this.dataSource, work), { patienceMs: this.patienceMs, signal: this.stopping }),
    );
    if ('problem' in outcome) throw new Error(`${runIdOf(turn)} ${name}: ${outcome.problem.detail}`);
    return outcome.value;
  }

  /** Events never change, so reading one again outside the journal always gives the same. */
  async #eventOf({ subscription, key, seq }: Omit<TurnRef, 'run'>): Promise<RecordedEvent> {
    const outcome = await patiently(
      async () => {
        const [turn] = await this.dataSource.query<{ event_source: string; event_id: string }[]>(
          'select event_source, event_id from flow.turn where subscription = $1 and key = $2 and seq = $3',
          [subscription, key, seq],
        );
        return this.log.find(this.dataSource.manager, turn.event_source, turn.event_id);
      },
      { patienceMs: this.patienceMs, signal: this.stopping },
    );
    if ('problem' in outcome || !outcome.value) throw new Error(`${subscription} ${key} ${seq}: its event can't be read`);
    return outcome.value;
  }
}
