import { OmitType, PickType } from '@nestjs/swagger';
import { APPROVALS, Email, Id, Minutes, OneOf, Ref, TimeEntry } from '#canonical';
import { del, get, operations, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { AppliedResponse } from '../planned.js';

/** A line of time as the PSA last showed it. */
export class TimeEntryResponse extends OmitType(TimeEntry, []) {}

export class TimeEntriesQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
  @Id({ optional: true, description: 'Only of this timesheet.' }) timesheetId?: string;
  @OneOf(APPROVALS, { optional: true }) approval?: string;
}

/** A line of time as it is to be, of the person who worked it. */
export class TimeEntryRequest extends PickType(TimeEntry, ['id', 'projectId', 'taskId', 'workDate', 'billable', 'note']) {
  @Email({ description: 'Work e-mail of the person, who has to be on the project.' }) personEmail: string;
  @Minutes({ max: 1440, description: 'At least 1.' }) workedMinutes: number;
}

export const timeEntries = operations('time-entries', {
  listTimeEntries: get('time-entries', {
    scope: 'psa.read',
    summary: 'Time as the PSA last showed it, in the order of ids',
    query: TimeEntriesQuery,
    pageOf: TimeEntryResponse,
  }),
  getTimeEntry: get('time-entries/:id', { scope: 'psa.read', summary: 'A line of time as the PSA last showed it', answer: TimeEntryResponse }),
  putTimeEntry: put('time-entries/:id', {
    scope: 'psa.write',
    summary: 'Book time of a person, or correct it; repeating it changes nothing',
    description: 'Refused once it is approved or invoiced. The PSA shows it under this id.',
    body: TimeEntryRequest,
    answer: AppliedResponse,
  }),
  withdrawTimeEntry: del('time-entries/:id', {
    scope: 'psa.write',
    summary: 'Take back time that was put; refused once it is approved or invoiced',
  }),
});
