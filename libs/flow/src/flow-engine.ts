import type { Transaction } from '#persistence';

/** A turn of a lane as the engine carries it: which lane, which turn, which run of the turn. */
export interface TurnRef {
  subscription: string;
  key: string;
  seq: number;
  /** Counts the releases of the turn; it fences a flow of an earlier run that comes back late. */
  run: number;
}

export const runIdOf = ({ subscription, key, seq, run }: TurnRef): string => `${subscription}:${key}:${seq}:${run}`;

/**
 * What we require of an engine of durable flows: journal each step, resume a flow after its process
 * died, start one inside our own transaction. Lanes, order and holds are ours (lanes.ts). DBOS
 * implements this port; nothing else knows DBOS.
 */
export interface FlowEngine {
  /**
   * Starts to run the flows of these subscriptions in this process. `body` is called once per
   * attempt of a turn.
   */
  start(subscriptions: string[], body: (turn: TurnRef) => Promise<void>): Promise<void>;
  /** Lets running flows finish for `drainMs`; the others go on elsewhere or at the next start. */
  stop(drainMs: number): Promise<void>;
  /**
   * In the caller's transaction: the flow exists when it commits, and then a process that runs such
   * flows is woken.
   */
  enqueue(em: Transaction, turn: TurnRef): Promise<void>;
  /** Runs once and is journaled; after a crash its result is read from the journal. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Flows that ended without finishing their turn (an error, a cancel, the recovery limit), among these run ids. */
  ended(runIds: string[]): Promise<{ runId: string; why: string }[]>;
  /**
   * Moves the unfinished flows of a dead executor to live ones, which are woken when `em`'s
   * transaction commits; returns how many.
   */
  takeOver(em: Transaction, executorId: string): Promise<number>;
  /** Deletes the journals of flows that ended before `before`. */
  forget(before: Date): Promise<number>;
  readonly executorId: string;
}
