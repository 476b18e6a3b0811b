import type { EventType, MessageCode, ParamsOf, RecordedEvent, SlotsOf } from '#apis';
import type { Actor, Applied, ExternalRef, JourneyStep } from '#canonical';
import type { NewEvent } from '#events';
import type { NewException } from '#exceptions';
import type { Transaction } from '#persistence';
import type { FailedStep } from './step.js';

/**
 * What a flow says of the exception it becomes. Left out: nothing of it, the event's legal entities, due in a day, nothing made. The rest (ids,
 * turn, history) libs/flow knows.
 */
export type FlowException = Pick<NewException, 'reasons' | 'category' | 'desk' | 'needs'> &
  Partial<Pick<NewException, 'keys' | 'refs' | 'money' | 'dueAt' | 'effect' | 'legalEntities' | 'request' | 'answer'>>;

/** What the steps of a run are about, said once: other subjects that find them, and whose they are. */
export type About = Pick<JourneyStep, 'related' | 'legalEntities'>;

/** A step of the journey as a flow tells it. What isn't said is the run's: its subject, what it is about, who acts, now; nothing came of it. */
export type TellStep = Told & Partial<Omit<JourneyStep, 'id' | 'kind' | 'params' | 'runId' | 'next'>> & { next?: MessageCode };

/** What happened: a code that has a sentence, with the parameters of that sentence. */
type Told =
  | { [Code in MessageCode]: { kind: Code; params: ParamsOf<Code> } }[MessageCode]
  | { kind: PlainCode; params?: Record<string, string> }
  | { kind: AppliedCode; params: { effects: string; operations: string } };

/** Sentences without parameters. */
type PlainCode = { [Code in MessageCode]: [SlotsOf<Code>] extends [never] ? Code : never }[MessageCode];

/** Sentences that say no more than how many writes it took, and which. */
type AppliedCode = { [Code in MessageCode]: [Exclude<SlotsOf<Code>, 'effects' | 'operations'>] extends [never] ? Code : never }[MessageCode];

/** How an effect is told: by `already` where all was as it should be, if that is told otherwise. */
export type TellApplied = Pick<TellStep, 'next' | 'outcome'> & { kind: AppliedCode; already?: AppliedCode };

/** What was applied, as the journal keeps it: how many writes, and where the thing now is. */
export interface Done {
  effects: number;
  operations: string[];
  refs: ExternalRef[];
}

/** One of several things that a step applied, and the event that says so. */
export type AppliedThing = Applied & { event: NewEvent };

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
  /** Says what the steps from here on are about. */
  about(about: About): void;
  /** A step that brings a thing into a wanted state, and tells what that took; undefined where there is nothing of it to apply. */
  apply(name: string, told: TellApplied, work: () => Promise<Applied | undefined>): Promise<Done>;
  /** One step that applies several things, one after the other, and publishes what is said of each when all are applied. */
  each<T>(name: string, told: TellApplied, things: T[], work: (thing: T) => Promise<AppliedThing>): Promise<Done>;
  /** Reads what never changes: patiently, again after a crash, and so not kept in the journal. */
  read<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Ends the run well: the last step of its journey, with what is to be said and kept in the transaction that ends its turn. */
  finish(told: TellStep, finish: Finish): Finish;
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
