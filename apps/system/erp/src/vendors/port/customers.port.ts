import type { ExternalRef, WantedBillingCustomer } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import type { BillingCustomerInErp } from '../../customers/billing-customer-in-erp.js';

/**
 * Customers that get invoices. Followed are those with our ids, and those that have a project with
 * one.
 */
export interface Customers {
  /**
   * Finds it by our id, else by its tax registration, else plans to create it. Throws `conflict`:
   * `customer-ambiguous`, `customer-taken`.
   */
  plan(desired: WantedBillingCustomer): Promise<Plan<BillingCustomerInErp>>;
  /**
   * Read at the vendor now; null when it does not exist. `refs`: where it was last seen, for a
   * customer without our id.
   */
  get(id: string, refs?: ExternalRef[]): Promise<BillingCustomerInErp | null>;
  /** The customers with this registration, however it is spelt, including those without our id. */
  byTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]>;
  /** Changes since the cursor (an instant), in pages; null: everything. */
  changed(since: string | null): AsyncIterable<FeedPage<BillingCustomerInErp>>;
  all(): AsyncIterable<SweepPage<BillingCustomerInErp>>;
}
