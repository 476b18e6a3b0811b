import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { RecordedEvent } from '#apis';
import type { Customer, Deal } from '#canonical';
import { Capture, type Feed } from '#capture';
import { Abilities } from '#connector';
import { Subscriptions } from '#events';
import { Mappings, MappingTable } from '#mappings';
import type { Transaction } from '#persistence';
import { CrmConfig } from '../crm.config.js';
import { CRM } from '../crm.token.js';
import { CustomersService } from '../customers/customers.service.js';
import type { CrmAbility } from '#apis/crm';
import type { CrmVendor } from '../vendors/port/crm.port.js';
import type { DatedRateCardInCrm, RateCards } from '../vendors/port/rate-cards.port.js';
import { changeEvent, dealEvents } from './deal-events.rules.js';
import { publishedChange } from './rate-card.rules.js';

/**
 * Follows deals, customers and rate cards. Events carry canonical legal entities: those of a deal
 * or card, and for a customer those of its deals. When a mapping changes, records that were
 * published with another legal entity are published again, since the CRM lists them again only when
 * they change there.
 */
@Injectable()
export class CrmFeeds implements OnModuleInit {
  #mappings = new MappingTable([]);
  #entitiesOfCustomers = new Map<string, string[]>();

  constructor(
    private readonly capture: Capture,
    @Inject(CRM) private readonly vendor: CrmVendor,
    private readonly abilities: Abilities<CrmAbility>,
    private readonly mappings: Mappings,
    private readonly customers: CustomersService,
    private readonly config: CrmConfig,
    private readonly subscriptions: Subscriptions,
  ) {}

  onModuleInit(): void {
    this.capture.register(this.#deals());
    this.capture.register(this.#customers());
    if (this.abilities.has('rate-cards')) this.capture.register(this.#rateCards(this.vendor.rateCards!));
    this.subscriptions.subscribe({
      name: 'crm.mappings',
      types: ['mapping.changed.v1'],
      handle: (em, events) => this.#remapped(em, events as RecordedEvent<'mapping.changed.v1'>[]),
    });
  }

  async #remapped(em: Transaction, events: RecordedEvent<'mapping.changed.v1'>[]): Promise<void> {
    if (!events.some(({ data }) => data.kind === 'legal-entity')) return;
    await this.#readMappings();
    this.#entitiesOfCustomers = await this.customers.legalEntitiesOf();
    for (const noun of ['deal', 'customer', 'rate-card']) await this.capture.entitiesChanged(noun, em);
  }

  #deals(): Feed<Deal> {
    const entitiesOf = (deal: Deal) => this.#meant(deal);
    return {
      name: 'deals',
      noun: 'deal',
      ...this.#pace(),
      read: since => prepared(this.vendor.deals.changed(since), () => this.#readMappings()),
      sweep: () => prepared(this.vendor.deals.all(), () => this.#readMappings()),
      events: change => dealEvents(change, entitiesOf((change.after ?? change.before)!), this.vendor.system),
      legalEntities: entitiesOf,
      entitiesChangeElsewhere: true,
    };
  }

  #customers(): Feed<Customer> {
    const known = async ({ items }: { items: Customer[] }) => {
      const found = await this.customers.legalEntitiesOf(items.map(customer => customer.id));
      for (const { id } of items) this.#entitiesOfCustomers.set(id, found.get(id) ?? []);
    };
    const entitiesOf = ({ id }: Customer) => this.#entitiesOfCustomers.get(id) ?? [];
    return {
      name: 'customers',
      noun: 'customer',
      ...this.#pace(),
      read: since => prepared(this.vendor.customers.changed(since), known),
      sweep: () => prepared(this.vendor.customers.all(), known),
      events: change => [changeEvent('customer.changed.v1', change, entitiesOf((change.after ?? change.before)!), this.vendor.system)],
      legalEntities: entitiesOf,
      entitiesChangeElsewhere: true,
    };
  }

  /** Read whole each time: a changed rate is found by comparing. */
  #rateCards(rateCards: RateCards): Feed<DatedRateCardInCrm> {
    const all = () => prepared(rateCards.all(), () => this.#readMappings());
    return {
      name: 'rate-cards',
      noun: 'rate-card',
      ...this.#pace(),
      everyMs: this.config.rateCardPollMs,
      read: all,
      sweep: all,
      events: change => [
        changeEvent('rate-card.changed.v1', publishedChange(change), this.#meant((change.after ?? change.before)!), this.vendor.system),
      ],
      legalEntities: card => this.#meant(card),
      readsAll: true,
      entitiesChangeElsewhere: true,
    };
  }

  async #readMappings(): Promise<void> {
    this.#mappings = await this.mappings.table();
  }

  /** The canonical legal entity behind the CRM's word; none while no mapping says. */
  #meant({ legalEntity }: { legalEntity?: string }): string[] {
    const entity = legalEntity === undefined ? undefined : this.#mappings.get('legal-entity', legalEntity);
    return entity === undefined ? [] : [entity];
  }

  #pace(): Pick<Feed, 'everyMs' | 'overlapMs' | 'sweepEveryMs' | 'clock'> {
    return { clock: () => this.vendor.clock, everyMs: this.config.pollMs, overlapMs: this.config.overlapMs, sweepEveryMs: this.config.sweepMs };
  }
}

/** The same pages; the data that a page's events need is fetched before each page. */
async function* prepared<P>(pages: AsyncIterable<P>, prepare: (page: P) => Promise<void>): AsyncIterable<P> {
  for await (const page of pages) {
    await prepare(page);
    yield page;
  }
}
