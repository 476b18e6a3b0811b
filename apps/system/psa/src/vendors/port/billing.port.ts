import type { ExternalRef, Invoice, Money } from '#canonical';

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
