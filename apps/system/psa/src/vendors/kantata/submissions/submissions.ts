import type { ExpenseEntry, TimeEntry } from '#canonical';
import type { OnceKind } from '#connector';
import type { ExpenseToWrite, Submissions, TimeToWrite } from '../../port/submissions.port.js';
import type { KantataApi } from '../kantata.api.js';
import { expenseId, expenseReportId, timeEntryId, timesheetId } from '../lines/lines.mapper.js';
import type { KantataLines } from '../lines/lines.js';
import type { KantataExpense, KantataTimeEntry } from '../lines/lines.wire.js';
import { KantataLineWriter, type WriterParts } from './line-writer.js';
import { expenseBody, expenseSaid, saidByExpense, saidByTime, timeBody, timeSaid } from './submissions.mapper.js';
import { SubmissionCalls } from './submissions.wire.js';

interface LinesOfBoth {
  timeEntries: KantataLines<KantataTimeEntry, TimeEntry>;
  expenses: KantataLines<KantataExpense, ExpenseEntry>;
}

/** Time and expenses that are written for other people, and sent for approval. */
export class KantataSubmissions implements Submissions {
  readonly timeEntries: KantataLineWriter<KantataTimeEntry, TimeEntry, TimeToWrite>;
  readonly expenses: KantataLineWriter<KantataExpense, ExpenseEntry, ExpenseToWrite>;

  constructor(api: KantataApi, lines: LinesOfBoth, parts: WriterParts) {
    const { names } = parts;
    const time = new SubmissionCalls(api, 'time_entries', 'timesheet_submissions');
    const spent = new SubmissionCalls(api, 'expenses', 'expense_report_submissions');
    this.timeEntries = new KantataLineWriter<KantataTimeEntry, TimeEntry, TimeToWrite>(parts, time, lines.timeEntries, {
      noun: 'time-entry',
      submission: 'timesheet-submission',
      submissionType: 'timesheet_submission',
      idOf: nativeId => timeEntryId(nativeId, names),
      submissionIdOf: nativeId => timesheetId(nativeId, names),
      said: timeSaid,
      saidBy: saidByTime,
      money: () => null,
      body: async (desired, place) => timeBody(desired, place),
    });
    this.expenses = new KantataLineWriter<KantataExpense, ExpenseEntry, ExpenseToWrite>(parts, spent, lines.expenses, {
      noun: 'expense',
      submission: 'expense-report-submission',
      submissionType: 'expense_report_submission',
      idOf: nativeId => expenseId(nativeId, names),
      submissionIdOf: nativeId => expenseReportId(nativeId, names),
      said: expenseSaid,
      saidBy: saidByExpense,
      money: ({ amount }) => amount,
      body: async (desired, place) => {
        const [project, categoryId] = await Promise.all([spent.currencyOf(place.workspaceId), spent.categoryId(desired.category)]);
        if (categoryId === undefined) return [{ field: 'category', rule: 'known', message: 'Kantata has no such expense category' }];
        return expenseBody(desired, place, project, categoryId, names);
      },
    });
  }

  kinds(): OnceKind[] {
    return [...this.timeEntries.kinds(), ...this.expenses.kinds()];
  }
}
