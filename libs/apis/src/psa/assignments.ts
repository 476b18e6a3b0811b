import { OmitType } from '@nestjs/swagger';
import { Assignment, Ref } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

/** An assignment as the PSA last showed it. */
export class AssignmentResponse extends OmitType(Assignment, []) {}

export class AssignmentsQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
}

export const assignments = operations('assignments', {
  listAssignments: get('assignments', {
    scope: 'psa.read',
    summary: 'Who may book where, in which role and when, as the PSA last showed it',
    query: AssignmentsQuery,
    pageOf: AssignmentResponse,
  }),
});
