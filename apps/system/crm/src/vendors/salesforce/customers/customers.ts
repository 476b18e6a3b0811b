import type { Customer } from '#canonical';
import { Readable, type SweepPage } from '#capture';
import type { Row } from '#connector';
import type { Customers } from '../../port/customers.port.js';
import { latest, type SalesforceApi } from '../salesforce.api.js';
import type { SalesforceConfig } from '../salesforce.config.js';
import { customerIdOf, named, type Org } from '../salesforce.references.js';
import { EPOCH, readPage, soqlInstant, soqlText } from '../salesforce.wire.js';
import { customerOf } from './customers.mapper.js';
import { accountSelect, readAccount, type SalesforceAccount } from './customers.wire.js';

/** Merges of merged accounts that are followed. */
const MOST_MERGES = 10;

/** Customers are accounts. */
export class SalesforceCustomers implements Customers {
  constructor(
    private readonly api: SalesforceApi,
    private readonly config: SalesforceConfig,
    private readonly org: Org,
  ) {}

  async get(nativeId: string): Promise<Customer | null> {
    const { records } = await this.api.query('query-account', `${accountSelect(this.config)} WHERE Id = ${soqlText(nativeId)}`);
    return records.length === 0 ? null : customerOf(readAccount(records[0], this.config), this.org);
  }

  /**
   * A merged account stays in the recycle bin for about 15 days, with the id of the account it was
   * merged into, which may itself have been merged since. Null when no existing account is found:
   * the target was deleted, the chain is too long, or it is a circle.
   */
  async survivorOf(nativeId: string): Promise<string | null> {
    let account = await this.#accountOrDeleted(nativeId);
    for (let merges = 0; account?.IsDeleted === true && typeof account.MasterRecordId === 'string' && merges < MOST_MERGES; merges++) {
      account = await this.#accountOrDeleted(account.MasterRecordId);
      if (account?.IsDeleted === false) return customerIdOf(this.org, String(account.Id));
    }
    return null;
  }

  async #accountOrDeleted(nativeId: string): Promise<Row | undefined> {
    const q = `SELECT Id, IsDeleted, MasterRecordId FROM Account WHERE Id = ${soqlText(nativeId)}`;
    const answer = await this.api.send('query-merged', `/services/data/v${this.config.apiVersion}/queryAll`, { q });
    return readPage(answer.json()).records.at(0);
  }

  async *changed(since: string | null): AsyncIterable<SweepPage<Customer> & { cursor: string }> {
    const changed = since === null ? '' : ` WHERE SystemModstamp >= ${soqlInstant(since)}`;
    let readTo = since ?? EPOCH;
    for await (const { records, done, answeredAt } of this.api.pages(
      'query-accounts',
      `${accountSelect(this.config)}${changed} ORDER BY SystemModstamp, Id`,
    )) {
      const { items: accounts, unreadable } = await this.#accounts(records);
      readTo = latest([readTo, ...accounts.map(({ from }) => from.modifiedAt)]);
      yield { items: accounts.map(({ customer }) => customer), unreadable, cursor: done ? latest([readTo, answeredAt]) : readTo };
    }
  }

  async *all(): AsyncIterable<SweepPage<Customer>> {
    for await (const { records } of this.api.pages('sweep-accounts', `${accountSelect(this.config)} ORDER BY Id`)) {
      const { items, unreadable } = await this.#accounts(records);
      yield { items: items.map(({ customer }) => customer), unreadable };
    }
  }

  async #accounts(rows: Row[]): Promise<Readable<{ customer: Customer; from: SalesforceAccount }>> {
    const accounts = new Readable<{ customer: Customer; from: SalesforceAccount }>();
    for (const [index, row] of rows.entries()) {
      await accounts.take(
        named(row, index, id => customerIdOf(this.org, id)),
        () => {
          const from = readAccount(row, this.config);
          return [{ from, customer: customerOf(from, this.org) }];
        },
      );
    }
    return accounts;
  }
}
