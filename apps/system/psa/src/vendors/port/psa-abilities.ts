import type { PsaAbility } from '#apis/psa';

/** The end of the sentence about a PSA that lacks the ability. */
export const LACKING: Record<PsaAbility, string> = {
  archive: "can't archive a project",
  milestones: 'keeps no milestones',
  staffing: 'has no staffing requests',
  assignments: "doesn't say who is assigned to a project",
  expenses: 'keeps no expenses',
  timesheets: 'has no timesheets',
  approval: "doesn't approve time: what is booked counts",
  deletions: 'tells nobody of what was deleted',
  'billing-back': 'takes nothing back about billing',
  submissions: 'takes no time of others',
};
