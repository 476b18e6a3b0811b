import type { ExpenseEntry, Money, TimeEntry } from '#canonical';
import type { KeptLine } from './line.table.js';
import type { KeptPosting } from './posting.table.js';

/**
 * A part of a line in the ERP, under its external id, from the moment it is wanted there until it
 * is removed.
 */
export interface Posting extends Omit<KeptPosting, 'amount' | 'currency' | 'postedAt'> {
  amount: Money;
  postedAt: string | null;
}

/** An approved line of time or expense with everything that happened to it. */
export interface Line extends Omit<KeptLine, 'amount' | 'currency' | 'overageMinutes' | 'overageAmount' | 'since' | 'postedAt' | 'approvedAt'> {
  overage: { minutes: number | null; amount: string } | null;
  since: string;
  /** What the line is estimated at while it has no price. */
  estimate: Money | null;
  postedAt: string | null;
  approvedAt: string | null;
  postings: Posting[];
}

export const workDateOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): string =>
  kind === 'time' ? (entry as TimeEntry).workDate : (entry as ExpenseEntry).expenseDate;

export const minutesOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): number | null =>
  kind === 'time' ? (entry as TimeEntry).workedMinutes : null;

/** The timesheet or expense report that the line belongs to. */
export const submissionOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): string | null =>
  (kind === 'time' ? (entry as TimeEntry).timesheetId : (entry as ExpenseEntry).expenseReportId) ?? null;
