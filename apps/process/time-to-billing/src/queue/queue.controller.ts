import { Controller } from '@nestjs/common';
import { queue } from '#apis/time-to-billing';
import { CurrentPrincipal, type Principal } from '#auth';
import { BillingQueue } from '#canonical';
import { Implements } from '#service';
import { QueueStore } from './queue.store.js';

@Controller()
export class QueueController {
  constructor(private readonly store: QueueStore) {}

  /**
   * What waits on its way to the ERP, of the legal entities that the caller may see, and why it is
   * held, if it is.
   */
  @Implements(queue.queueQueue)
  queue(@CurrentPrincipal() principal: Principal): Promise<BillingQueue> {
    return this.store.queue(principal);
  }
}
