import type { SweepPage } from '#capture';
import type { Customer, DatedRateCard, Deal, RateCard } from '#canonical';
import type { Means, Vendor } from '#connector';
import type { VendorDefinition } from '#service';
import type { CrmAbility } from '#apis/crm';

/** One version of a rate card; `legalEntity` is whose it is, in the CRM's words. */
export type RateCardInCrm = RateCard & { legalEntity?: string };

/** One version of a rate card as events tell it, and whose it is, in the CRM's words. */
export type DatedRateCardInCrm = DatedRateCard & { legalEntity?: string };

/** The first day of a version that has none. */
export const FROM_EVER = '0001-01-01';

/** The version in force on `day`: the latest that starts on it or before; one without a start is in force from ever. */
export function rateCardOn(versions: RateCardInCrm[], day: string): RateCardInCrm | undefined {
  const startOf = ({ effectiveFrom = '' }: RateCardInCrm) => effectiveFrom;
  return versions
    .filter(version => startOf(version) <= day)
    .sort((a, b) => (startOf(a) < startOf(b) ? -1 : 1))
    .at(-1);
}

/**
 * What every CRM must do for us. Canonical types only; legal entity, billing method, cost centre and role hold the CRM's own words.
 * Throws Problems: `refused-by-vendor` (code `login-refused`, `permission-missing` or `query-refused`), `rate-limited`,
 * `vendor-unavailable` (code `malformed-answer` when the answer isn't what the vendor promises).
 */
export interface CrmVendor extends Vendor<CrmAbility> {
  /** The product, as refs name it. */
  readonly system: string;
  /** Of each kind of record, how it would be made once; nothing is written yet. */
  readonly means: Readonly<Record<string, Means>>;
  /** How long a write may take to settle, in ms. */
  readonly settlingMs: number;
  /** Read now, by the vendor's own id; null when there is none or it was deleted. */
  deal(nativeId: string): Promise<Deal | null>;
  customer(nativeId: string): Promise<Customer | null>;
  /** Canonical id of the customer that a deleted one was merged into; null when it was not, or is there. */
  survivorOf(nativeId: string): Promise<string | null>;
  /**
   * Deals that changed since the cursor, and those whose lines, milestones or customer did, in pages; null: all. The same deal may come
   * again. Cursors are instants.
   */
  dealsChanged(since: string | null): AsyncIterable<SweepPage<Deal> & { cursor: string }>;
  customersChanged(since: string | null): AsyncIterable<SweepPage<Customer> & { cursor: string }>;
  /** Everything there is; throws rather than end early. */
  allDeals(): AsyncIterable<SweepPage<Deal>>;
  allCustomers(): AsyncIterable<SweepPage<Customer>>;
  /** All versions of a rate card, oldest first; none when the code is unknown. */
  rateCards(code: string): Promise<RateCardInCrm[]>;
  /**
   * Every version of every rate card, in pages: there are few, and a rate may change without a trace on its card. `cursor` is when the vendor
   * began to answer, by its clock. Throws rather than end early.
   */
  allRateCards(): AsyncIterable<SweepPage<DatedRateCardInCrm> & { cursor: string }>;
}

/** A vendor in the list. */
export type CrmVendorDefinition<C extends object = object> = VendorDefinition<CrmVendor, C>;

/** Injects the vendor this app was configured for. */
export const CRM_VENDOR = Symbol('crm-vendor');
