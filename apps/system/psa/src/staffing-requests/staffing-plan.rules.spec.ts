import { describe, expect, it } from 'vitest';
import type { StaffingRequest, StaffingStatus } from '#canonical';
import { aStaffingRequest } from '#testing';
import { seatOf, type StaffingRecords } from '../projects/project-records.js';
import { staffingChanges } from './staffing-plan.rules.js';

const asked = aStaffingRequest();
const there = (status: StaffingStatus, over: Partial<StaffingRequest> = {}): StaffingRecords => ({
  seat: seatOf({ ...asked, ...over }),
  request: { ...asked, ...over, status },
});
const kinds = (desired: StaffingRequest, current: StaffingRecords | null) =>
  staffingChanges(desired, current).map(({ operation, noun }) => `${operation} ${noun}`);
const cancelled = { ...asked, status: 'cancelled' as const };
const other = { minutes: 1 };

describe('what a staffing request needs', () => {
  it.each<[string, StaffingRequest, StaffingRecords | null, string[]]>([
    ['nothing is there', asked, null, ['create staffing-resource', 'create staffing-request']],
    ['the seat is there alone', asked, { seat: seatOf(asked), request: null }, ['create staffing-request']],
    ['it is raised already', asked, there('requested'), []],
    ['it is staffed already', asked, there('staffed'), []],
    ['people said no', asked, there('rejected'), []],
    ['it was cancelled', asked, there('cancelled'), ['reactivate staffing-request']],
    ['other content is open', asked, there('requested', other), ['archive staffing-request', 'reactivate staffing-request']],
    ['other content was staffed', asked, there('staffed', other), ['archive staffing-request', 'reactivate staffing-request']],
    ['people said no to other content', asked, there('rejected', other), ['reactivate staffing-request']],
    [
      'it was open for another role',
      asked,
      there('requested', { role: 'DEVELOPER' }),
      ['archive staffing-request', 'update staffing-resource', 'reactivate staffing-request'],
    ],
    ['it is to be cancelled and open', cancelled, there('requested'), ['archive staffing-request']],
    ['it is to be cancelled and was rejected', cancelled, there('rejected'), []],
    ['it is to be cancelled and never was', cancelled, null, []],
  ])('when %s', (_, desired, current, expected) => {
    expect(kinds(desired, current)).toEqual(expected);
  });
});
