import { RecordFault, type Customer, type Deal } from '#canonical';
import { Readable, rowName, type SweepPage, type Unreadable } from '#capture';
import { Connector, oauthClientCredentials, Paging, type Finding, type Means, type VendorAnswer, type VendorClock } from '#connector';
import { rateCardOn, type CrmVendor, type CrmVendorDefinition, type DatedRateCardInCrm, type RateCardInCrm } from '../crm-vendor.js';
import type { CrmAbility } from '#apis/crm';
import { checkSalesforce } from './salesforce.check.js';
import { salesforceCodes } from './salesforce.codes.js';
import { SalesforceConfig } from './salesforce.config.js';
import {
  customerIdOf,
  customerOf,
  datedRateCardOf,
  dealIdOf,
  dealOf,
  rateCardIdOf,
  rateCardNotFound,
  rateCardOf,
  SYSTEM,
  to18,
  type Org,
} from './salesforce.mapper.js';
import {
  accountSelect,
  childPage,
  opportunitySelect,
  rateCardSelect,
  readAccount,
  readOpportunity,
  readPage,
  readRateCard,
  soqlInstant,
  soqlText,
  type SalesforceAccount,
  type SalesforceOpportunity,
  type SalesforcePage,
  type SalesforceRateCard,
  type SalesforceRow,
} from './salesforce.wire.js';

const EPOCH = '1970-01-01T00:00:00.000Z';
/** Merges of merged accounts that are followed. */
const MOST_MERGES = 10;

/** Reads deals, customers and rate cards by SOQL. */
export class SalesforceVendor implements CrmVendor {
  readonly system = SYSTEM;
  /** Upsert by external id; a call may run ten minutes at the vendor before it is cut. */
  readonly means: Record<string, Means> = { deal: 'upsert', customer: 'upsert' };
  readonly settlingMs = 600_000;
  readonly abilities: CrmAbility[];
  readonly #org: Org;

  constructor(
    private readonly connector: Connector,
    private readonly config: SalesforceConfig,
  ) {
    this.abilities = [
      ...(config.milestones === 'none' ? [] : ['milestones' as const]),
      ...(config.rateCardObject === 'none' ? [] : ['rate-cards' as const]),
    ];
    this.#org = {
      account: to18(config.account ?? ''),
      loginUrl: config.loginUrl ?? '',
      languages: config.languages,
      hoursPerDay: config.hoursPerDay,
    };
  }

  get clock(): VendorClock {
    return this.connector.clock;
  }

  get account(): string {
    return this.#org.account;
  }

  async deal(nativeId: string): Promise<Deal | null> {
    const page = await this.#query('query-opportunity', `${opportunitySelect(this.config)} WHERE Id = ${soqlText(nativeId)}`);
    const { items, unreadable } = await this.#deals(page.records);
    if (unreadable.length > 0) throw unreadable[0].error;
    return items[0]?.deal ?? null;
  }

  async customer(nativeId: string): Promise<Customer | null> {
    const { records } = await this.#query('query-account', `${accountSelect(this.config)} WHERE Id = ${soqlText(nativeId)}`);
    return records.length === 0 ? null : customerOf(readAccount(records[0], this.config), this.#org);
  }

  /**
   * A merged account stays in the recycle bin for about 15 days, with the id of the winner; who won may have lost since. Null when it was merged into
   * none that is there: into one that was deleted, by more merges than are followed, or in a circle.
   */
  async survivorOf(nativeId: string): Promise<string | null> {
    let account = await this.#accountOrDeleted(nativeId);
    for (let merges = 0; account?.IsDeleted === true && typeof account.MasterRecordId === 'string' && merges < MOST_MERGES; merges++) {
      account = await this.#accountOrDeleted(account.MasterRecordId);
      if (account?.IsDeleted === false) return customerIdOf(this.#org, String(account.Id));
    }
    return null;
  }

  async #accountOrDeleted(nativeId: string): Promise<SalesforceRow | undefined> {
    const q = `SELECT Id, IsDeleted, MasterRecordId FROM Account WHERE Id = ${soqlText(nativeId)}`;
    const answer = await this.#send('query-merged', `/services/data/v${this.config.apiVersion}/queryAll`, { q });
    return readPage(answer.json()).records.at(0);
  }

  /**
   * By SystemModstamp of the opportunity, which its lines and milestones move, or of its account. A page's cursor is its last opportunity's
   * stamp, since rows come in that order; the last page's is when the vendor began to answer, which covers the accounts' stamps too.
   */
  async *dealsChanged(since: string | null): AsyncIterable<SweepPage<Deal> & { cursor: string }> {
    const changed = since === null ? '' : ` WHERE SystemModstamp >= ${soqlInstant(since)} OR Account.SystemModstamp >= ${soqlInstant(since)}`;
    let readTo = since ?? EPOCH;
    let newest = readTo;
    for await (const { records, done, answeredAt } of this.#pages(
      'query-opportunities',
      `${opportunitySelect(this.config)}${changed} ORDER BY SystemModstamp, Id`,
    )) {
      const { items: deals, unreadable } = await this.#deals(records);
      readTo = latest([readTo, ...deals.map(({ from }) => from.modifiedAt)]);
      newest = latest([newest, readTo, ...deals.map(({ from }) => from.account?.modifiedAt ?? EPOCH)]);
      yield { items: deals.map(({ deal }) => deal), unreadable, cursor: done ? latest([newest, answeredAt]) : readTo };
    }
  }

  async *customersChanged(since: string | null): AsyncIterable<SweepPage<Customer> & { cursor: string }> {
    const changed = since === null ? '' : ` WHERE SystemModstamp >= ${soqlInstant(since)}`;
    let readTo = since ?? EPOCH;
    for await (const { records, done, answeredAt } of this.#pages(
      'query-accounts',
      `${accountSelect(this.config)}${changed} ORDER BY SystemModstamp, Id`,
    )) {
      const { items: accounts, unreadable } = await this.#accounts(records);
      readTo = latest([readTo, ...accounts.map(({ from }) => from.modifiedAt)]);
      yield { items: accounts.map(({ customer }) => customer), unreadable, cursor: done ? latest([readTo, answeredAt]) : readTo };
    }
  }

  async *allDeals(): AsyncIterable<SweepPage<Deal>> {
    for await (const { records } of this.#pages('sweep-opportunities', `${opportunitySelect(this.config)} ORDER BY Id`)) {
      const { items, unreadable } = await this.#deals(records);
      yield { items: items.map(({ deal }) => deal), unreadable };
    }
  }

  async *allCustomers(): AsyncIterable<SweepPage<Customer>> {
    for await (const { records } of this.#pages('sweep-accounts', `${accountSelect(this.config)} ORDER BY Id`)) {
      const { items, unreadable } = await this.#accounts(records);
      yield { items: items.map(({ customer }) => customer), unreadable };
    }
  }

  async rateCards(code: string): Promise<RateCardInCrm[]> {
    const { cards, faults } = await this.#rateCards([code]);
    for (const fault of faults.values()) throw fault;
    return cards;
  }

  async *allRateCards(): AsyncIterable<SweepPage<DatedRateCardInCrm> & { cursor: string }> {
    for await (const { records, answeredAt } of this.#pages('sweep-rate-cards', `${rateCardSelect(this.config)} ORDER BY Id`)) {
      const cards = new Readable<DatedRateCardInCrm>();
      for (const [index, row] of records.entries())
        await cards.take(
          named(row, index, id => rateCardIdOf(this.#org, id)),
          async () => [datedRateCardOf(await this.#rateCard(row), this.#org)],
        );
      yield { ...cards, cursor: answeredAt };
    }
  }

  check(): Promise<Finding[]> {
    return checkSalesforce(this.config, this.#org, path => this.#get('check', path));
  }

  close(): Promise<void> {
    return this.connector.close();
  }

  async #deals(rows: SalesforceRow[]): Promise<Readable<{ deal: Deal; from: SalesforceOpportunity }>> {
    const read = new Readable<SalesforceOpportunity>();
    const idOf = (id: string) => dealIdOf(this.#org, id);
    for (const [index, row] of rows.entries()) {
      await read.take(named(row, index, idOf), async () => {
        const lines = await this.#children(row, 'OpportunityLineItems');
        const milestones = await this.#children(row, this.config.milestones);
        return [readOpportunity(row, lines, milestones, this.config)];
      });
    }
    const rateCards = await this.#rateCards(read.items.flatMap(({ rateCard }) => rateCard ?? []));
    const deals = new Readable<{ deal: Deal; from: SalesforceOpportunity }>();
    for (const from of read.items)
      await deals.take({ id: idOf(from.id), nativeId: from.id }, () => [{ from, deal: dealOf(from, this.#rateCardOf(from, rateCards), this.#org) }]);
    deals.unreadable.push(...read.unreadable);
    return deals;
  }

  async #accounts(rows: SalesforceRow[]): Promise<Readable<{ customer: Customer; from: SalesforceAccount }>> {
    const accounts = new Readable<{ customer: Customer; from: SalesforceAccount }>();
    for (const [index, row] of rows.entries()) {
      await accounts.take(
        named(row, index, id => customerIdOf(this.#org, id)),
        () => {
          const from = readAccount(row, this.config);
          return [{ from, customer: customerOf(from, this.#org) }];
        },
      );
    }
    return accounts;
  }

  /** Of a card of which a version can't be read nobody knows which is in force. */
  #rateCardOf(opportunity: SalesforceOpportunity, { cards, faults }: RateCards): RateCardInCrm | undefined {
    if (opportunity.rateCard === undefined || this.config.rateCardObject === 'none') return undefined;
    const fault = faults.get(opportunity.rateCard);
    if (fault) throw fault;
    const versions = cards.filter(card => card.code === opportunity.rateCard);
    return rateCardOn(versions, opportunity.startDate ?? opportunity.closeDate) ?? rateCardNotFound(opportunity.rateCard, opportunity);
  }

  async #rateCards(codes: string[]): Promise<RateCards> {
    const { rateCardObject, rateCardCode, rateCardEffectiveFrom } = this.config;
    const read: RateCards = { cards: [], faults: new Map() };
    if (codes.length === 0 || rateCardObject === 'none') return read;
    const wanted = [...new Set(codes)].map(soqlText).join(', ');
    const order = rateCardEffectiveFrom === 'none' ? 'Id' : rateCardEffectiveFrom;
    for await (const { records } of this.#pages(
      'query-rate-cards',
      `${rateCardSelect(this.config)} WHERE ${rateCardCode} IN (${wanted}) ORDER BY ${order}`,
    )) {
      for (const row of records) {
        try {
          read.cards.push(rateCardOf(await this.#rateCard(row), this.#org));
        } catch (error) {
          if (!(error instanceof RecordFault)) throw error;
          read.faults.set(String(row[rateCardCode]), error.within(`${rateCardObject} ${String(row.Id)}`));
        }
      }
    }
    return read;
  }

  async #rateCard(row: SalesforceRow): Promise<SalesforceRateCard> {
    return readRateCard(row, await this.#children(row, this.config.rates), this.config);
  }

  /** All rows of a sub-query, which has pages of its own when it is long. */
  async #children(row: SalesforceRow, relationship: string): Promise<SalesforceRow[]> {
    const paging = new Paging('Salesforce');
    let page = childPage(row, relationship);
    const rows = [...page.records];
    while (!page.done) {
      paging.page(page.records.length, true, page.nextRecordsUrl);
      page = readPage(await this.#get('query-more', page.nextRecordsUrl!));
      rows.push(...page.records);
    }
    return rows;
  }

  /** All pages of a query. `answeredAt` is when the first was answered, by the slower of its clock and ours: what changed before is in the result. */
  async *#pages(operation: string, soql: string): AsyncIterable<SalesforcePage & { answeredAt: string }> {
    const { answeredAt, ...first } = await this.#query(operation, soql);
    const paging = new Paging('Salesforce');
    let page = first;
    yield { ...page, answeredAt };
    while (!page.done) {
      paging.page(page.records.length, true, page.nextRecordsUrl);
      page = readPage(await this.#get('query-more', page.nextRecordsUrl!));
      yield { ...page, answeredAt };
    }
  }

  async #query(operation: string, soql: string): Promise<SalesforcePage & { answeredAt: string }> {
    const answer = await this.#send(operation, `/services/data/v${this.config.apiVersion}/query`, { q: soql });
    return { ...readPage(answer.json()), answeredAt: new Date(answer.asOf ?? 0).toISOString() };
  }

  async #get(operation: string, path: string): Promise<unknown> {
    return (await this.#send(operation, path)).json();
  }

  #send(operation: string, path: string, query?: Record<string, string>): Promise<VendorAnswer> {
    return this.connector.send({ operation, kind: 'read', method: 'GET', path, query });
  }
}

/** Versions of rate cards, and by code why one can't be read. */
interface RateCards {
  cards: RateCardInCrm[];
  faults: Map<string, RecordFault>;
}

/** A row by its id, or where it has none by its place. */
function named(row: SalesforceRow | null, index: number, idOf: (nativeId: string) => string): Omit<Unreadable, 'error'> {
  const id = row?.Id;
  return typeof id === 'string' && id !== '' ? { id: idOf(id), nativeId: id } : { nativeId: rowName(index) };
}

const latest = (instants: string[]): string => instants.reduce((a, b) => (a > b ? a : b));

export const salesforce: CrmVendorDefinition = {
  name: SYSTEM,
  config: SalesforceConfig,
  connect({ config, dataSource, metrics }) {
    const settings = config as SalesforceConfig;
    const { loginUrl, clientId, clientSecret, concurrency, timeoutMs } = settings;
    const tokenUrl = `${(loginUrl ?? '').replace(/\/$/, '')}/services/oauth2/token`;
    const auth = oauthClientCredentials({ tokenUrl, clientId, clientSecret });
    const account = to18(settings.account ?? '');
    const connector = new Connector({
      vendor: SYSTEM,
      account,
      baseUrl: loginUrl,
      auth,
      concurrency,
      timeoutMs,
      dataSource,
      metrics,
      codes: salesforceCodes,
    });
    return new SalesforceVendor(connector, settings);
  },
};
