import { Body, Controller, Get, Headers, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture, PlannedWrites, type Wish } from '#capture';
import { PageOf, type Page } from '#service';
import { entitiesOfProject } from '../capture/project.feed.js';
import { ERP } from '../erp.token.js';
import { Plans, Puts, type AppliedResponse, type PlannedResponse } from '../planned.decorators.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import type { FinancialProjectInErp } from './financial-project-in-erp.js';
import { idInPath, projectFaults } from './project-request.rules.js';
import { FinancialProjectRequest, FinancialProjectResponse, FreshQuery, ProjectsQuery } from './projects.model.js';

@ApiTags('projects')
@Controller({ path: 'projects', version: '1' })
export class ProjectsController {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
  ) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'listProjects', summary: 'Financial projects as the ERP last showed them, in the order of their ids' })
  @PageOf(FinancialProjectResponse)
  list(@Query() query: ProjectsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<FinancialProjectInErp>> {
    const { legalEntity, customerId, status, ...page } = query;
    const where = {
      ...(legalEntity ? { 'dimensions.legalEntity': legalEntity } : {}),
      ...(customerId ? { customerId } : {}),
      ...(status ? { status } : {}),
    };
    return this.#shadow.page(page, { where, viewer });
  }

  @Get(':id')
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'getProject', summary: 'A financial project as the ERP holds it now, with absent what it lacks there' })
  @ApiOkResponse({ type: FinancialProjectResponse })
  async get(@Param('id') id: string, @Query() { fresh = true }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<FinancialProjectInErp> {
    const project = fresh ? await this.vendor.project(idInPath(id)) : await this.#shadow.get(id);
    // Whose it is not is told the same as what there is not.
    if (!project || !maySee(viewer, entitiesOfProject(project))) throw new Problem('not-found', `There is no project ${id}.`);
    return project;
  }

  @Puts({
    operationId: 'putProject',
    summary:
      'Make the financial project so, with its billing schedule, dimensions and tasks; archived closes it, active again brings the same one back',
  })
  async put(
    @Param('id') id: string,
    @Body() project: FinancialProjectRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(this.#wish(id, project, caller), ifMatch);
  }

  @Plans('planProject')
  async plan(@Param('id') id: string, @Body() project: FinancialProjectRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(this.#wish(id, project, caller));
  }

  #wish(id: string, project: FinancialProjectRequest, caller: Principal): Wish<FinancialProjectInErp> {
    return {
      noun: 'financial-project',
      desired: project,
      faults: projectFaults(id, project),
      concerns: [entitiesOfProject(project)],
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.planProject(project),
    };
  }

  get #shadow() {
    return this.capture.shadow<FinancialProjectInErp>('financial-project');
  }
}
