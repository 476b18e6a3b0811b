import { OmitType } from '@nestjs/swagger';
import { APPROVALS, Id, OneOf, Ref, TimeEntry } from '#canonical';
import { PageQuery } from '#service';

/** A line of time as the PSA last showed it. */
export class TimeEntryResponse extends OmitType(TimeEntry, []) {}

export class TimeEntriesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this timesheet.' }) timesheetId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}
