import { Controller, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { assignments, AssignmentsQuery, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, type Principal } from '#auth';
import type { Assignment } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';

@Needs<PsaAbility>('assignments')
@Controller({ version: '1' })
export class AssignmentsController {
  constructor(private readonly capture: Capture) {}

  @Implements(assignments.listAssignments)
  list(@Query() { projectId, ...page }: AssignmentsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<Assignment>> {
    return this.capture.shadow<Assignment>('assignment').page(page, { where: { projectId }, viewer });
  }
}
