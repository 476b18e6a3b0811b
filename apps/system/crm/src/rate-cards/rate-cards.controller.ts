import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, Scopes, type Principal } from '#auth';
import type { DatedRateCard, RateCard } from '#canonical';
import { PageOf, type Page } from '#service';
import { DatedRateCardResource, RateCardListQuery, RateCardPath, RateCardQuery, RateCardResource } from './rate-card.model.js';
import { RateCardsService } from './rate-cards.service.js';

@ApiTags('rate cards')
@Scopes('crm.read')
@Controller({ path: 'rate-cards', version: '1' })
export class RateCardsController {
  constructor(private readonly rateCards: RateCardsService) {}

  @Get()
  @ApiOperation({ operationId: 'listRateCards', summary: 'Every version of every rate card as last seen, in order of id' })
  @PageOf(DatedRateCardResource)
  list(@Query() query: RateCardListQuery, @CurrentPrincipal() principal: Principal): Promise<Page<DatedRateCard>> {
    return this.rateCards.list(query, principal);
  }

  @Get(':code')
  @ApiOperation({ operationId: 'getRateCard', summary: 'The rates in force on a day, read in the CRM now' })
  @ApiOkResponse({ type: RateCardResource })
  get(@Param() { code }: RateCardPath, @Query() { asOf }: RateCardQuery, @CurrentPrincipal() principal: Principal): Promise<RateCard> {
    return this.rateCards.inForce(code, asOf ?? new Date().toISOString().slice(0, 10), principal);
  }
}
