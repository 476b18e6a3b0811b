import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture } from '#capture';
import { WritesNothing } from '#service';
import { entitiesOf } from '../capture/project.feed.js';
import { AppliedResponse, FreshQuery, PlannedResponse } from '../projects/projects.model.js';
import { refuse, staffingFaults } from '../projects/project-request.rules.js';
import { hashIn, PsaWriter } from '../psa-writer.service.js';
import { PSA } from '../psa.token.js';
import type { PsaVendor, StaffingRequestInPsa } from '../vendors/psa-vendor.js';
import { StaffingRequestBody, StaffingRequestResponse } from './staffing-requests.model.js';

const IF_MATCH = { name: 'if-match', required: false, description: 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.' };

@ApiTags('staffing-requests')
@Controller({ path: 'staffing-requests', version: '1' })
export class StaffingRequestsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    @Inject(PsaWriter) private readonly writer: PsaWriter,
    @Inject(Capture) private readonly capture: Capture,
  ) {}

  @Get(':id')
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'getStaffingRequest', summary: 'A staffing request as the PSA holds it' })
  @ApiOkResponse({ type: StaffingRequestResponse })
  async get(@Param('id') id: string, @Query() { fresh = false }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<StaffingRequestInPsa> {
    const request = fresh ? await this.vendor.staffingRequest(id) : await this.#shadow.get(id);
    if (!request || !maySee(viewer, entitiesOf(request))) throw new Problem('not-found', `There is no staffing request ${id}.`);
    return request;
  }

  @Put(':id')
  @Scopes('psa.write')
  @ApiHeader(IF_MATCH)
  @ApiOperation({ operationId: 'putStaffingRequest', summary: 'Raise the request, raise it anew when it changed, or cancel it' })
  @ApiOkResponse({ type: AppliedResponse })
  async put(
    @Param('id') id: string,
    @Body() request: StaffingRequestBody,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    await this.#mayWrite(id, request, caller);
    return this.writer.apply({
      noun: 'staffing-request',
      id,
      plan: () => this.vendor.planStaffingRequest(request),
      onlyIf: hashIn(ifMatch),
    });
  }

  @Post(':id/plans')
  @HttpCode(200)
  @WritesNothing()
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'planStaffingRequest', summary: 'What putting it would change; nothing is written' })
  @ApiOkResponse({ type: PlannedResponse })
  async plan(@Param('id') id: string, @Body() request: StaffingRequestBody, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    await this.#mayWrite(id, request, caller);
    return this.writer.planned({ plan: () => this.vendor.planStaffingRequest(request) });
  }

  async #mayWrite(id: string, request: StaffingRequestBody, caller: Principal): Promise<void> {
    refuse(staffingFaults(id, request));
    const present = await this.#shadow.get(id);
    const entities = [request, ...(present ? [present] : [])].map(entitiesOf);
    if (!entities.every(mine => maySee(caller, mine)))
      throw new Problem('forbidden', `The request's legal entity isn't yours.`, { code: 'legal-entity' });
  }

  get #shadow() {
    return this.capture.shadow<StaffingRequestInPsa>('staffing-request');
  }
}
