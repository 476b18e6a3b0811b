import type { ErpAbility } from '#apis/erp';
import type { ExclusiveWrites } from '#capture';
import type { WriteGuarantee, Vendor } from '#connector';
import type { VendorDefinition } from '#service';
import type { Billing } from './billing.port.js';
import type { Books } from './books.port.js';
import type { Customers } from './customers.port.js';
import type { FinancialProjects } from './projects.port.js';
import type { ReferenceData } from './reference-data.port.js';

/**
 * What every ERP must do for us, by capability. Canonical types only; failures are thrown as
 * Problems. A part is absent where `abilities` doesn't name it.
 */
export interface ErpVendor extends Vendor<ErpAbility>, ExclusiveWrites {
  /** The vendor product, as records refer to it. */
  readonly name: string;
  /** For each kind of record, how duplicates are prevented. */
  readonly means: Readonly<Record<string, WriteGuarantee>>;
  readonly customers: Customers;
  readonly projects: FinancialProjects;
  readonly referenceData: ReferenceData;
  readonly billing?: Billing;
  readonly books?: Books;
}

/** A vendor in the list. */
export type ErpVendorDefinition<C extends object = object> = VendorDefinition<ErpVendor, C>;
