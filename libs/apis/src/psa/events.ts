import { Assignment, ExpenseEntry, ExternalRef, Nested, ProjectInPsa, StaffingRequest, TimeEntry } from '#canonical';
import { changed, defineEvents } from '../event.js';

/** A staffing request as the PSA has it, which knows nothing of eligibility. */
class StaffingRequestInPsa extends StaffingRequest {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/** The events of the PSA's app. */
export const psaEvents = defineEvents(['psa'], {
  'project.changed.v1': { summary: 'A project is new or changed in the PSA.', key: 'Project', data: changed(ProjectInPsa) },
  'staffing-request.changed.v1': { summary: 'A staffing request was answered or changed.', key: 'Project', data: changed(StaffingRequestInPsa) },
  'time-entry.changed.v1': {
    summary: 'Time that is or was approved is new or changed; drafts are not published.',
    key: 'Line',
    data: changed(TimeEntry),
  },
  'expense-entry.changed.v1': {
    summary: 'An expense that is or was approved is new or changed; drafts are not published.',
    key: 'Line',
    data: changed(ExpenseEntry),
  },
  'assignment.changed.v1': { summary: 'Somebody may book on a project, or no longer.', key: 'Project', data: changed(Assignment) },
});
