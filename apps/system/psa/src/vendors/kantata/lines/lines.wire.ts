import type { KantataNamed, KantataReference, KantataUser } from '../kantata-envelope.js';

/**
 * A timesheet or expense report of one person on one project. Its state is `pending` in answers and
 * `new` in filters.
 */
export interface KantataSubmission {
  id: string;
  status: 'pending' | 'new' | 'approved' | 'rejected' | 'cancelled';
  updated_at: string;
  /** When it was approved, rejected or cancelled. */
  current_resolution_created_at_date?: string | null;
}

/** With its lines' ids, side-loaded: of time entries or of expenses. */
export interface KantataSubmissionWithLines extends KantataSubmission {
  time_entry_ids?: string[];
  expense_ids?: string[];
}

/** The fields that time entries and expenses share. */
export interface KantataLine {
  id: string;
  notes: string | null;
  currency: string;
  currency_base_unit: number;
  updated_at: string;
  workspace_id: string;
  workspace?: { require_time_approvals?: boolean; require_expense_approvals?: boolean } | null;
  story_id: string | null;
  user?: KantataUser | null;
  is_invoiced?: boolean | null;
  external_reference_ids?: string[];
  external_references?: KantataReference[];
  role?: KantataNamed | null;
  /** The submission that is pending or approved. */
  active_submission: KantataSubmission | null;
  /** The last one, rejected and cancelled ones too. */
  recent_submission: KantataSubmission | null;
}

export interface KantataTimeEntry extends KantataLine {
  date_performed: string;
  time_in_minutes: number;
  billable: boolean;
  approved: boolean;
  /** Absent without financial rights. */
  rate_in_cents?: number | null;
  location?: string | null;
}

export interface KantataExpense extends KantataLine {
  date: string;
  category: string;
  amount_in_cents: number;
  is_billable: boolean;
  reimbursable: boolean;
  receipt_id?: string | null;
  foreign_exchange_amount?: { source_value: number | string; source_currency: string } | null;
}
