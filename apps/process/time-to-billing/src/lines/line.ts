import type { Fault } from '#apis';
import type { BillableTransaction, BillingOutcome, ExpenseEntry, ExternalRef, LineState, Money, TimeEntry } from '#canonical';
import type { PricedLine } from './line-facts.js';

/** A part of a line in the ERP, under its external id, from the moment it is wanted there until it is gone. */
export interface Posting {
  externalId: string;
  lineId: string;
  version: number;
  kind: BillableTransaction['kind'];
  operation: 'post' | 'remove';
  state: 'ready' | 'claimed' | 'posted' | 'refused' | 'removed' | 'reversed' | 'credited';
  /** The external id that this one takes back. */
  reverses: string | null;
  transaction: BillableTransaction;
  amount: Money;
  minutes: number | null;
  /** Whether it counts against the project's not-to-exceed. */
  capped: boolean;
  billing: 'unbilled' | 'billed' | 'paid';
  invoice: { id: string; number: string } | null;
  ref: ExternalRef | null;
  refusal: Pick<BillingOutcome, 'code' | 'detail'> | null;
  postedAt: string | null;
}

/** An approved line of time or expense with all that became of it. `version` counts the changes that matter to billing. */
export interface Line {
  id: string;
  kind: 'time' | 'expense';
  version: number;
  /** Of what the newest version says; null when it was withdrawn. */
  contentHash: string | null;
  /** The number, in the event log, of the notice that was taken last. */
  sequence: number;
  approved: boolean;
  entry: TimeEntry | ExpenseEntry;
  assessment: 'none' | 'priced' | 'blocked' | 'skipped';
  priced: PricedLine | null;
  faults: Fault[] | null;
  overage: { minutes: number | null; amount: string } | null;
  exceptionId: string | null;
  /** Who it is by HCM's word on the work date; null until that was asked, and while HCM knows nobody or several of the e-mail. */
  workerId: string | null;
  /** Whether it ever needed a person: what went straight through did not. */
  stopped: boolean;
  state: LineState;
  since: string;
  revision: number;
  /** What an estimate of it is worth while it has no price. */
  estimate: Money | null;
  postedAt: string | null;
  approvedAt: string | null;
  legalEntities: string[];
  correlationId: string;
  postings: Posting[];
}

export const workDateOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): string =>
  kind === 'time' ? (entry as TimeEntry).workDate : (entry as ExpenseEntry).expenseDate;

export const minutesOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): number | null =>
  kind === 'time' ? (entry as TimeEntry).workedMinutes : null;

/** The timesheet or expense report it came with. */
export const submissionOf = ({ kind, entry }: Pick<Line, 'kind' | 'entry'>): string | null =>
  (kind === 'time' ? (entry as TimeEntry).timesheetId : (entry as ExpenseEntry).expenseReportId) ?? null;
