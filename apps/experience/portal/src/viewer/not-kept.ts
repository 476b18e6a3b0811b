import type { MessageCode } from '#apis';
import type { PsaAbility } from '../calls.js';

/** What is said where the PSA in use lacks an ability, so that a list is empty or a field says nothing. */
export const NOT_KEPT = {
  archive: 'not-kept.archive',
  milestones: 'not-kept.milestones',
  staffing: 'not-kept.staffing',
  assignments: 'not-kept.assignments',
  expenses: 'not-kept.expenses',
  timesheets: 'not-kept.timesheets',
  approval: 'not-kept.approval',
  deletions: 'not-kept.deletions',
  'billing-back': 'not-kept.billing-back',
  submissions: 'not-kept.submissions',
} as const satisfies Record<PsaAbility, MessageCode>;
