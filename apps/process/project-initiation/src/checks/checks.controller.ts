import { Body, Controller } from '@nestjs/common';
import { CheckBody, checks, type CheckView } from '#apis/project-initiation';
import { text } from '#apis';
import { Implements } from '#service';
import { SystemApis } from '../clients.js';
import { Planner } from '../plans/planner.js';

@Controller({ version: '1' })
export class ChecksController {
  constructor(
    private readonly systems: SystemApis,
    private readonly planner: Planner,
  ) {}

  /**
   * Checks whether a deal could become a project, by the rules that hold when it is won. Answers
   * all faults. Works for open deals too, before closing.
   */
  @Implements(checks.checksCheck)
  async check(@Body() { dealId }: CheckBody): Promise<CheckView> {
    const deal = await this.systems.deal(dealId);
    const faults = await this.planner.check(deal);
    return {
      dealId: deal.id,
      ready: faults.length === 0,
      faults: faults.map(({ reason, desk, need }) => ({
        code: reason.code,
        text: text(reason),
        ...(reason.field ? { field: reason.field } : {}),
        desk,
        need,
      })),
    };
  }
}
