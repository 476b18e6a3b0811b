import type { ExternalRef, WantedBillingCustomer } from '#canonical';
import type { FeedPage, Plan, SweepPage } from '#capture';
import type { BillingCustomerInErp } from '../../customers/billing-customer-in-erp.js';

/** Whom invoices go to. Those that bear our ids are followed, and those that have a project which does. */
export interface Customers {
  /** Finds it by our id, else by its tax registration, else plans to make it. Throws `conflict`: `customer-ambiguous`, `customer-taken`. */
  plan(desired: WantedBillingCustomer): Promise<Plan<BillingCustomerInErp>>;
  /** Read at the vendor, now; null when there is none. `refs`: where it was last seen, for one that bears no id of ours. */
  get(id: string, refs?: ExternalRef[]): Promise<BillingCustomerInErp | null>;
  /** Whoever has this registration, however it is spelt; also customers that don't bear an id of ours. */
  byTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]>;
  /** What changed since the cursor (an instant), in pages; null: everything. */
  changed(since: string | null): AsyncIterable<FeedPage<BillingCustomerInErp>>;
  all(): AsyncIterable<SweepPage<BillingCustomerInErp>>;
}
