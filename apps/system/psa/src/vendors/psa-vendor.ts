import type { PsaAbility } from '#apis/psa';
import type { Assignment, ExpenseEntry, ExternalRef, Invoice, Money, Project, ProjectInPsa, StaffingRequest, TimeEntry } from '#canonical';
import type { FeedPage, HoldsAlone, Plan, SweepPage } from '#capture';
import type { Means, Vendor } from '#connector';
import type { VendorDefinition } from '#service';

/** A staffing request as the PSA holds it. */
export type StaffingRequestInPsa = StaffingRequest & { refs: ExternalRef[] };

/** A page of a reading of lines; only the last one moves the cursor. */
export type LinePage<T> = FeedPage<T>;

/** How far a reading of lines reaches. */
export interface Reach {
  /** The first day of the lines that are read from the beginning, `YYYY-MM-DD`. */
  from: string;
  /** How far before the cursor to begin, for what the PSA shows late. */
  overlapMs: number;
}

/**
 * Lines that people book and others approve. All states are shown; which are told is not the vendor's affair. A line's refs are first where it
 * is itself, then where its timesheet or expense report is.
 */
export interface LineFeed<T> {
  /** What changed since the cursor, approvals too, whatever day it is of, and what was deleted; null: everything dated in reach. Cursors are instants. */
  changed(since: string | null, reach: Reach): AsyncIterable<LinePage<T>>;
  /** Everything dated that day or later. */
  from(day: string): AsyncIterable<SweepPage<T>>;
  /** Reads again by id; answers those that are there. */
  again(seen: T[]): Promise<SweepPage<T>>;
}

/** How far the lines of a timesheet or expense report are on their way to the bank: counts of lines, and the money of what is posted. */
export interface BillingStatus {
  posted: number;
  billed: number;
  paid: number;
  total: number;
  money: Money[];
  message: string;
}

/** Lines of an invoice, and the projects they are on, where they are in the PSA. */
export interface LinesOf {
  timeEntries: ExternalRef[];
  expenses: ExternalRef[];
  projects: ExternalRef[];
}

export interface InvoiceToTell extends Pick<Invoice, 'id' | 'number' | 'status' | 'date' | 'dueDate' | 'total' | 'amountDue'> {
  lines: LinesOf;
}

/** Telling the PSA what became of its lines. Asking again changes nothing; none of it reads as a change of a line. */
export interface BillingBack {
  /** `timesheet` is where it is in the PSA, `id` its canonical id. */
  timesheetStatus(timesheet: ExternalRef, id: string, status: BillingStatus): Promise<void>;
  expenseReportStatus(report: ExternalRef, id: string, status: BillingStatus): Promise<void>;
  /** Makes the invoice there once, marks it paid, cancels a voided one. Throws `conflict`, code `invoice-differs`, for one with other lines. */
  invoice(invoice: InvoiceToTell): Promise<{ refs: ExternalRef[] }>;
}

/** What every PSA must do for us. Canonical types only; Problems are thrown for what goes wrong. */
export interface PsaVendor extends Vendor<PsaAbility>, HoldsAlone {
  /** Of each kind of record, how it is made once. */
  readonly means: Readonly<Record<string, Means>>;
  planProject(desired: Project): Promise<Plan<ProjectInPsa>>;
  planStaffingRequest(desired: StaffingRequest): Promise<Plan<StaffingRequestInPsa>>;
  /** Read at the vendor, now; null when there is none. */
  project(id: string): Promise<ProjectInPsa | null>;
  staffingRequest(id: string): Promise<StaffingRequestInPsa | null>;
  /** What changed since the cursor, in pages; null: from now back to the beginning. Cursors are instants. */
  projectsChanged(since: string | null): AsyncIterable<FeedPage<ProjectInPsa>>;
  staffingRequestsChanged(since: string | null): AsyncIterable<FeedPage<StaffingRequestInPsa>>;
  /** Everything there is. Records that were made twice are put right on the way. */
  allProjects(): AsyncIterable<SweepPage<ProjectInPsa>>;
  allStaffingRequests(): AsyncIterable<SweepPage<StaffingRequestInPsa>>;
  readonly timeEntries: LineFeed<TimeEntry>;
  readonly expenses: LineFeed<ExpenseEntry>;
  assignmentsChanged(since: string | null, reach: Pick<Reach, 'overlapMs'>): AsyncIterable<LinePage<Assignment>>;
  allAssignments(): AsyncIterable<SweepPage<Assignment>>;
  /** Absent where the PSA can't be told; the app answers `unsupported`. */
  readonly billing?: BillingBack;
  watch(): { stop(): Promise<void> };
}

/** A vendor in the list. */
export type PsaVendorDefinition<C extends object = object> = VendorDefinition<PsaVendor, C>;
