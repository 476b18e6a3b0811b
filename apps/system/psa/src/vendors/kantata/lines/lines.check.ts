import type { ExpenseEntry, TimeEntry } from '#canonical';
import { type CheckResult, checkResult } from '#connector';
import type { KantataApi } from '../kantata.api.js';
import type { KantataLines } from './lines.js';
import type { KantataExpense, KantataTimeEntry } from './lines.wire.js';

/**
 * Checks whether time, expenses and teams can be read and billing status can be written: one page
 * of each.
 */
export function checkLines(
  api: KantataApi,
  timeEntries: KantataLines<KantataTimeEntry, TimeEntry>,
  expenses: KantataLines<KantataExpense, ExpenseEntry>,
): Promise<CheckResult[]> {
  const count = async (operation: string, plural: string, query = {}) =>
    (await api.page<{ id: string }>(operation, plural, { ...query, per_page: 1 }, {})).count;
  return Promise.all([
    checkResult(
      'read approved time',
      async () => {
        const { lines, submissions } = await timeEntries.first();
        return `${lines.count} time entries in ${submissions.count} timesheets are visible`;
      },
      'The user needs an access group that sees the time of all projects of the account.',
    ),
    checkResult(
      'see rates',
      async () => {
        const [entry] = (await timeEntries.first()).lines.rows;
        if (entry && entry.rate_in_cents === undefined) throw new Error('time entries are shown without their rates');
        return entry ? 'rates are visible' : 'no time is booked yet';
      },
      'The user needs financial rights on projects: without them our prices can’t be compared with Kantata’s.',
    ),
    checkResult(
      'read approved expenses',
      async () => {
        const { lines, submissions } = await expenses.first();
        return `${lines.count} expenses in ${submissions.count} reports are visible`;
      },
      'The user needs an access group that sees the expenses and expense reports of the whole account.',
    ),
    checkResult(
      'read teams',
      async () =>
        `${await count('read-members', 'workspace_resources')} members with ${await count('read-allocations', 'workspace_allocations')} allocations`,
      'The user needs resource management rights.',
    ),
    checkResult(
      'writes the billing status of lines',
      async () => {
        await count('read-references', 'external_references', { subject_type: 'Submission' });
        return `references can be read; ${await count('read-invoices', 'invoices')} invoices are visible`;
      },
      'The user needs the rights to invoice, and to edit external references of timesheets, expense reports and invoices.',
    ),
  ]);
}
