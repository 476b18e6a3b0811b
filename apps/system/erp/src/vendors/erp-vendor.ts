import type { Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { BillingCustomer, FinancialProject, ReferenceKind, ReferenceValue } from '#canonical';
import type { HoldsAlone, Plan } from '#capture';
import type { Finding, Means } from '#connector';
import type { Metrics } from '#service';
import type { BillingCustomerInErp } from '../customers/billing-customer-in-erp.js';
import type { FinancialProjectInErp } from '../projects/financial-project-in-erp.js';

/** What every ERP must do for us. Canonical types only; Problems are thrown for what goes wrong. */
export interface ErpVendor extends HoldsAlone {
  readonly account: string;
  readonly means: Means;
  /** Finds it by our id, else by its tax registration, else plans to make it. Throws `conflict`: `customer-ambiguous`, `customer-taken`. */
  planCustomer(desired: BillingCustomer): Promise<Plan<BillingCustomerInErp>>;
  planProject(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>>;
  /** Read at the vendor, now; null when there is none. */
  customer(id: string): Promise<BillingCustomerInErp | null>;
  /** Whoever has this registration, however it is spelt; also customers that don't bear an id of ours. */
  customersByTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]>;
  project(id: string): Promise<FinancialProjectInErp | null>;
  referenceData(kind: ReferenceKind): Promise<ReferenceValue[]>;
  /** What changed since the cursor (an instant), in pages; null: everything. Only records that bear our ids. */
  customersChanged(since: string | null): AsyncIterable<{ items: BillingCustomerInErp[]; cursor: string }>;
  projectsChanged(since: string | null): AsyncIterable<{ items: FinancialProjectInErp[]; cursor: string }>;
  allCustomers(): AsyncIterable<{ items: BillingCustomerInErp[] }>;
  allProjects(): AsyncIterable<{ items: FinancialProjectInErp[] }>;
  /** Looks after writes whose answer was lost, until stopped. */
  watch(): { stop(): Promise<void> };
  /** Logs in, reads one page of each thing needed and says what is missing. */
  check(): Promise<Finding[]>;
  close(): Promise<void>;
}

/** A vendor in the list: its name, its settings, and how it is reached. `connect` opens nothing yet. */
export interface ErpVendorDefinition<C extends object = object> {
  name: string;
  config: Type<C>;
  connect(o: { config: C; dataSource: DataSource; metrics: Metrics }): ErpVendor;
}
