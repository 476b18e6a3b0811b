/** What PSAs differ in, and what is said of one that can't. Projects with their tasks, and time, every PSA has. */
export const PSA_ABILITIES = {
  archive: "can't archive a project",
  milestones: 'keeps no milestones',
  staffing: 'has no staffing requests',
  assignments: "doesn't say who is assigned to a project",
  expenses: 'keeps no expenses',
  timesheets: 'has no timesheets',
  approval: "doesn't approve time: what is booked counts",
  deletions: 'tells nobody of what was deleted',
  'billing-back': 'takes nothing back about billing',
} as const;

export type PsaAbility = keyof typeof PSA_ABILITIES;
