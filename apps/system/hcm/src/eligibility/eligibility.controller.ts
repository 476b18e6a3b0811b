import { Body, Controller } from '@nestjs/common';
import { eligibility, EligibilityQuestion, type EligibilityAnswer } from '#apis/hcm';
import { CurrentPrincipal, type Principal } from '#auth';
import { Implements } from '#service';
import { Eligibility } from './eligibility.service.js';

@Controller({ version: '1' })
export class EligibilityController {
  constructor(private readonly eligibility: Eligibility) {}

  @Implements(eligibility.askEligibility)
  ask(@CurrentPrincipal() principal: Principal, @Body() question: EligibilityQuestion): Promise<EligibilityAnswer> {
    return this.eligibility.answer(principal, question);
  }
}
