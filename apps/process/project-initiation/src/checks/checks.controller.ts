import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { DESKS, Flag, Nested, OneOf, Ref, text, Text, type Desk } from '#canonical';
import { Scopes } from '#auth';
import { WritesNothing } from '#service';
import { SystemApis } from '../clients.js';
import { Planner } from '../plans/planner.js';

export class CheckBody {
  @Ref('Deal', { description: "The deal's canonical id, or its id in the CRM." }) dealId: string;
}

export class FaultView {
  @Text({ max: 80 }) code: string;
  @Text({ max: 1000, description: 'The fault as a sentence.' }) text: string;
  @Text({ optional: true }) field?: string;
  @OneOf(DESKS, { description: 'Who can mend it.' }) desk: Desk;
  @Text({ max: 300, description: 'What has to arrive.' }) need: string;
}

export class CheckView {
  @Ref('Deal') dealId: string;
  @Flag({ description: 'True when the deal could become a project as it is.' }) ready: boolean;
  @Nested(() => FaultView, { list: true }) faults: FaultView[];
}

@ApiTags('checks')
@Controller({ path: 'checks', version: '1' })
export class ChecksController {
  constructor(
    private readonly systems: SystemApis,
    private readonly planner: Planner,
  ) {}

  /** Whether a deal could become a project, by the rules that hold when it is won: all faults at once. Open deals too, before closing. */
  @Post()
  @ApiOperation({ summary: 'Whether a deal could become a project, by the rules that hold when it is won: all faults at once' })
  @HttpCode(200)
  @Scopes('project-initiation.check')
  @WritesNothing()
  @ApiOkResponse({ type: CheckView })
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
