import type { Approval, ExpenseEntry, ExternalRef, Money, TimeEntry } from '#canonical';
import type { Plan } from '#capture';

/** A line of somebody else as it is to be. The PSA shows it under this id. */
export interface LineToWrite {
  id: string;
  projectId: string;
  taskId?: string;
  /** Work e-mail of the person whose line it is. */
  personEmail: string;
  billable: boolean;
  /** At most 1,000 characters. */
  note?: string;
}

export interface TimeToWrite extends LineToWrite {
  workDate: string;
  workedMinutes: number;
}

export interface ExpenseToWrite extends LineToWrite {
  expenseDate: string;
  category: string;
  amount: Money;
  reimbursable: boolean;
}

/** Lines of one person on one project that are sent for approval. */
export interface LineSubmission {
  id: string;
  title: string;
  lineIds: string[];
}

export interface Submitted {
  /** The canonical id that the lines name: of a timesheet or an expense report. */
  submissionId: string;
  approval: Approval;
  refs: ExternalRef[];
}

/**
 * Writes one kind of line for other people. Each thing is made once, whatever is refused, lost or
 * killed on the way.
 */
export interface LineWriter<W extends LineToWrite, T> {
  /**
   * `project` is where the PSA has it. Throws `unprocessable`, code `not-in-account`, with all
   * faults at once: `personEmail` (rules `known`, `on-project`), `taskId` and `category` (`known`);
   * `conflict` for a change of what is approved or invoiced (`line-approved`, `line-invoiced`); and
   * `refused-by-vendor`, code `rights-missing`, when our user may not write for others: nothing of
   * the line is left there then.
   */
  plan(desired: W, project: ExternalRef): Promise<Plan<T>>;
  /**
   * Deletes the line; no effects when it doesn't exist. `seen` is where it was last seen, if it
   * was. Throws `conflict`: `line-approved`, `line-invoiced`, or `not-ours` for a line that people
   * made in the PSA.
   */
  planWithdrawal(id: string, seen?: ExternalRef): Promise<Plan<T>>;
  /**
   * Sends lines that were put here for approval. Throws `unprocessable` for lines that don't exist
   * or are of several people or projects (`lines-unknown`, `several-sheets`), `conflict` for lines
   * in another submission and for an id with other lines (`already-submitted`,
   * `submission-differs`).
   */
  submit(submission: LineSubmission): Promise<Submitted>;
}

/** Time and expenses of other people, and their way into approval. */
export interface Submissions {
  readonly timeEntries: LineWriter<TimeToWrite, TimeEntry>;
  /** Where the PSA has expenses. */
  readonly expenses?: LineWriter<ExpenseToWrite, ExpenseEntry>;
}
