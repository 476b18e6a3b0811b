import type { AccountingPeriod, Changed, Customer, ExchangeRate, ExternalRef, FinancialProject, Invoice, ReferredValue } from '#canonical';

/** The events of the ERP's app. */
export interface ErpEvents {
  'billing-customer.changed.v1': Changed<Customer>;
  'financial-project.changed.v1': Changed<FinancialProject & { refs: ExternalRef[] }>;
  'exchange-rate.changed.v1': Changed<ExchangeRate>;
  'accounting-period.changed.v1': Changed<AccountingPeriod>;
  /**
   * A value that records of the ERP may refer to: payment terms, a subsidiary, an employee. Key:
   * its `referenceId`.
   */
  'reference-value.changed.v1': Changed<ReferredValue & { id: string }>;
  'invoice.changed.v1': Changed<Invoice>;
}
