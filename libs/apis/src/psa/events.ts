import type { Assignment, Changed, ExpenseEntry, ExternalRef, ProjectInPsa, StaffingRequest, TimeEntry } from '#canonical';

/** The events of the PSA's app. */
export interface PsaEvents {
  'project.changed.v1': Changed<ProjectInPsa>;
  /** The request as the PSA has it; the PSA knows nothing of eligibility. */
  'staffing-request.changed.v1': Changed<StaffingRequest & { refs: ExternalRef[] }>;
  /** Time and expenses that are or were approved; drafts are not published. Key: the line's id. */
  'time-entry.changed.v1': Changed<TimeEntry>;
  'expense-entry.changed.v1': Changed<ExpenseEntry>;
  'assignment.changed.v1': Changed<Assignment>;
}
