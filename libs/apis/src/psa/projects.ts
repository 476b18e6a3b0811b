import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { PROJECT_STATUSES, Project, ProjectInPsa, Text, type ProjectStatus } from '#canonical';
import { get, operations, post, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { AppliedResponse, IF_MATCH, PlannedResponse } from '../planned.js';

// What the PSA's app publishes. Composed from the canonical classes, so that a change there is not a change of a published version unseen.

/** The project as it is to be. */
export class ProjectRequest extends OmitType(Project, []) {}

/** The project as the PSA holds it. */
export class ProjectResponse extends OmitType(ProjectInPsa, []) {}

export class ProjectsQuery extends PageQuery {
  @Text({ optional: true, max: 40, description: 'Only of this canonical legal entity.' }) legalEntity?: string;

  @ApiProperty({ enum: PROJECT_STATUSES, required: false })
  @IsOptional()
  @IsIn(PROJECT_STATUSES)
  status?: ProjectStatus;
}

export class FreshQuery {
  @ApiProperty({ type: 'boolean', required: false, default: false, description: 'True reads the PSA now instead of what it last showed.' })
  @IsOptional()
  @IsBoolean()
  fresh?: boolean;
}

export const projects = operations('projects', {
  listProjects: get('projects', {
    scope: 'psa.read',
    summary: 'Projects as the PSA last showed them, in the order of their ids',
    query: ProjectsQuery,
    pageOf: ProjectResponse,
  }),
  getProject: get('projects/:id', {
    scope: 'psa.read',
    summary: 'A project as the PSA holds it, and whether time was booked on it',
    query: FreshQuery,
    answer: ProjectResponse,
  }),
  putProject: put('projects/:id', {
    scope: 'psa.write',
    summary: 'Make the project so, with its tasks and milestones',
    description: 'Archived undoes it, active again brings the same one back.',
    body: ProjectRequest,
    answer: AppliedResponse,
    ifMatch: IF_MATCH,
  }),
  planProject: post('projects/:id/plans', {
    scope: 'psa.read',
    summary: 'What putting it would change; nothing is written',
    body: ProjectRequest,
    answer: PlannedResponse,
    writesNothing: true,
  }),
});
