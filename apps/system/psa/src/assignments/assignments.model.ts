import { OmitType } from '@nestjs/swagger';
import { Assignment, Ref } from '#canonical';
import { PageQuery } from '#service';

/** An assignment as the PSA last showed it. */
export class AssignmentResponse extends OmitType(Assignment, []) {}

export class AssignmentsQuery extends PageQuery {
  @Ref('Project', { optional: true, description: 'Only on this project.' }) projectId?: string;
}
