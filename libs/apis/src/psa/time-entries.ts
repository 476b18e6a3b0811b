import { OmitType } from '@nestjs/swagger';
import { APPROVALS, Id, OneOf, Ref, TimeEntry } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** A line of time as the PSA last showed it. */
export class TimeEntryResponse extends OmitType(TimeEntry, []) {}

export class TimeEntriesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this timesheet.' }) timesheetId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}

export const timeEntries = operations('time-entries', {
  listTimeEntries: get('time-entries', {
    scope: 'psa.read',
    summary: 'Time as the PSA last showed it, in the order of ids',
    query: TimeEntriesQuery,
    pageOf: TimeEntryResponse,
  }),
  getTimeEntry: get('time-entries/:id', { scope: 'psa.read', summary: 'A line of time as the PSA last showed it', answer: TimeEntryResponse }),
});
