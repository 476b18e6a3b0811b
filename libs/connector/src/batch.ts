import type { Transaction } from '#persistence';
import type { BatchKey } from './batch-log.js';

/** How a vendor takes batches of lines: each adapter declares it, and what writes batches goes by nothing else. */
export interface BatchMeans {
  /**
   * How the vendor knows what comes again. `request-key`: a request under the same key is the same one. `line-key`: a line under its own key
   * is the same one. `look-up`: neither. Whichever it is, only what a look does not show is sent again.
   */
  repeats: 'request-key' | 'line-key' | 'look-up';
  /** What is taken when one line can't be. `lines`: the others. `whole`: none. `journal`: none, and what was filled counts once it is posted. */
  takes: 'lines' | 'whole' | 'journal';
  /** When the vendor says what came of it: with its `answer`, when a `job` has ended, or in a `file` that it puts down later. */
  outcome: 'answer' | 'job' | 'file';
}

/** What a submission came to. */
export interface Submitted<R> {
  /** The address of the job, journal or file by which it goes on; absent: with the answer everything has ended. */
  job?: string;
  /** Lines that the answer refuses, and why. */
  refused?: ReadonlyMap<string, R>;
}

/** How a job stands. `filled`: a journal that waits to be posted. `ended`: nothing of it can commit any more. */
export interface Followed<R> {
  state: 'under-way' | 'filled' | 'ended';
  /** Lines that it refused, and why, as far as the vendor says of which line each reason is. */
  refused?: ReadonlyMap<string, R>;
}

/** A batch and how it is written at the vendor. `S` is what a look shows, `R` why a line is refused, `O` what is told of a line. */
export interface Batch<S, R, O extends object> extends BatchKey {
  means: Pick<BatchMeans, 'takes'>;
  /** Of its lines. */
  keys: readonly string[];
  /** Batches of one pace take about the same time at the vendor. */
  pace: string;
  /** Sends these of its lines in one write through a Connector. The request key is the batch's id as long as these are all. */
  submit(keys: readonly string[], requestKey: string): Promise<Submitted<R>>;
  follow(job: string): Promise<Followed<R>>;
  /** Posts a journal that is filled, in one write through a Connector. Of `journal` only. */
  post?(job: string): Promise<void>;
  /** What the vendor shows of the batch's lines, in one call. */
  look(): Promise<S>;
  /** Whether every line is as wanted. */
  asWanted(seen: S): boolean;
  /** Whether lines that are as wanted can only have come of this batch. Not of a removal: what is gone looks like what never was. */
  showsItself: boolean;
  /** Keys of lines that are not yet as wanted, for no reason that the look shows. */
  leftOver(seen: S): string[];
  /** Writes such a line by itself, which tells why it is refused; null when it was taken now. */
  writeOne(key: string): Promise<R | null>;
  /** What became of each line, once nothing can commit any more. */
  outcomes(seen: S, refusals: ReadonlyMap<string, R>): O[];
  /** Written in the transaction that ends the batch. */
  ended?(em: Transaction, outcomes: O[]): Promise<void>;
}

export type BatchState<O> = { state: 'done'; outcomes: O[] } | { state: 'under-way'; waitsFor: 'job' | 'settling' | 'another'; retryAfterMs: number };
