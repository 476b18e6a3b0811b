import type { ExternalRef, Invoice, Money } from '#canonical';

/**
 * The billing progress of a timesheet or expense report: counts of lines, and the money of the
 * posted ones.
 */
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

/**
 * Writes the billing state of lines to the PSA. Repeating it changes nothing; none of it is read as
 * a change of a line.
 */
export interface BillingBack {
  /** `timesheet` is where it is in the PSA, `id` its canonical id. */
  timesheetStatus(timesheet: ExternalRef, id: string, status: BillingStatus): Promise<void>;
  expenseReportStatus(report: ExternalRef, id: string, status: BillingStatus): Promise<void>;
  /**
   * Creates the invoice there once, marks it paid, cancels a voided one. Throws `conflict`, code
   * `invoice-differs`, for an invoice with other lines.
   */
  invoice(invoice: InvoiceToTell): Promise<{ refs: ExternalRef[] }>;
}
