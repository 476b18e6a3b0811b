import { Body, Controller, Headers, Inject, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { FinancialProjectRequest, FreshQuery, projects, ProjectsQuery, type AppliedResponse, type PlannedResponse } from '#apis/erp';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture, PlannedWrites, type DesiredWrite } from '#capture';
import { Implements } from '#service';
import { entitiesOfProject } from '../capture/project.feed.js';
import { ERP } from '../erp.token.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import type { FinancialProjectInErp } from './financial-project-in-erp.js';
import { idInPath, projectFaults } from './project-request.rules.js';

@Controller({ version: '1' })
export class ProjectsController {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
  ) {}

  @Implements(projects.listProjects)
  list(@Query() query: ProjectsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<FinancialProjectInErp>> {
    const { legalEntity, customerId, status, ...page } = query;
    const where = {
      ...(legalEntity ? { 'dimensions.legalEntity': legalEntity } : {}),
      ...(customerId ? { customerId } : {}),
      ...(status ? { status } : {}),
    };
    return this.#shadow.page(page, { where, viewer });
  }

  @Implements(projects.getProject)
  async get(@Param('id') id: string, @Query() { fresh = true }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<FinancialProjectInErp> {
    const project = fresh ? await this.vendor.projects.get(idInPath(id)) : await this.#shadow.get(id);
    // Answer 404 both for "not yours" and "does not exist".
    if (!project || !maySee(viewer, entitiesOfProject(project))) throw new Problem('not-found', `There is no project ${id}.`);
    return project;
  }

  @Implements(projects.putProject)
  async put(
    @Param('id') id: string,
    @Body() project: FinancialProjectRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(this.#wish(id, project, caller), ifMatch);
  }

  @Implements(projects.planProject)
  async plan(@Param('id') id: string, @Body() project: FinancialProjectRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(this.#wish(id, project, caller));
  }

  #wish(id: string, project: FinancialProjectRequest, caller: Principal): DesiredWrite<FinancialProjectInErp> {
    return {
      noun: 'financial-project',
      desired: project,
      faults: projectFaults(id, project),
      concerns: [entitiesOfProject(project)],
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.projects.plan(project),
    };
  }

  get #shadow() {
    return this.capture.shadow<FinancialProjectInErp>('financial-project');
  }
}
