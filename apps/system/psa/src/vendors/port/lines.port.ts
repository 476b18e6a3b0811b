import type { Assignment } from '#canonical';
import type { FeedPage, SweepPage } from '#capture';

/** A page of a reading of lines; only the last one moves the cursor. */
export type LinePage<T> = FeedPage<T>;

/** How far a reading of lines reaches. */
export interface ReadWindow {
  /** The first day of the lines that are read from the beginning, `YYYY-MM-DD`. */
  from: string;
  /** How far before the cursor to begin, for what the PSA shows late. */
  overlapMs: number;
}

/**
 * Lines that people book and, where the PSA has approval, others approve; where it has none, a line is approved as it is booked. All states
 * are shown; which are told is not the vendor's affair. A line's refs are first where it is itself, then where its timesheet or expense
 * report is, if it has any.
 */
export interface LineFeed<T> {
  /**
   * What changed since the cursor, approvals too, whatever day it is of, and what was deleted, where the PSA tells; null: everything dated
   * in reach. Cursors are instants.
   */
  changed(since: string | null, reach: ReadWindow): AsyncIterable<LinePage<T>>;
  /** Everything dated that day or later. */
  from(day: string): AsyncIterable<SweepPage<T>>;
  /** Reads again by id; answers those that are there. */
  again(seen: T[]): Promise<SweepPage<T>>;
}

/** Who may book where, in which role and when. */
export interface Assignments {
  changed(since: string | null, reach: Pick<ReadWindow, 'overlapMs'>): AsyncIterable<LinePage<Assignment>>;
  all(): AsyncIterable<SweepPage<Assignment>>;
}
