import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture } from '#capture';
import { decodeCursor, DEFAULT_PAGE_SIZE, encodeCursor, PageOf, WritesNothing, type Page } from '#service';
import { entitiesOfProject } from '../capture/project.feed.js';
import { AppliedResponse, PlannedResponse } from '../customers/customers.model.js';
import { ERP } from '../erp.token.js';
import { ErpWriter, hashIn, type Wish } from '../erp-writer.service.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import type { FinancialProjectInErp } from './financial-project-in-erp.js';
import { idInPath, projectFaults, refuse } from './project-request.rules.js';
import { FinancialProjectRequest, FinancialProjectResponse, FreshQuery, ProjectsQuery } from './projects.model.js';

const IF_MATCH = { name: 'If-Match', required: false, description: 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.' };

@ApiTags('projects')
@Controller({ path: 'projects', version: '1' })
export class ProjectsController {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    @Inject(ErpWriter) private readonly writer: ErpWriter,
    @Inject(Capture) private readonly capture: Capture,
  ) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'listProjects', summary: 'Financial projects as the ERP last showed them, in the order of their ids' })
  @PageOf(FinancialProjectResponse)
  async list(@Query() query: ProjectsQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<FinancialProjectInErp>> {
    const { cursor, limit = DEFAULT_PAGE_SIZE, legalEntity, customerId, status } = query;
    const where = {
      ...(legalEntity ? { 'dimensions.legalEntity': legalEntity } : {}),
      ...(customerId ? { customerId } : {}),
      ...(status ? { status } : {}),
    };
    const after = cursor === undefined ? undefined : String(decodeCursor(cursor, 1)[0]);
    const { items, next } = await this.capture.shadow<FinancialProjectInErp>('financial-project').list({ after, limit, where, viewer });
    return { items, nextCursor: next === null ? null : encodeCursor([next]) };
  }

  @Get(':id')
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'getProject', summary: 'A financial project as the ERP holds it now, with absent what it lacks there' })
  @ApiOkResponse({ type: FinancialProjectResponse })
  async get(@Param('id') id: string, @Query() { fresh = true }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<FinancialProjectInErp> {
    const project = fresh ? await this.vendor.project(idInPath(id)) : await this.capture.shadow<FinancialProjectInErp>('financial-project').get(id);
    // Whose it is not is told the same as what there is not.
    if (!project || !maySee(viewer, entitiesOfProject(project))) throw new Problem('not-found', `There is no project ${id}.`);
    return project;
  }

  @Put(':id')
  @Scopes('erp.write')
  @ApiHeader(IF_MATCH)
  @ApiOperation({
    operationId: 'putProject',
    summary:
      'Make the financial project so, with its billing schedule, dimensions and tasks; archived closes it, active again brings the same one back',
  })
  @ApiOkResponse({ type: AppliedResponse })
  async put(
    @Param('id') id: string,
    @Body() project: FinancialProjectRequest,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writer.apply({ ...this.#wish(id, project, caller), onlyIf: hashIn(ifMatch) });
  }

  @Post(':id/plans')
  @HttpCode(200)
  @WritesNothing()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'planProject', summary: 'What putting it would change; nothing is written' })
  @ApiOkResponse({ type: PlannedResponse })
  async plan(@Param('id') id: string, @Body() project: FinancialProjectRequest, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writer.planned(this.#wish(id, project, caller));
  }

  #wish(id: string, project: FinancialProjectRequest, caller: Principal): Wish<FinancialProjectInErp> {
    refuse(projectFaults(id, project));
    if (!maySee(caller, entitiesOfProject(project)))
      throw new Problem('forbidden', "The project's legal entity isn't yours.", { code: 'legal-entity' });
    return { noun: 'financial-project', id, desired: project, plan: () => this.vendor.planProject(project), caller };
  }
}
