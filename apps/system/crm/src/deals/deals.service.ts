import { Inject, Injectable } from '@nestjs/common';
import type { Page } from '#apis';
import type { DealQuery } from '#apis/crm';
import { maySee, type Principal } from '#auth';
import { Problem, type Deal } from '#canonical';
import { Capture } from '#capture';
import { Mappings } from '#mappings';
import { CRM } from '../crm.token.js';
import { bySeller } from '../by-seller.js';
import { sellerWords } from '../seller-words.js';
import { seenBy } from '../seller.rules.js';
import type { CrmVendor } from '../vendors/port/crm.port.js';

/**
 * Deals as last seen, or as they are in the CRM now. A caller who may not see a deal gets the same
 * answer as for one that does not exist.
 */
@Injectable()
export class DealsService {
  constructor(
    private readonly capture: Capture,
    private readonly mappings: Mappings,
    @Inject(CRM) private readonly vendor: CrmVendor,
  ) {}

  async list({ stage, ...page }: DealQuery, principal: Principal): Promise<Page<Deal>> {
    const { where, whereNot } = seenBy(principal, await this.mappings.table(), await sellerWords(this.capture, 'deal'));
    const query = { where: { ...where, ...(stage === undefined ? {} : { stage }) }, whereNot };
    return bySeller(() => this.capture.shadow<Deal>('deal').page(page, query));
  }

  async get(id: string, principal: Principal): Promise<Deal> {
    const deal = await this.#seen(id);
    if (!deal) throw noDeal(id);
    return this.#shown(deal, principal);
  }

  /**
   * Reads the CRM. A deal that was never seen is searched first: it may be newer than the last
   * poll.
   */
  async fresh(id: string, principal: Principal): Promise<Deal> {
    const seen = (await this.#seen(id)) ?? (await this.#seenNow(id));
    const ref = seen?.refs.find(({ system, account }) => system === this.vendor.system && account === this.vendor.account);
    const deal = ref && (await this.vendor.deals.get(ref.nativeId));
    if (!deal) throw noDeal(id);
    return this.#shown(deal, principal);
  }

  /** A deal is its seller's. Throws `not-found` for whom it isn't. */
  async #shown(deal: Deal, principal: Principal): Promise<Deal> {
    const seller = deal.legalEntity === undefined ? undefined : (await this.mappings.table()).get('legal-entity', deal.legalEntity);
    if (!maySee(principal, seller === undefined ? [] : [seller])) throw noDeal(deal.id);
    return deal;
  }

  #seen(id: string): Promise<Deal | undefined> {
    return bySeller(() => this.capture.shadow<Deal>('deal').get(id));
  }

  async #seenNow(id: string): Promise<Deal | undefined> {
    try {
      await this.capture.pollNow('deals');
    } catch (error) {
      // The feed is paused, or another replica is reading the deal right now: use what it saved.
      if (!(error instanceof Problem && error.kind === 'conflict')) throw error;
    }
    return this.#seen(id);
  }
}

const noDeal = (id: string) => new Problem('not-found', `There is no deal ${id}.`);
