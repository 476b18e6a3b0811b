import type { Deal } from '#canonical';
import { Readable, type SweepPage } from '#capture';
import type { Row } from '#connector';
import type { Deals } from '../../port/deals.port.js';
import { rateCardOn, type RateCardInCrm } from '../../port/rate-cards.port.js';
import type { ReadRateCards, SalesforceRateCards } from '../rate-cards/rate-cards.js';
import { latest, type SalesforceApi } from '../salesforce.api.js';
import type { SalesforceConfig } from '../salesforce.config.js';
import { dealIdOf, named, type Org } from '../salesforce.references.js';
import { EPOCH, soqlInstant, soqlText } from '../salesforce.wire.js';
import { dealOf, rateCardNotFound } from './deals.mapper.js';
import { opportunitySelect, readOpportunity, type SalesforceOpportunity } from './deals.wire.js';

/**
 * Deals are opportunities with their lines, their milestones where the org has any, and the rate
 * card that they name.
 */
export class SalesforceDeals implements Deals {
  constructor(
    private readonly api: SalesforceApi,
    private readonly config: SalesforceConfig,
    private readonly org: Org,
    private readonly rateCards: SalesforceRateCards | undefined,
  ) {}

  async get(nativeId: string): Promise<Deal | null> {
    const page = await this.api.query('query-opportunity', `${opportunitySelect(this.config)} WHERE Id = ${soqlText(nativeId)}`);
    const { items, unreadable } = await this.#deals(page.records);
    if (unreadable.length > 0) throw unreadable[0].error;
    return items[0]?.deal ?? null;
  }

  /**
   * By SystemModstamp of the opportunity, which changes of its lines and milestones update, or of
   * its account. A page's cursor is the stamp of its last opportunity, since rows come in that
   * order. The last page's cursor is when the vendor began to answer, which covers the accounts'
   * stamps too.
   */
  async *changed(since: string | null): AsyncIterable<SweepPage<Deal> & { cursor: string }> {
    const changed = since === null ? '' : ` WHERE SystemModstamp >= ${soqlInstant(since)} OR Account.SystemModstamp >= ${soqlInstant(since)}`;
    let readTo = since ?? EPOCH;
    let newest = readTo;
    for await (const { records, done, answeredAt } of this.api.pages(
      'query-opportunities',
      `${opportunitySelect(this.config)}${changed} ORDER BY SystemModstamp, Id`,
    )) {
      const { items: deals, unreadable } = await this.#deals(records);
      readTo = latest([readTo, ...deals.map(({ from }) => from.modifiedAt)]);
      newest = latest([newest, readTo, ...deals.map(({ from }) => from.account?.modifiedAt ?? EPOCH)]);
      yield { items: deals.map(({ deal }) => deal), unreadable, cursor: done ? latest([newest, answeredAt]) : readTo };
    }
  }

  async *all(): AsyncIterable<SweepPage<Deal>> {
    for await (const { records } of this.api.pages('sweep-opportunities', `${opportunitySelect(this.config)} ORDER BY Id`)) {
      const { items, unreadable } = await this.#deals(records);
      yield { items: items.map(({ deal }) => deal), unreadable };
    }
  }

  async #deals(rows: Row[]): Promise<Readable<{ deal: Deal; from: SalesforceOpportunity }>> {
    const read = new Readable<SalesforceOpportunity>();
    const idOf = (id: string) => dealIdOf(this.org, id);
    for (const [index, row] of rows.entries()) {
      await read.take(named(row, index, idOf), async () => {
        const lines = await this.api.children(row, 'OpportunityLineItems');
        const milestones = await this.api.children(row, this.config.milestones);
        return [readOpportunity(row, lines, milestones, this.config)];
      });
    }
    const rateCards = await this.rateCards?.read(read.items.flatMap(({ rateCard }) => rateCard ?? []));
    const deals = new Readable<{ deal: Deal; from: SalesforceOpportunity }>();
    for (const from of read.items)
      await deals.take({ id: idOf(from.id), nativeId: from.id }, () => [{ from, deal: dealOf(from, this.#rateCardOf(from, rateCards), this.org) }]);
    deals.unreadable.push(...read.unreadable);
    return deals;
  }

  /** When one version of a card can't be read, it is unknown which version is in force. */
  #rateCardOf(opportunity: SalesforceOpportunity, read: ReadRateCards | undefined): RateCardInCrm | undefined {
    if (opportunity.rateCard === undefined || !read) return undefined;
    const fault = read.faults.get(opportunity.rateCard);
    if (fault) throw fault;
    const versions = read.cards.filter(card => card.code === opportunity.rateCard);
    return rateCardOn(versions, opportunity.startDate ?? opportunity.closeDate) ?? rateCardNotFound(opportunity.rateCard, opportunity);
  }
}
