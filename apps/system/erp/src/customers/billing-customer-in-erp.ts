import type { BillingCustomer, ExternalRef } from '#canonical';

/** A billing customer as the ERP holds it now, and where. */
export interface BillingCustomerInErp extends BillingCustomer {
  refs: ExternalRef[];
  /** Those that bill it beside its own, `legalEntity`; absent where none does. */
  furtherLegalEntities?: string[];
}
