import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '#apis';
import type { RateCardListQuery } from '#apis/crm';
import { maySee, type Principal } from '#auth';
import { Problem, type DatedRateCard, type RateCard } from '#canonical';
import { Capture } from '#capture';
import { Mappings } from '#mappings';
import { bySeller } from '../by-seller.js';
import { publishedCard } from '../capture/rate-card.rules.js';
import { CRM } from '../crm.token.js';
import { sellerWords } from '../seller-words.js';
import { seenBy } from '../seller.rules.js';
import type { CrmVendor } from '../vendors/port/crm.port.js';
import { rateCardOn, type DatedRateCardInCrm } from '../vendors/port/rate-cards.port.js';

/** Rate cards as last seen, or as they are in the CRM now. */
@Injectable()
export class RateCardsService {
  constructor(
    private readonly capture: Capture,
    private readonly mappings: Mappings,
    @Inject(CRM) private readonly vendor: CrmVendor,
  ) {}

  /** All versions as last seen, in order of id. */
  async list({ code, ...page }: RateCardListQuery, principal: Principal): Promise<Page<DatedRateCard>> {
    const { where, whereNot } = seenBy(principal, await this.mappings.table(), await sellerWords(this.capture, 'rate-card'));
    const query = { where: { ...where, ...(code === undefined ? {} : { code }) }, whereNot };
    const { items, nextCursor } = await bySeller(() => this.capture.shadow<DatedRateCardInCrm>('rate-card').page(page, query));
    return { items: items.map(publishedCard), nextCursor };
  }

  /**
   * The version in force on `day`, read in the CRM now. Throws `not-found` also for a card of a
   * legal entity that the caller may not see.
   */
  async inForce(code: string, day: string, principal: Principal): Promise<RateCard> {
    const found = rateCardOn(await this.vendor.rateCards!.versionsOf(code), day);
    const owner = found?.legalEntity === undefined ? undefined : (await this.mappings.table()).get('legal-entity', found.legalEntity);
    if (!found || !maySee(principal, owner === undefined ? [] : [owner])) throw new Problem('not-found', `There is no rate card ${code} on ${day}.`);
    const { legalEntity: _, ...card } = found;
    return card;
  }
}
