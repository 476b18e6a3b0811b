import { AccountingPeriod, Customer, ExchangeRate, Invoice, ReferredValue, Text } from '#canonical';
import { changed, defineEvents } from '../event.js';
import { FinancialProjectResponse } from './projects.js';

class NamedReferredValue extends ReferredValue {
  @Text({ max: 140, description: 'Kind and code: `payment-terms:Net 30`.' }) id: string;
}

/** The events of the ERP's app. */
export const erpEvents = defineEvents(['erp'], {
  'billing-customer.changed.v1': { summary: 'A customer is new or changed in the ERP.', key: 'Customer', data: changed(Customer) },
  'financial-project.changed.v1': { summary: 'A project is new or changed in the ERP.', key: 'Project', data: changed(FinancialProjectResponse) },
  'exchange-rate.changed.v1': { summary: 'An exchange rate is new or changed.', key: 'Exchange rate', data: changed(ExchangeRate) },
  'accounting-period.changed.v1': {
    summary: "A period of an entity's books is new, or was opened or closed.",
    key: 'Accounting period',
    data: changed(AccountingPeriod),
  },
  'reference-value.changed.v1': {
    summary: 'A value that records of the ERP may refer to is new or changed: payment terms, a subsidiary, an employee.',
    key: 'Reference value, by kind and code',
    data: changed(NamedReferredValue),
  },
  'invoice.changed.v1': { summary: 'An invoice is new or changed, or was paid.', key: 'Invoice', data: changed(Invoice) },
});
