import type { AccountingPeriod, ExchangeRate, Invoice } from '#canonical';
import type { FeedPage, SweepPage } from '#capture';

/** What the ERP publishes about its books. Periods and rates are few: each reading reads all. */
export interface Books {
  exchangeRates(): Promise<SweepPage<ExchangeRate>>;
  accountingPeriods(): Promise<SweepPage<AccountingPeriod>>;
  readonly invoices: Invoices;
}

export interface Invoices {
  /** Changes since the cursor (an instant), in pages; null: everything. */
  changed(since: string | null): AsyncIterable<FeedPage<Invoice>>;
  all(): AsyncIterable<SweepPage<Invoice>>;
}
