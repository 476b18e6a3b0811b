import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import { BillingQueue } from '#canonical';
import { QueueStore } from './queue.store.js';

@ApiTags('queue')
@Controller({ path: 'queue', version: '1' })
export class QueueController {
  constructor(private readonly store: QueueStore) {}

  /** What waits on the way to the ERP, of the legal entities the caller may see, and why it is held when it is. */
  @Get()
  @ApiOperation({ summary: 'What waits on the way to the ERP, and why it is held when it is' })
  @Scopes('time-to-billing.read')
  @ApiOkResponse({ type: BillingQueue })
  queue(@CurrentPrincipal() principal: Principal): Promise<BillingQueue> {
    return this.store.queue(principal);
  }
}
