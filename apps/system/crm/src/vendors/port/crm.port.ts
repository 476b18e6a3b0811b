import type { CrmAbility } from '#apis/crm';
import type { WriteGuarantee, Vendor } from '#connector';
import type { VendorDefinition } from '#service';
import type { Customers } from './customers.port.js';
import type { Deals } from './deals.port.js';
import type { RateCards } from './rate-cards.port.js';

/**
 * What every CRM must do for us, by capability; a part is absent where `abilities` doesn't name it.
 * Canonical types only; legal entity, billing method, cost centre and role hold the CRM's own
 * words. Throws Problems: `refused-by-vendor` (code `login-refused`, `permission-missing` or
 * `query-refused`), `rate-limited`, `vendor-unavailable` (code `malformed-answer` when the answer
 * isn't what the vendor documents).
 */
export interface CrmVendor extends Vendor<CrmAbility> {
  /** The product, as refs name it. */
  readonly system: string;
  /** For each kind of record, how a duplicate would be prevented; nothing is written yet. */
  readonly means: Readonly<Record<string, WriteGuarantee>>;
  /** How long a write may take to settle, in ms. */
  readonly settlingMs: number;
  readonly deals: Deals;
  readonly customers: Customers;
  readonly rateCards?: RateCards;
}

/** A vendor in the list. */
export type CrmVendorDefinition<C extends object = object> = VendorDefinition<CrmVendor, C>;
