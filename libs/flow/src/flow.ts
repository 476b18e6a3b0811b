import type { Actor, EventType, JourneyStep, RecordedEvent } from '#canonical';
import type { NewEvent } from '#events';
import type { NewException } from '#exceptions';
import type { Transaction } from '#persistence';
import type { FailedStep } from './step.js';

/** What a flow says of the exception it becomes; the rest (ids, turn, history) libs/flow knows. */
export type FlowException = Pick<
  NewException,
  'reasons' | 'category' | 'desk' | 'keys' | 'refs' | 'needs' | 'money' | 'dueAt' | 'effect' | 'legalEntities'
> &
  Partial<Pick<NewException, 'request' | 'answer'>>;

/** A step of the journey as a flow tells it; run, actor and time are filled in. */
export type TellStep = Omit<JourneyStep, 'id' | 'at' | 'actor' | 'runId'> & { at?: string; actor?: Actor };

/** How a run ends well: what is to be committed together with the end of its turn. */
export interface Finish {
  events?: NewEvent[];
  commit?: (em: Transaction) => Promise<void>;
}

/** What a run may use. Everything it does to the world goes through `step`. */
export interface FlowRun {
  readonly runId: string;
  readonly event: RecordedEvent;
  readonly actor: Actor;
  /**
   * Runs `work` once and journals what it answers: return references, outcomes and hashes, never personal or pay data.
   * Retryable problems are tried again with patience; any other ends the run as an exception. `tell` says what happened,
   * for the journey; it is appended before the step is journaled and is harmless when repeated.
   */
  step<T>(name: string, work: () => Promise<T>, tell?: (value: T) => TellStep[]): Promise<T>;
  /** Tells the journey something from within a step's work, once however often the work is repeated: what is so even when the step fails. */
  tell(name: string, told: TellStep[]): Promise<void>;
}

/**
 * A durable flow: one run per event of its types, in order within its key. `run` reads aloud as the business process, with its
 * decisions in a pure `*.rules.ts` beside it.
 */
export interface Flow<T extends EventType = EventType> {
  readonly types: T[];
  /** A turn that isn't done after this long is an exception although nothing failed. */
  readonly clockMs: number;
  /** The business key whose lane the event runs in; null when the flow has nothing to do for it. */
  keyOf(event: RecordedEvent<T>): string | null;
  run(run: FlowRun): Promise<Finish>;
  /** What people are to be told when a step failed, or when the clock ran out (`stalled`). */
  exceptionFor(event: RecordedEvent, failure: FailedStep | 'stalled'): Promise<FlowException>;
}
