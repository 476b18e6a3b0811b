import { BusinessDate, Decimal, Flag, Id, Instant, Minutes, Nested, OneOf, Ref, Text } from './decorators.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';

export const APPROVALS = ['approved', 'pending', 'rejected', 'cancelled', 'none'] as const;
export type Approval = (typeof APPROVALS)[number];

/** Somebody as the PSA knows them; HCM says who that is, by work e-mail. */
export class PersonInPsa {
  @Text({ max: 320, description: 'Work e-mail, lower case; empty when the PSA has none.' }) email: string;
  @Text({ optional: true }) name?: string;
}

/** Time somebody booked on a project, one line of a timesheet. Source of record: the PSA. */
export class TimeEntry {
  @Id() id: string;
  @Id({ optional: true, description: 'The timesheet it was last submitted with; absent when it never was.' }) timesheetId?: string;
  @Ref('Project') projectId: string;
  @Ref('Task', { optional: true }) taskId?: string;
  @Nested(() => PersonInPsa) person: PersonInPsa;
  @BusinessDate() workDate: string;
  @Minutes() workedMinutes: number;
  @Text({ optional: true, max: 80, description: 'Canonical role code the line was booked in; absent when the line has none.' }) role?: string;
  @Flag() billable: boolean;
  @Flag({ description: 'Overtime is what the line says, never inferred from hours.' }) overtime: boolean;
  @Nested(() => Money, { optional: true, description: "The PSA's own rate per hour: an input to compare with ours, never billed." }) psaRate?: Money;
  @Text({ optional: true, max: 1000 }) note?: string;
  @OneOf(APPROVALS) approval: Approval;
  @Instant({ optional: true, description: 'When it was last approved.' }) approvedAt?: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/** The tax in what was spent. */
export class ExpenseTax {
  @Decimal({ description: 'In the currency of what was spent, which it is part of.' }) amount: string;
  @Flag({ optional: true, description: 'Whether the firm gets it back from its tax office; absent: nobody knows.' }) recoverable?: boolean;
}

/** What somebody spent on a project, one line of an expense report. Source of record: the PSA. */
export class ExpenseEntry {
  @Id() id: string;
  @Id({ optional: true }) expenseReportId?: string;
  @Ref('Project') projectId: string;
  @Ref('Task', { optional: true }) taskId?: string;
  @Nested(() => PersonInPsa) person: PersonInPsa;
  @BusinessDate() expenseDate: string;
  @Text({ max: 120, description: "The category in the PSA's words; the mapping `expense-category` says what it is in the ERP." }) category: string;
  @Nested(() => Money, { description: 'What was spent, with tax, in the currency it was spent in.' }) amount: Money;
  @Nested(() => ExpenseTax, { optional: true, description: 'Absent: nobody knows what tax is in it.' }) tax?: ExpenseTax;
  @Flag() billable: boolean;
  @Flag() reimbursable: boolean;
  @Flag() receiptAttached: boolean;
  @Text({ optional: true, max: 1000 }) note?: string;
  @OneOf(APPROVALS) approval: Approval;
  @Instant({ optional: true }) approvedAt?: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/** Who may book on a project, in which role and when. Source of record: the PSA. */
export class Assignment {
  @Id() id: string;
  @Ref('Project') projectId: string;
  @Nested(() => PersonInPsa) person: PersonInPsa;
  @Text({ optional: true, max: 80, description: 'Canonical role code.' }) role?: string;
  @BusinessDate({ optional: true, description: 'Absent: from the beginning.' }) startDate?: string;
  @BusinessDate({ optional: true, description: 'Last day; absent: to the end.' }) endDate?: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}
