import { describe, expect, it } from 'vitest';
import { mintId } from '#canonical';
import { loadConfig } from '#service';
import { KantataConfig, namesOf } from '../kantata.config.js';
import { expenseEntryOf, timeEntryOf } from './lines.mapper.js';
import type { KantataExpense, KantataSubmission, KantataTimeEntry } from './lines.wire.js';

const named = (env: Record<string, string> = {}) => namesOf(loadConfig(KantataConfig, { KANTATA_TOKEN: 't', KANTATA_ACCOUNT: '7001', ...env }));
const names = named();
const place = { projectId: 'prj_1', taskId: 'tsk_1' };

const submission = (over: Partial<KantataSubmission> = {}): KantataSubmission => ({
  id: '71',
  status: 'approved',
  updated_at: '2026-11-06T18:00:00-05:00',
  current_resolution_created_at_date: '2026-11-06T18:00:00-05:00',
  ...over,
});
const line = {
  notes: null,
  currency: 'GBP',
  currency_base_unit: 100,
  updated_at: '2026-11-06T18:00:00Z',
  workspace_id: '41',
  workspace: { require_time_approvals: true, require_expense_approvals: true },
  story_id: null,
  user: { id: '9', email_address: 'Ada@Larkfield.example', full_name: 'Ada Stone' },
  role: { id: '2', name: 'Senior Consultant' },
  active_submission: submission(),
  recent_submission: submission(),
};
const entry = (over: Partial<KantataTimeEntry> = {}): KantataTimeEntry => ({
  id: '14',
  date_performed: '2026-11-03',
  time_in_minutes: 450,
  billable: true,
  approved: true,
  rate_in_cents: 18_050,
  location: null,
  ...line,
  ...over,
});
const expense = (over: Partial<KantataExpense> = {}): KantataExpense => ({
  id: '23',
  date: '2026-11-03',
  category: 'Air travel',
  amount_in_cents: 41_299,
  is_billable: true,
  reimbursable: false,
  receipt_id: '5',
  ...line,
  ...over,
});
const time = (over: Partial<KantataTimeEntry> = {}) => timeEntryOf(entry(over), place, names);

describe('a time entry', () => {
  it('is read whole', () => {
    expect(time({ notes: 'Workshop' })).toEqual({
      id: mintId('time-entry', 'kantata', '7001', '14'),
      timesheetId: mintId('timesheet', 'kantata', '7001', '71'),
      ...place,
      person: { email: 'ada@larkfield.example', name: 'Ada Stone' },
      workDate: '2026-11-03',
      workedMinutes: 450,
      role: 'SENIOR_CONSULTANT',
      billable: true,
      overtime: false,
      psaRate: { amount: '180.50', currency: 'GBP' },
      note: 'Workshop',
      approval: 'approved',
      approvedAt: '2026-11-06T23:00:00.000Z',
      refs: [
        { system: 'kantata', account: '7001', type: 'time_entry', nativeId: '14' },
        { system: 'kantata', account: '7001', type: 'timesheet_submission', nativeId: '71' },
      ],
    });
  });

  const none = { active_submission: null, recent_submission: null };
  const free = { workspace: { require_time_approvals: false } };
  it.each<[string, Partial<KantataTimeEntry>, string]>([
    ['approved in an approved timesheet', {}, 'approved'],
    ['in an approved timesheet, itself not approved', { approved: false }, 'pending'],
    ['submitted', { approved: false, active_submission: submission({ status: 'pending' }) }, 'pending'],
    [
      'in a timesheet that was rejected',
      { approved: false, active_submission: null, recent_submission: submission({ status: 'rejected' }) },
      'rejected',
    ],
    [
      'in a timesheet that was cancelled',
      { approved: false, active_submission: null, recent_submission: submission({ status: 'cancelled' }) },
      'cancelled',
    ],
    ['a draft', { approved: false, ...none }, 'none'],
    ['on a project that needs no approval', { approved: false, ...none, ...free }, 'approved'],
    [
      'submitted all the same on a project that needs no approval',
      { approved: false, active_submission: submission({ status: 'pending' }), ...free },
      'pending',
    ],
  ])('%s is %3$s', (_, over, approval) => {
    expect(time(over).approval).toBe(approval);
  });

  it('is overtime when its location says so, and never else', () => {
    expect([time({ location: 'Overtime' }), time({ location: 'Leeds' }), time({ time_in_minutes: 900 })].map(({ overtime }) => overtime)).toEqual([
      true,
      false,
      false,
    ]);
    const german = named({ KANTATA_OVERTIME_LOCATION: 'Überstunden' });
    expect(timeEntryOf(entry({ location: 'Überstunden' }), place, german).overtime).toBe(true);
  });

  it('leaves out what Kantata doesn’t say or show: a rate, a role, a name, a task; a hidden person has no e-mail', () => {
    const bare = timeEntryOf(entry({ rate_in_cents: undefined, role: null, user: null }), { projectId: 'prj_1' }, names);
    for (const attribute of ['psaRate', 'role', 'taskId', 'note']) expect(bare).not.toHaveProperty(attribute);
    expect(bare.person).toEqual({ email: '' });
  });

  it('keeps a rate of nothing, which is not the same as none', () => {
    expect(time({ rate_in_cents: 0 }).psaRate).toEqual({ amount: '0.00', currency: 'GBP' });
  });

  it('reads a rate at the currency’s own unit', () => {
    expect(time({ currency: 'JPY', currency_base_unit: 1, rate_in_cents: 15_000 }).psaRate).toEqual({ amount: '15000', currency: 'JPY' });
  });

  it('cuts a note that is longer than we keep', () => {
    expect(time({ notes: 'x'.repeat(1_500) }).note).toHaveLength(1_000);
  });
});

describe('an expense', () => {
  it('is read whole, its approval from its report', () => {
    expect(expenseEntryOf(expense(), place, names)).toMatchObject({
      expenseReportId: mintId('expense-report', 'kantata', '7001', '71'),
      expenseDate: '2026-11-03',
      category: 'Air travel',
      amount: { amount: '412.99', currency: 'GBP' },
      billable: true,
      reimbursable: false,
      receiptAttached: true,
      approval: 'approved',
    });
    expect(expenseEntryOf(expense({ receipt_id: null }), place, names).receiptAttached).toBe(false);
  });

  it('counts in the currency it was paid in, in the unit that the configuration names', () => {
    const foreign = (value: number | string, currency: string, env = {}) =>
      expenseEntryOf(expense({ foreign_exchange_amount: { source_value: value, source_currency: currency } }), place, named(env)).amount;
    expect(foreign(48_025, 'EUR')).toEqual({ amount: '480.25', currency: 'EUR' });
    expect(foreign(12_000, 'JPY')).toEqual({ amount: '12000', currency: 'JPY' });
    expect(foreign('480.25', 'EUR', { KANTATA_FOREIGN_AMOUNTS: 'units' })).toEqual({ amount: '480.25', currency: 'EUR' });
  });
});
