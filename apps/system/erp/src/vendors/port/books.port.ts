import type { AccountingPeriod, ExchangeRate, Invoice } from '#canonical';
import type { FeedPage, SweepPage } from '#capture';

/** What the ERP tells of its books. Few of the first two: each look reads all. */
export interface Books {
  exchangeRates(): Promise<SweepPage<ExchangeRate>>;
  accountingPeriods(): Promise<SweepPage<AccountingPeriod>>;
  readonly invoices: Invoices;
}

export interface Invoices {
  /** What changed since the cursor (an instant), in pages; null: everything. */
  changed(since: string | null): AsyncIterable<FeedPage<Invoice>>;
  all(): AsyncIterable<SweepPage<Invoice>>;
}
