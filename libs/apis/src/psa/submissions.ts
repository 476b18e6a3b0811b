import { APPROVALS, ExternalRef, Id, Nested, OneOf, Text } from '#canonical';
import { operations, post } from '../operation.js';

/** The PSA takes a submission in one write. */
const MOST_LINES = 100;

class SubmissionRequest {
  @Id({ description: 'The id of the submission, made of a key of the caller: sent again, nothing is submitted twice.' }) id: string;
  @Text({ min: 1, max: 200, description: 'For the people who approve it.' }) title: string;
}

/** Lines of time of one person on one project, to be approved. */
export class TimesheetSubmissionRequest extends SubmissionRequest {
  @Id({ list: true, most: MOST_LINES, description: 'Ids under which they were put.' }) timeEntryIds: string[];
}

/** Expenses of one person on one project, to be approved. */
export class ExpenseReportSubmissionRequest extends SubmissionRequest {
  @Id({ list: true, most: MOST_LINES, description: 'Ids under which they were put.' }) expenseIds: string[];
}

class SubmissionResponse {
  @Id() id: string;
  @OneOf(APPROVALS, { description: 'What people in the PSA have said so far.' }) approval: string;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export class TimesheetSubmissionResponse extends SubmissionResponse {
  @Id({ description: 'The timesheet that its lines name from now on.' }) timesheetId: string;
}

export class ExpenseReportSubmissionResponse extends SubmissionResponse {
  @Id({ description: 'The expense report that its lines name from now on.' }) expenseReportId: string;
}

export const submissions = operations('submissions', {
  submitTimesheet: post('timesheet-submissions', {
    scope: 'psa.write',
    summary: 'Send time of one person on one project for approval, once under its id',
    body: TimesheetSubmissionRequest,
    answer: TimesheetSubmissionResponse,
  }),
  submitExpenseReport: post('expense-report-submissions', {
    scope: 'psa.write',
    summary: 'Send expenses of one person on one project for approval, once under its id',
    body: ExpenseReportSubmissionRequest,
    answer: ExpenseReportSubmissionResponse,
  }),
});
