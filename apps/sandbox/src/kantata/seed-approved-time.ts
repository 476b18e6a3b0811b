import { approvedTime, type FirmTime } from '../firm/approved-time.js';
import { plusDays } from '../firm/days.js';
import type { Firm } from '../firm/firm.js';
import type { Account, KantataRow } from './account.js';
import { cardRate } from './rates.js';

/**
 * The firm's approved time, in the state after people booked it, submitted it each week for each
 * project, and had it approved on the Friday of that week at six (UTC), if that is before the
 * firm's day. It has no history: no row of the ledger, no notice.
 */
export function seedApprovedTime(account: Account, firm: Firm, users: Map<string, KantataRow>): void {
  const weeks = new Map<string, FirmTime[]>();
  for (const line of approvedTime(firm, firm.approvedLines)) {
    const key = `${line.week} ${line.employeeNumber} ${line.projectId}`;
    const held = weeks.get(key);
    if (held) held.push(line);
    else weeks.set(key, [line]);
  }
  let nth = 0;
  for (const lines of weeks.values()) seedWeek(account, firm, users.get(lines[0].employeeNumber)!, lines, nth++);
}

function seedWeek(account: Account, firm: Firm, user: KantataRow, lines: FirmTime[], nth: number): void {
  const [{ projectId, week }] = lines;
  const workspace = referenced(account, 'project', projectId, 'workspaces');
  const friday = plusDays(week, 4);
  const evening = friday < firm.asOf ? `${friday}T18:00:00Z` : `${firm.asOf}T06:00:00Z`;
  const approvedAt = new Date(Date.parse(evening) + nth).toISOString();
  const submittedAt = new Date(Date.parse(approvedAt) - 1_800_000).toISOString();
  const submission = account.insert(
    'timesheet_submissions',
    {
      type: 'TimesheetSubmission',
      title: `Week of ${week}`,
      workspace_id: workspace.id,
      user_id: user.id,
      start_date: week,
      end_date: plusDays(week, 6),
      status: 'approved',
      filter_status: 'approved',
      comment: null,
      current_resolution_created_at_date: approvedAt,
      current_resolution_creator_id: account.me()!.id,
      current_resolution_description: null,
      created_at: submittedAt,
      updated_at: approvedAt,
    },
    'submissions',
  );
  account.insert('resolutions', {
    type: 'approval',
    description: null,
    target_type: 'TimesheetSubmission',
    target_id: submission.id,
    user_id: account.me()!.id,
    account_id: account.id,
    current: true,
    created_at: approvedAt,
    updated_at: approvedAt,
  });
  for (const { date, minutes, taskId } of lines) {
    account.insert('time_entries', {
      workspace_id: workspace.id,
      story_id: referenced(account, 'task', taskId, 'stories').id,
      user_id: user.id,
      role_id: user.role_id,
      date_performed: date,
      time_in_minutes: minutes,
      rate_in_cents: cardRate(account, workspace, user.role_id, date),
      cost_rate_in_cents: null,
      billable: true,
      taxable: false,
      notes: null,
      location: null,
      approved: true,
      is_invoiced: false,
      recent_submission_id: submission.id,
      invoice_id: null,
      created_at: `${date}T17:00:00.000Z`,
      updated_at: approvedAt,
    });
  }
}

const referenced = (account: Account, model: string, id: string, plural: string): KantataRow =>
  account.get(plural, account.referencesTo(`throughline:${model}:${id}`)[0].subject_id)!;
