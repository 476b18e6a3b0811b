import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { Deal } from '#canonical';
import { PageOf, type Page } from '#service';
import { DealPath, DealQuery, DealResource, FreshQuery } from './deal.model.js';
import { DealsService } from './deals.service.js';

@ApiTags('deals')
@Scopes('crm.read')
@Controller({ path: 'deals', version: '1' })
export class DealsController {
  constructor(private readonly deals: DealsService) {}

  @Get()
  @ApiOperation({ operationId: 'listDeals', summary: 'Deals of the legal entities the caller may see, in order of id' })
  @PageOf(DealResource)
  list(@Query() query: DealQuery, @CurrentPrincipal() principal: Principal): Promise<Page<Deal>> {
    return this.deals.list(query, principal);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getDeal', summary: 'A deal as sold' })
  @ApiOkResponse({ type: DealResource })
  get(@Param() { id }: DealPath, @Query() { fresh }: FreshQuery, @CurrentPrincipal() principal: Principal): Promise<Deal> {
    return fresh ? this.deals.fresh(id, principal) : this.deals.get(id, principal);
  }
}
