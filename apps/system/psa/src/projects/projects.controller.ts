import { Body, Controller, Headers, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { FreshQuery, ProjectRequest, projects, ProjectsQuery, type AppliedResponse, type PlannedResponse, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem, type ProjectInPsa } from '#canonical';
import { Capture, PlannedWrites, type DesiredWrite } from '#capture';
import { Abilities } from '#connector';
import { Implements } from '#service';
import { entitiesOf } from '../capture/project.feed.js';
import { PSA } from '../psa.token.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import { neededFor, projectFaults } from './project-request.rules.js';

@Controller({ version: '1' })
export class ProjectsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
    private readonly abilities: Abilities<PsaAbility>,
  ) {}

  @Implements(projects.listProjects)
  list(@Query() { legalEntity, status, ...page }: ProjectsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<ProjectInPsa>> {
    const where = { ...(legalEntity ? { legalEntity } : {}), ...(status ? { status } : {}) };
    return this.#shadow.page(page, { where, viewer });
  }

  @Implements(projects.getProject)
  async get(@Param('id') id: string, @Query() { fresh = false }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<ProjectInPsa> {
    const project = fresh ? await this.vendor.projects.get(id) : await this.#shadow.get(id);
    // Answer 404 both for "not yours" and "does not exist".
    if (!project || !maySee(viewer, entitiesOf(project))) throw new Problem('not-found', `There is no project ${id}.`);
    return project;
  }

  @Implements(projects.putProject)
  async put(
    @Param('id') id: string,
    @Body() project: ProjectRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(await this.#wish(id, project, caller), ifMatch);
  }

  @Implements(projects.planProject)
  async plan(@Param('id') id: string, @Body() project: ProjectRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(await this.#wish(id, project, caller));
  }

  /** Both the project as it is and as it is to be must be the caller's to see. */
  async #wish(id: string, project: ProjectRequest, caller: Principal): Promise<DesiredWrite<ProjectInPsa>> {
    for (const ability of neededFor(project)) this.abilities.need(ability);
    const present = await this.#shadow.get(project.id);
    return {
      noun: 'project',
      desired: project,
      faults: projectFaults(id, project),
      concerns: [project, ...(present ? [present] : [])].map(entitiesOf),
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.projects.plan(project),
    };
  }

  get #shadow() {
    return this.capture.shadow<ProjectInPsa>('project');
  }
}
