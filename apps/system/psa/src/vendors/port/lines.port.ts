import type { Assignment } from '#canonical';
import type { FeedPage, SweepPage } from '#capture';

/** A page of a reading of lines; only the last one moves the cursor. */
export type LinePage<T> = FeedPage<T>;

/** How far a reading of lines reaches. */
export interface ReadWindow {
  /** The first day of the lines that are read from the beginning, `YYYY-MM-DD`. */
  from: string;
  /** How far before the cursor to start, for what the PSA shows late. */
  overlapMs: number;
}

/**
 * Lines that people book and, where the PSA has approval, others approve; where it has none, a line
 * counts as approved when it is booked. All states are returned; the caller decides which are
 * published. A line's first ref is the line itself; the next one is its timesheet or expense
 * report, if it has one.
 */
export interface LineFeed<T> {
  /**
   * Changes since the cursor, including approvals, of any work date, and deletions where the PSA
   * states them; null: everything in the window. Cursors are instants.
   */
  changed(since: string | null, reach: ReadWindow): AsyncIterable<LinePage<T>>;
  /** Everything dated that day or later. */
  from(day: string): AsyncIterable<SweepPage<T>>;
  /** Reads lines again by id; returns those that exist. */
  reread(seen: T[]): Promise<SweepPage<T>>;
}

/** Who may book where, in which role and when. */
export interface Assignments {
  changed(since: string | null, reach: Pick<ReadWindow, 'overlapMs'>): AsyncIterable<LinePage<Assignment>>;
  all(): AsyncIterable<SweepPage<Assignment>>;
}
