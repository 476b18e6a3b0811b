import type { EventType, MessageCode, ParamsOf, RecordedEvent, SlotsOf } from '#apis';
import type { Actor, Applied, ExternalRef, JourneyStep } from '#canonical';
import type { NewEvent } from '#events';
import type { NewException } from '#exceptions';
import type { Transaction } from '#persistence';
import type { FailedStep } from './step.js';

/**
 * What a flow says about the exception that its failure becomes. Defaults of omitted fields: the
 * event's legal entities, due in a day, nothing made. The other fields (ids, turn, history) come
 * from libs/flow.
 */
export type FlowException = Pick<NewException, 'reasons' | 'category' | 'desk' | 'needs'> &
  Partial<Pick<NewException, 'keys' | 'refs' | 'money' | 'dueAt' | 'effect' | 'legalEntities' | 'request' | 'answer'>>;

/**
 * What the steps of a run are about, stated once: the other subjects whose journeys show them, and
 * their legal entities.
 */
export type About = Pick<JourneyStep, 'related' | 'legalEntities'>;

/**
 * A step of the journey as a flow states it. Omitted fields come from the run: its subject, what it
 * is about, the actor, the current time, no outcome.
 */
export type StepMessage = StepCode & Partial<Omit<JourneyStep, 'id' | 'kind' | 'params' | 'runId' | 'next'>> & { next?: MessageCode };

/** What happened: a message code with the parameters of its sentence. */
type StepCode =
  | { [Code in MessageCode]: { kind: Code; params: ParamsOf<Code> } }[MessageCode]
  | { kind: PlainCode; params?: Record<string, string> }
  | { kind: AppliedCode; params: { effects: string; operations: string } };

/** Sentences without parameters. */
type PlainCode = { [Code in MessageCode]: [SlotsOf<Code>] extends [never] ? Code : never }[MessageCode];

/** Sentences whose only parameters are the writes: how many and which. */
type AppliedCode = { [Code in MessageCode]: [Exclude<SlotsOf<Code>, 'effects' | 'operations'>] extends [never] ? Code : never }[MessageCode];

/**
 * The message for an applied effect; `already` is the message where nothing had to change, if that
 * differs.
 */
export type AppliedMessage = Pick<StepMessage, 'next' | 'outcome'> & { kind: AppliedCode; already?: AppliedCode };

/** What was applied, as the journal keeps it: how many writes, and where the record is now. */
export interface Done {
  effects: number;
  operations: string[];
  refs: ExternalRef[];
}

/** One of several records that a step applied, with its event. */
export type AppliedThing = Applied & { event: NewEvent };

/** How a run ends well: what is committed together with the end of its turn. */
export interface Finish {
  events?: NewEvent[];
  commit?: (em: Transaction) => Promise<void>;
}

/** What a run may use. Every effect goes through `step`. */
export interface FlowRun {
  readonly runId: string;
  readonly event: RecordedEvent;
  readonly actor: Actor;
  /**
   * Runs `work` once and journals its result: references, outcomes and hashes, never personal or
   * pay data. Retryable problems are retried for a time; any other problem ends the run as an
   * exception. `messagesOf` makes the journey's step; it is appended before the step is journaled and is
   * harmless when repeated.
   */
  step<T>(name: string, work: () => Promise<T>, messagesOf?: (value: T) => StepMessage[]): Promise<T>;
  /** States what the following steps are about. */
  about(about: About): void;
  /**
   * A step that applies a desired state and publishes the writes it took; undefined where there is
   * nothing to apply.
   */
  apply(name: string, message: AppliedMessage, work: () => Promise<Applied | undefined>): Promise<Done>;
  /**
   * One step that applies several records, one after the other, and publishes their events when all
   * are applied.
   */
  each<T>(name: string, message: AppliedMessage, things: T[], work: (thing: T) => Promise<AppliedThing>): Promise<Done>;
  /**
   * Reads what never changes, with retries. After a crash it is read again, so the journal does not
   * keep it.
   */
  read<T>(name: string, work: () => Promise<T>): Promise<T>;
  /**
   * Ends the run well: the last step of its journey, with what is published and saved in the
   * transaction that ends its turn.
   */
  finish(message: StepMessage, finish: Finish): Finish;
  /**
   * Publishes journey steps from within a step's work: once, even if the work is repeated, and also
   * when the step then fails.
   */
  publish(name: string, messages: StepMessage[]): Promise<void>;
}

/**
 * A durable flow: one run per event of its types, in order within its key. `run` reads like the
 * business process; its decisions are in a pure `*.rules.ts` beside it.
 */
export interface Flow<T extends EventType = EventType> {
  readonly types: T[];
  /** A turn that isn't done after this time raises an exception although nothing failed. */
  readonly clockMs: number;
  /** The business key whose lane the event runs in; null when the flow ignores the event. */
  keyOf(event: RecordedEvent<T>): string | null;
  run(run: FlowRun): Promise<Finish>;
  /** The exception for people when a step failed, or when the clock ran out (`stalled`). */
  exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException>;
}
