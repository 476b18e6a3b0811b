import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem, type ProjectInPsa } from '#canonical';
import { Capture, PlannedWrites, type Wish } from '#capture';
import { Abilities } from '#connector';
import { PageOf, WritesNothing, type Page } from '#service';
import { entitiesOf } from '../capture/project.feed.js';
import { PSA } from '../psa.token.js';
import type { PsaAbility } from '../vendors/psa-abilities.js';
import type { PsaVendor } from '../vendors/psa-vendor.js';
import { AppliedResponse, FreshQuery, PlannedResponse, ProjectRequest, ProjectResponse, ProjectsQuery } from './projects.model.js';
import { neededFor, projectFaults } from './project-request.rules.js';

const IF_MATCH = { name: 'if-match', required: false, description: 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.' };

@ApiTags('projects')
@Controller({ path: 'projects', version: '1' })
export class ProjectsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
    private readonly abilities: Abilities<PsaAbility>,
  ) {}

  @Get()
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'listProjects', summary: 'Projects as the PSA last showed them, in the order of their ids' })
  @PageOf(ProjectResponse)
  list(@Query() { legalEntity, status, ...page }: ProjectsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<ProjectInPsa>> {
    const where = { ...(legalEntity ? { legalEntity } : {}), ...(status ? { status } : {}) };
    return this.#shadow.page(page, { where, viewer });
  }

  @Get(':id')
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'getProject', summary: 'A project as the PSA holds it, and whether time was booked on it' })
  @ApiOkResponse({ type: ProjectResponse })
  async get(@Param('id') id: string, @Query() { fresh = false }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<ProjectInPsa> {
    const project = fresh ? await this.vendor.project(id) : await this.#shadow.get(id);
    // Whose it is not is told the same as what there is not.
    if (!project || !maySee(viewer, entitiesOf(project))) throw new Problem('not-found', `There is no project ${id}.`);
    return project;
  }

  @Put(':id')
  @Scopes('psa.write')
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'putProject',
    summary: 'Make the project so, with its tasks and milestones; archived undoes it, active again brings the same one back',
  })
  @ApiOkResponse({ type: AppliedResponse })
  async put(
    @Param('id') id: string,
    @Body() project: ProjectRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(await this.#wish(id, project, caller), ifMatch);
  }

  @Post(':id/plans')
  @HttpCode(200)
  @WritesNothing()
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'planProject', summary: 'What putting it would change; nothing is written' })
  @ApiOkResponse({ type: PlannedResponse })
  async plan(@Param('id') id: string, @Body() project: ProjectRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(await this.#wish(id, project, caller));
  }

  /** Both the project as it is and as it is to be must be the caller's to see. */
  async #wish(id: string, project: ProjectRequest, caller: Principal): Promise<Wish<ProjectInPsa>> {
    for (const ability of neededFor(project)) this.abilities.need(ability);
    const present = await this.#shadow.get(project.id);
    return {
      noun: 'project',
      desired: project,
      faults: projectFaults(id, project),
      concerns: [project, ...(present ? [present] : [])].map(entitiesOf),
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.planProject(project),
    };
  }

  get #shadow() {
    return this.capture.shadow<ProjectInPsa>('project');
  }
}
