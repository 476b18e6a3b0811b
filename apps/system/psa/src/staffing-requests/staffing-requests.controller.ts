import { Body, Controller, Headers, Inject, Param, Query } from '@nestjs/common';
import { FreshQuery, StaffingRequestBody, staffingRequests, type AppliedResponse, type PlannedResponse, type PsaAbility } from '#apis/psa';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Capture, PlannedWrites, type DesiredWrite } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';
import { entitiesOf } from '../capture/project.feed.js';
import { staffingFaults } from '../projects/project-request.rules.js';
import { PSA } from '../psa.token.js';
import type { PsaVendor } from '../vendors/port/psa.port.js';
import type { StaffingRequestInPsa } from '../vendors/port/staffing.port.js';

@Needs<PsaAbility>('staffing')
@Controller({ version: '1' })
export class StaffingRequestsController {
  constructor(
    @Inject(PSA) private readonly vendor: PsaVendor,
    private readonly writes: PlannedWrites,
    private readonly capture: Capture,
  ) {}

  @Implements(staffingRequests.getStaffingRequest)
  async get(@Param('id') id: string, @Query() { fresh = false }: FreshQuery, @CurrentPrincipal() viewer: Principal): Promise<StaffingRequestInPsa> {
    const request = fresh ? await this.vendor.staffing!.get(id) : await this.#shadow.get(id);
    if (!request || !maySee(viewer, entitiesOf(request))) throw new Problem('not-found', `There is no staffing request ${id}.`);
    return request;
  }

  @Implements(staffingRequests.putStaffingRequest)
  async put(
    @Param('id') id: string,
    @Body() request: StaffingRequestBody,
    @CurrentPrincipal() caller: Principal,
    @Headers('if-match') ifMatch?: string,
  ): Promise<AppliedResponse> {
    return this.writes.apply(await this.#wish(id, request, caller), ifMatch);
  }

  @Implements(staffingRequests.planStaffingRequest)
  async plan(@Param('id') id: string, @Body() request: StaffingRequestBody, @CurrentPrincipal() caller: Principal): Promise<PlannedResponse> {
    return this.writes.plan(await this.#wish(id, request, caller));
  }

  /** Both the request as it is and as it is to be must be the caller's to see. */
  async #wish(id: string, request: StaffingRequestBody, caller: Principal): Promise<DesiredWrite<StaffingRequestInPsa>> {
    const present = await this.#shadow.get(request.id);
    return {
      noun: 'staffing-request',
      desired: request,
      faults: staffingFaults(id, request),
      concerns: [request, ...(present ? [present] : [])].map(entitiesOf),
      caller,
      vendor: this.vendor,
      plan: () => this.vendor.staffing!.plan(request),
    };
  }

  get #shadow() {
    return this.capture.shadow<StaffingRequestInPsa>('staffing-request');
  }
}
