import { ApiProperty, OmitType } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional } from 'class-validator';
import { Applied, PROJECT_STATUSES, Planned, Project, ProjectInPsa, Text, type ProjectStatus } from '#canonical';
import { PageQuery } from '#service';

// What this app publishes. Composed from the canonical classes, so that a change there is not a change of a published version unseen.

/** The project as it is to be. */
export class ProjectRequest extends OmitType(Project, []) {}

/** The project as the PSA holds it. */
export class ProjectResponse extends OmitType(ProjectInPsa, []) {}

export class PlannedResponse extends OmitType(Planned, []) {}
export class AppliedResponse extends OmitType(Applied, []) {}

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
