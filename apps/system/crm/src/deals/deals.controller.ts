import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { DealPath, DealQuery, deals, FreshQuery } from '#apis/crm';
import { CurrentPrincipal, type Principal } from '#auth';
import type { Deal } from '#canonical';
import { Implements } from '#service';
import { DealsService } from './deals.service.js';

@Controller({ version: '1' })
export class DealsController {
  constructor(private readonly deals: DealsService) {}

  @Implements(deals.listDeals)
  list(@Query() query: DealQuery, @CurrentPrincipal() principal: Principal): Promise<Page<Deal>> {
    return this.deals.list(query, principal);
  }

  @Implements(deals.getDeal)
  get(@Param() { id }: DealPath, @Query() { fresh }: FreshQuery, @CurrentPrincipal() principal: Principal): Promise<Deal> {
    return fresh ? this.deals.fresh(id, principal) : this.deals.get(id, principal);
  }
}
