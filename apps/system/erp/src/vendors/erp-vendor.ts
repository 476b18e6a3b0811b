import type {
  AccountingPeriod,
  BillableKind,
  BillableTransaction,
  BillingBatch,
  WantedBillingCustomer,
  ExchangeRate,
  ExternalRef,
  FinancialProject,
  Invoice,
  ReferredKind,
  ReferredValue,
} from '#canonical';
import type { FeedPage, ExclusiveWrites, Plan, SweepPage } from '#capture';
import type { BatchMeans, Followed, Means, Submitted, Vendor } from '#connector';
import type { VendorDefinition } from '#service';
import type { BillableTransactionInErp, LineRefusal } from '../billing/billable-transaction-in-erp.js';
import type { BillingCustomerInErp } from '../customers/billing-customer-in-erp.js';
import type { FinancialProjectInErp } from '../projects/financial-project-in-erp.js';
import type { ErpAbility } from '#apis/erp';

/** What every ERP must do for us. Canonical types only; Problems are thrown for what goes wrong. */
export interface ErpVendor extends Vendor<ErpAbility>, ExclusiveWrites {
  /** The vendor product, as records refer to it. */
  readonly name: string;
  /** Of each kind of record, how it is made once. */
  readonly means: Readonly<Record<string, Means>>;
  /** Finds it by our id, else by its tax registration, else plans to make it. Throws `conflict`: `customer-ambiguous`, `customer-taken`. */
  planCustomer(desired: WantedBillingCustomer): Promise<Plan<BillingCustomerInErp>>;
  planProject(desired: FinancialProject): Promise<Plan<FinancialProjectInErp>>;
  /** Read at the vendor, now; null when there is none. `refs`: where it was last seen, for one that bears no id of ours. */
  customer(id: string, refs?: ExternalRef[]): Promise<BillingCustomerInErp | null>;
  /** Whoever has this registration, however it is spelt; also customers that don't bear an id of ours. */
  customersByTaxRegistration(taxRegistration: string): Promise<BillingCustomerInErp[]>;
  project(id: string): Promise<FinancialProjectInErp | null>;
  referenceData(kind: ReferredKind): Promise<SweepPage<ReferredValue>>;
  /** What changed since the cursor (an instant), in pages; null: everything. Projects that bear our ids, and customers that do or have such a project. */
  customersChanged(since: string | null): AsyncIterable<FeedPage<BillingCustomerInErp>>;
  projectsChanged(since: string | null): AsyncIterable<FeedPage<FinancialProjectInErp>>;
  allCustomers(): AsyncIterable<SweepPage<BillingCustomerInErp>>;
  allProjects(): AsyncIterable<SweepPage<FinancialProjectInErp>>;
  /** There where it has the ability. */
  readonly billing?: BillingPort;
  readonly books?: BooksPort;
}

/** By what a line that was posted is taken back. A `credit` finance makes, where nothing else is left. */
export type Correction = 'deletion' | 'negative-line' | 'credit';

/** How an ERP takes billable transactions. The app goes by this, and knows no ERP. */
export interface BillingMeans extends BatchMeans {
  /** Lines that one submission takes at most. */
  batchSize: number;
  /** How long a submission may still be carried out after its answer was lost, in ms. */
  settlingMs: number;
  /** How long a batch outlives a process that died with it, in ms. */
  leaseMs: number;
  corrections: readonly Correction[];
}

/** Billable transactions, by the batch. */
export interface BillingPort {
  readonly means: BillingMeans;
  /** The line as the ERP will hold it: the same, but where it can't keep a rate of so many decimals. */
  asHeld(line: BillableTransaction): BillableTransaction;
  /** One write. Answers the job that took the batch up, by `request-key` the first one that did. */
  submit(batch: BillingBatch, requestKey: string): Promise<Submitted<LineRefusal>>;
  follow(job: string): Promise<Followed<LineRefusal>>;
  /** Posts a journal that is filled. Of `journal` only. */
  post?(job: string): Promise<void>;
  /** What is there of these, in one call. */
  readBack(kind: BillableKind, externalIds: string[]): Promise<BillableTransactionInErp[]>;
  /** One line by itself, as its batch wrote it, once its batch has ended without it: why it is refused, or null when it was taken now. */
  postOne(line: BillableTransaction): Promise<LineRefusal | null>;
  removeOne(kind: BillableKind, externalId: string): Promise<LineRefusal | null>;
}

/** What the ERP tells of its books. Few of the first two: each look reads all. */
export interface BooksPort {
  exchangeRates(): Promise<SweepPage<ExchangeRate>>;
  accountingPeriods(): Promise<SweepPage<AccountingPeriod>>;
  /** Changed since the cursor (an instant), in pages; null: everything. */
  invoicesChanged(since: string | null): AsyncIterable<SweepPage<Invoice> & { cursor: string }>;
  allInvoices(): AsyncIterable<SweepPage<Invoice>>;
}

/** A vendor in the list. */
export type ErpVendorDefinition<C extends object = object> = VendorDefinition<ErpVendor, C>;
