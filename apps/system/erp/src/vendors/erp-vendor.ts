import type { Type } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { BillingCustomer, Effect, ExternalRef, FinancialProject, ReferenceKind, ReferenceValue } from '#canonical';
import type { Finding, Means } from '#connector';
import type { Metrics } from '#service';
import type { BillingCustomerInErp } from '../customers/billing-customer-in-erp.js';
import type { FinancialProjectInErp } from '../projects/financial-project-in-erp.js';

/** What a plan came to: where the record is, and how it is now. */
export interface Outcome<T> {
  refs: ExternalRef[];
  state: T;
}

/** The effects that make it so; `apply` has them in order, none of them before it is called. */
export interface Plan<T> {
  effects: Effect[];
  apply(): Promise<Outcome<T> | null>;
}

/** What every ERP must do for us. Canonical types only; Problems are thrown for what goes wrong. */
export interface ErpVendor {
  readonly account: string;
  readonly means: Means;
  /**
   * Plans made inside `work` hold good until it ends: nobody else plans and applies on this record meanwhile, a process that was
   * frozen writes nothing once its time is up, and no lost write of other content (`hash`) can still commit over it.
   * Throws `vendor-unavailable`, codes `key-leased` and `unsettled`, with when to come back.
   */
  alone<T>(key: string, hash: string, work: () => Promise<T>): Promise<T>;
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
