import { ApiProperty, IntersectionType, OmitType, PartialType, PickType } from '@nestjs/swagger';
import { IsBoolean, IsOptional } from 'class-validator';
import { ExternalRef, FinancialDimensions, FinancialProject, Nested, OneOf, PROJECT_STATUSES, Text, type ProjectStatus } from '#canonical';
import { get, operations, post, put } from '../operation.js';
import { PageQuery } from '../page.js';
import { AppliedResponse, IF_MATCH, PlannedResponse } from '../planned.js';

/** The financial project as it is to be. */
export class FinancialProjectRequest extends OmitType(FinancialProject, []) {}

/** The dimensions that the ERP holds; one that was never filled in is absent. */
export class FinancialDimensionsResponse extends PartialType(FinancialDimensions) {}

const ALWAYS_THERE = ['id', 'title', 'status', 'tasks', 'timeAllowed', 'expensesAllowed'] as const;

/**
 * The financial project as the ERP holds it. What is absent there is absent here, so that whoever reads it back can tell: `billingMethod`
 * without a billing type on the project, `billingSchedule` unless one is attached and the type is set, a dimension whose field is empty.
 */
export class FinancialProjectResponse extends IntersectionType(
  PickType(FinancialProject, ALWAYS_THERE),
  PartialType(OmitType(FinancialProject, [...ALWAYS_THERE, 'dimensions'] as const)),
) {
  @Nested(() => FinancialDimensionsResponse) dimensions: FinancialDimensionsResponse;
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

export class ProjectsQuery extends PageQuery {
  @Text({ optional: true, max: 40, description: 'Only of this canonical legal entity.' }) legalEntity?: string;
  @Text({ optional: true, max: 80, description: 'Only of this customer.' }) customerId?: string;
  @OneOf(PROJECT_STATUSES, { optional: true }) status?: ProjectStatus;
}

export class FreshQuery {
  @ApiProperty({ type: 'boolean', required: false, default: true, description: 'False answers what the ERP last showed, without asking it.' })
  @IsOptional()
  @IsBoolean()
  fresh?: boolean;
}

export const projects = operations('projects', {
  listProjects: get('projects', {
    scope: 'erp.read',
    summary: 'Financial projects as the ERP last showed them, in the order of their ids',
    query: ProjectsQuery,
    pageOf: FinancialProjectResponse,
  }),
  getProject: get('projects/:id', {
    scope: 'erp.read',
    summary: 'A financial project as the ERP holds it now, with absent what it lacks there',
    query: FreshQuery,
    answer: FinancialProjectResponse,
  }),
  putProject: put('projects/:id', {
    scope: 'erp.write',
    summary: 'Make the financial project so, with its billing schedule, dimensions and tasks',
    description: 'Archived closes it, active again brings the same one back.',
    body: FinancialProjectRequest,
    answer: AppliedResponse,
    ifMatch: IF_MATCH,
  }),
  planProject: post('projects/:id/plans', {
    scope: 'erp.read',
    summary: 'What putting it would change; nothing is written',
    body: FinancialProjectRequest,
    answer: PlannedResponse,
    writesNothing: true,
  }),
});
