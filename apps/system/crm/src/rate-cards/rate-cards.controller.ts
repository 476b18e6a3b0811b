import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { RateCardListQuery, RateCardPath, RateCardQuery, rateCards, type CrmAbility } from '#apis/crm';
import { CurrentPrincipal, type Principal } from '#auth';
import type { DatedRateCard, RateCard } from '#canonical';
import { Needs } from '#connector';
import { Implements } from '#service';
import { RateCardsService } from './rate-cards.service.js';

@Needs<CrmAbility>('rate-cards')
@Controller({ version: '1' })
export class RateCardsController {
  constructor(private readonly rateCards: RateCardsService) {}

  @Implements(rateCards.listRateCards)
  list(@Query() query: RateCardListQuery, @CurrentPrincipal() principal: Principal): Promise<Page<DatedRateCard>> {
    return this.rateCards.list(query, principal);
  }

  @Implements(rateCards.getRateCard)
  get(@Param() { code }: RateCardPath, @Query() { asOf }: RateCardQuery, @CurrentPrincipal() principal: Principal): Promise<RateCard> {
    return this.rateCards.inForce(code, asOf ?? new Date().toISOString().slice(0, 10), principal);
  }
}
