import type { Transaction } from '#persistence';
import type { BatchKey } from './batch-log.js';

/**
 * How a vendor accepts batches of lines. Each adapter declares it, and the batch writer relies on
 * nothing else.
 */
export interface BatchMeans {
  /**
   * How the vendor recognises a repeated request. `request-key`: by the request's key. `line-key`:
   * by each line's own key. `look-up`: it does not. In all three cases we look first and send again
   * only what is not there.
   */
  repeats: 'request-key' | 'line-key' | 'look-up';
  /**
   * What the vendor accepts when it refuses one line. `lines`: the others. `whole`: none.
   * `journal`: none, and a filled journal counts only once it is posted.
   */
  takes: 'lines' | 'whole' | 'journal';
  /**
   * When the vendor reports the outcome: in its `answer`, when a `job` has ended, or in a `file`
   * that it writes later.
   */
  outcome: 'answer' | 'job' | 'file';
}

/** The result of a submission. */
export interface Submitted<R> {
  /**
   * The address of the job, journal or file that continues it; absent when the answer ended
   * everything.
   */
  job?: string;
  /** Lines that the answer refuses, and why. */
  refused?: ReadonlyMap<string, R>;
}

/**
 * The state of a job. `filled`: a journal that waits to be posted. `ended`: nothing of it can
 * commit any more.
 */
export interface Followed<R> {
  state: 'under-way' | 'filled' | 'ended';
  /** Lines that it refused, and why, as far as the vendor names the line of each reason. */
  refused?: ReadonlyMap<string, R>;
}

/**
 * A batch and how it is written at the vendor. `S` is the result of a look, `R` the reason of a
 * refused line, `O` the outcome of a line.
 */
export interface Batch<S, R, O extends object> extends BatchKey {
  means: Pick<BatchMeans, 'takes'>;
  /** The keys of its lines. */
  keys: readonly string[];
  /** Batches of the same pace take about the same time at the vendor. */
  pace: string;
  /**
   * Sends these lines in one write through a Connector. The request key is the batch's id while
   * these are all of its lines.
   */
  submit(keys: readonly string[], requestKey: string): Promise<Submitted<R>>;
  follow(job: string): Promise<Followed<R>>;
  /** Posts a filled journal in one write through a Connector. Only for `journal`. */
  post?(job: string): Promise<void>;
  /** Reads the vendor's current state of the batch's lines, in one call. */
  look(): Promise<S>;
  /** Whether every line is in the wanted state. */
  asWanted(seen: S): boolean;
  /**
   * Whether lines in the wanted state prove that this batch was carried out. A removal does not: a
   * removed line looks like one that never existed.
   */
  showsItself: boolean;
  /** Keys of lines that are not yet in the wanted state without a visible reason. */
  leftOver(seen: S): string[];
  /** Writes such a line alone to learn why it is refused; null when the vendor accepted it now. */
  writeOne(key: string): Promise<R | null>;
  /** The outcome of each line, once nothing can commit any more. */
  outcomes(seen: S, refusals: ReadonlyMap<string, R>): O[];
  /** Written in the transaction that ends the batch. */
  ended?(em: Transaction, outcomes: O[]): Promise<void>;
}

export type BatchState<O> = { state: 'done'; outcomes: O[] } | { state: 'under-way'; waitsFor: 'job' | 'settling' | 'another'; retryAfterMs: number };
