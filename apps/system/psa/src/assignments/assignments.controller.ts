import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { Assignment } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { PageOf, type Page } from '#service';
import { AssignmentResponse, AssignmentsQuery } from './assignments.model.js';
import type { PsaAbility } from '../vendors/psa-abilities.js';

@ApiTags('assignments')
@Needs<PsaAbility>('assignments')
@Scopes('psa.read')
@Controller({ path: 'assignments', version: '1' })
export class AssignmentsController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @ApiOperation({ operationId: 'listAssignments', summary: 'Who may book where, in which role and when, as the PSA last showed it' })
  @PageOf(AssignmentResponse)
  list(@Query() { projectId, ...page }: AssignmentsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<Assignment>> {
    return this.capture.shadow<Assignment>('assignment').page(page, { where: { projectId }, viewer });
  }
}
