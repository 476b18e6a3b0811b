import { OmitType } from '@nestjs/swagger';
import { ExternalRef, Nested, StaffingRequest } from '#canonical';
import { get, operations, post, put } from '../operation.js';
import { AppliedResponse, IF_MATCH, PlannedResponse } from '../planned.js';
import { FreshQuery } from './projects.js';

/** The staffing request as it is to be: `requested` or `cancelled`. */
export class StaffingRequestBody extends OmitType(StaffingRequest, []) {}

/** The staffing request as the PSA holds it. */
export class StaffingRequestResponse extends OmitType(StaffingRequest, []) {
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export const staffingRequests = operations('staffing-requests', {
  getStaffingRequest: get('staffing-requests/:id', {
    scope: 'psa.read',
    summary: 'A staffing request as the PSA holds it',
    query: FreshQuery,
    answer: StaffingRequestResponse,
  }),
  putStaffingRequest: put('staffing-requests/:id', {
    scope: 'psa.write',
    summary: 'Raise the request, raise it anew when it changed, or cancel it',
    body: StaffingRequestBody,
    answer: AppliedResponse,
    ifMatch: IF_MATCH,
  }),
  planStaffingRequest: post('staffing-requests/:id/plans', {
    scope: 'psa.read',
    summary: 'What putting it would change; nothing is written',
    body: StaffingRequestBody,
    answer: PlannedResponse,
    writesNothing: true,
  }),
});
