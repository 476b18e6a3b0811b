import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { WritesNothing } from '#service';
import { EligibilityAnswer, EligibilityQuestion } from './eligibility.model.js';
import { Eligibility } from './eligibility.service.js';

@ApiTags('eligibility')
@Scopes('hcm.read')
@Controller({ path: 'eligibility', version: '1' })
export class EligibilityController {
  constructor(private readonly eligibility: Eligibility) {}

  @Post()
  @HttpCode(200)
  @WritesNothing()
  @ApiOperation({ operationId: 'askEligibility', summary: 'Who could fill a role, who not and why' })
  @ApiOkResponse({ type: EligibilityAnswer })
  ask(@CurrentPrincipal() principal: Principal, @Body() question: EligibilityQuestion): Promise<EligibilityAnswer> {
    return this.eligibility.answer(principal, question);
  }
}
