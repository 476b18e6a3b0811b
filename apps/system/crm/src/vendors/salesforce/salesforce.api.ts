import { Paging, type Connector, type VendorAnswer, type Row } from '#connector';
import { childPage, readPage, type SalesforcePage } from './salesforce.wire.js';

/** Queries Salesforce by SOQL, page by page. */
export class SalesforceApi {
  constructor(
    private readonly connector: Connector,
    private readonly apiVersion: string,
  ) {}

  /** All rows of a sub-query, which has pages of its own when it is long. */
  async children(row: Row, relationship: string): Promise<Row[]> {
    const paging = new Paging('Salesforce');
    let page = childPage(row, relationship);
    const rows = [...page.records];
    while (!page.done) {
      paging.page(page.records.length, true, page.nextRecordsUrl);
      page = readPage(await this.get('query-more', page.nextRecordsUrl!));
      rows.push(...page.records);
    }
    return rows;
  }

  /**
   * All pages of a query. `answeredAt` is when the first page was answered, by the slower of its
   * clock and ours: the result contains every earlier change.
   */
  async *pages(operation: string, soql: string): AsyncIterable<SalesforcePage & { answeredAt: string }> {
    const { answeredAt, ...first } = await this.query(operation, soql);
    const paging = new Paging('Salesforce');
    let page = first;
    yield { ...page, answeredAt };
    while (!page.done) {
      paging.page(page.records.length, true, page.nextRecordsUrl);
      page = readPage(await this.get('query-more', page.nextRecordsUrl!));
      yield { ...page, answeredAt };
    }
  }

  async query(operation: string, soql: string): Promise<SalesforcePage & { answeredAt: string }> {
    const answer = await this.send(operation, `/services/data/v${this.apiVersion}/query`, { q: soql });
    return { ...readPage(answer.json()), answeredAt: new Date(answer.asOf ?? 0).toISOString() };
  }

  async get(operation: string, path: string): Promise<unknown> {
    return (await this.send(operation, path)).json();
  }

  send(operation: string, path: string, query?: Record<string, string>): Promise<VendorAnswer> {
    return this.connector.send({ operation, kind: 'read', method: 'GET', path, query });
  }
}

export const latest = (instants: string[]): string => instants.reduce((a, b) => (a > b ? a : b));
