import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture, PlannedWrites, type Wish } from '#capture';
import { Needs } from '#connector';
import { WritesNothing } from '#service';
import { entitiesOf } from '../capture/project.feed.js';
import { AppliedResponse, FreshQuery, PlannedResponse } from '../projects/projects.model.js';
import { staffingFaults } from '../projects/project-request.rules.js';
import { PSA } from '../psa.token.js';
import type { PsaVendor, StaffingRequestInPsa } from '../vendors/psa-vendor.js';
import { StaffingRequestBody, StaffingRequestResponse } from './staffing-requests.model.js';
import type { PsaAbility } from '../vendors/psa-abilities.js';

const IF_MATCH = { name: 'if-match', required: false, description: 'The hash of a plan: apply exactly this plan, else 412 and nothing is written.' };

@ApiTags('staffing-requests')
@Needs<PsaAbility>('staffing')
@Controller({ path: 'staffing-requests', version: '1' })
export class StaffingRequestsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
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
    return this.writes.apply(await this.#wish(id, request, caller), ifMatch);
  }

  @Post(':id/plans')
  @HttpCode(200)
  @WritesNothing()
  @Scopes('psa.read')
  @ApiOperation({ operationId: 'planStaffingRequest', summary: 'What putting it would change; nothing is written' })
  @ApiOkResponse({ type: PlannedResponse })
  async plan(@Param('id') id: string, @Body() request: StaffingRequestBody, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(await this.#wish(id, request, caller));
  }

  /** Both the request as it is and as it is to be must be the caller's to see. */
  async #wish(id: string, request: StaffingRequestBody, caller: Principal): Promise<Wish<StaffingRequestInPsa>> {
    const present = await this.#shadow.get(request.id);
    return {
      noun: 'staffing-request',
      desired: request,
      faults: staffingFaults(id, request),
      concerns: [request, ...(present ? [present] : [])].map(entitiesOf),
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.planStaffingRequest(request),
    };
  }

  get #shadow() {
    return this.capture.shadow<StaffingRequestInPsa>('staffing-request');
  }
}
