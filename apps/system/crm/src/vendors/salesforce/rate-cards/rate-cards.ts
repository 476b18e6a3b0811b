import { RecordFault } from '#canonical';
import { Readable, type SweepPage } from '#capture';
import type { Row } from '#connector';
import type { DatedRateCardInCrm, RateCardInCrm, RateCards } from '../../port/rate-cards.port.js';
import type { SalesforceApi } from '../salesforce.api.js';
import type { SalesforceConfig } from '../salesforce.config.js';
import { named, rateCardIdOf, type Org } from '../salesforce.references.js';
import { soqlText } from '../salesforce.wire.js';
import { datedRateCardOf, rateCardOf } from './rate-cards.mapper.js';
import { rateCardSelect, readRateCard, type SalesforceRateCard } from './rate-cards.wire.js';

/** Versions of rate cards, and by code why one can't be read. */
export interface ReadRateCards {
  cards: RateCardInCrm[];
  faults: Map<string, RecordFault>;
}

/** Rate cards are an object of the firm's own, a record for each version. */
export class SalesforceRateCards implements RateCards {
  constructor(
    private readonly api: SalesforceApi,
    private readonly config: SalesforceConfig,
    private readonly org: Org,
  ) {}

  async versionsOf(code: string): Promise<RateCardInCrm[]> {
    const { cards, faults } = await this.read([code]);
    for (const fault of faults.values()) throw fault;
    return cards;
  }

  async *all(): AsyncIterable<SweepPage<DatedRateCardInCrm> & { cursor: string }> {
    for await (const { records, answeredAt } of this.api.pages('sweep-rate-cards', `${rateCardSelect(this.config)} ORDER BY Id`)) {
      const cards = new Readable<DatedRateCardInCrm>();
      for (const [index, row] of records.entries())
        await cards.take(
          named(row, index, id => rateCardIdOf(this.org, id)),
          async () => [datedRateCardOf(await this.#rateCard(row), this.org)],
        );
      yield { ...cards, cursor: answeredAt };
    }
  }

  /** All versions of the cards of these codes. */
  async read(codes: string[]): Promise<ReadRateCards> {
    const { rateCardObject, rateCardCode, rateCardEffectiveFrom } = this.config;
    const read: ReadRateCards = { cards: [], faults: new Map() };
    if (codes.length === 0) return read;
    const wanted = [...new Set(codes)].map(soqlText).join(', ');
    const order = rateCardEffectiveFrom === 'none' ? 'Id' : rateCardEffectiveFrom;
    for await (const { records } of this.api.pages(
      'query-rate-cards',
      `${rateCardSelect(this.config)} WHERE ${rateCardCode} IN (${wanted}) ORDER BY ${order}`,
    )) {
      for (const row of records) {
        try {
          read.cards.push(rateCardOf(await this.#rateCard(row), this.org));
        } catch (error) {
          if (!(error instanceof RecordFault)) throw error;
          read.faults.set(String(row[rateCardCode]), error.within(`${rateCardObject} ${String(row.Id)}`));
        }
      }
    }
    return read;
  }

  async #rateCard(row: Row): Promise<SalesforceRateCard> {
    return readRateCard(row, await this.api.children(row, this.config.rates), this.config);
  }
}
