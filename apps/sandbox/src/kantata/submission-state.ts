import type { Account, KantataRow } from './account.js';

/** The submission a line was last part of, of either kind; undefined when it never was. */
export const submissionOf = (line: KantataRow, account: Account): KantataRow | undefined =>
  account.get('timesheet_submissions', line.recent_submission_id) ?? account.get('expense_report_submissions', line.recent_submission_id);

/** Waiting for approval, or approved. */
export const isActive = (submission: KantataRow | undefined): boolean => submission?.status === 'pending' || submission?.status === 'approved';
