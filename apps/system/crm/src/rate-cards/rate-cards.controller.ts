import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem, type RateCard } from '#canonical';
import { Mappings } from '#mappings';
import { CRM_VENDOR, rateCardOn, type CrmVendor } from '../vendors/crm-vendor.js';
import { RateCardPath, RateCardQuery, RateCardResource } from './rate-card.model.js';

@ApiTags('rate cards')
@Scopes('crm.read')
@Controller({ path: 'rate-cards', version: '1' })
export class RateCardsController {
  constructor(
    @Inject(CRM_VENDOR) private readonly vendor: CrmVendor,
    @Inject(Mappings) private readonly mappings: Mappings,
  ) {}

  @Get(':code')
  @ApiOperation({ operationId: 'getRateCard', summary: 'The rates in force on a day, read in the CRM now' })
  @ApiOkResponse({ type: RateCardResource })
  async get(@Param() { code }: RateCardPath, @Query() { asOf }: RateCardQuery, @CurrentPrincipal() principal: Principal): Promise<RateCard> {
    const day = asOf ?? new Date().toISOString().slice(0, 10);
    const found = rateCardOn(await this.vendor.rateCards(code), day);
    const owner = found?.legalEntity === undefined ? undefined : (await this.mappings.table()).get('legal-entity', found.legalEntity);
    if (!found || !maySee(principal, owner === undefined ? [] : [owner])) throw new Problem('not-found', `There is no rate card ${code} on ${day}.`);
    const { legalEntity: _, ...card } = found;
    return card;
  }
}
