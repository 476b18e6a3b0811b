import { OmitType } from '@nestjs/swagger';
import { AccountingPeriod, BusinessDate, Currency, ExchangeRate, Flag, INVOICE_STATUSES, Invoice, OneOf, Ref, Text } from '#canonical';
import { get, operations } from '../operation.js';
import { PageQuery } from '../page.js';

export class ExchangeRateResponse extends OmitType(ExchangeRate, []) {}
export class AccountingPeriodResponse extends OmitType(AccountingPeriod, []) {}
export class InvoiceResponse extends OmitType(Invoice, []) {}

export class ExchangeRatesQuery extends PageQuery {
  @Currency({ optional: true }) from?: string;
  @Currency({ optional: true }) to?: string;
  @BusinessDate({ optional: true, description: 'Only rates that are effective from this day.' }) effectiveFrom?: string;
}

export class AccountingPeriodsQuery extends PageQuery {
  @Flag({ optional: true, description: 'Only those that may, or may not, be posted to.' }) open?: boolean;
}

export class InvoicesQuery extends PageQuery {
  @OneOf(INVOICE_STATUSES, { optional: true }) status?: (typeof INVOICE_STATUSES)[number];
  @Ref('Project', { optional: true }) projectId?: string;
  @Text({ optional: true, max: 40, description: 'Only of this canonical legal entity.' }) legalEntity?: string;
}

export const books = operations('books', {
  listExchangeRates: get('exchange-rates', {
    scope: 'erp.read',
    summary: 'What currencies are worth, from which day, as the ERP last showed it; never inverted',
    query: ExchangeRatesQuery,
    pageOf: ExchangeRateResponse,
  }),
  listAccountingPeriods: get('accounting-periods', {
    scope: 'erp.read',
    summary: 'The months of the books and whether they are open, as the ERP last showed them',
    query: AccountingPeriodsQuery,
    pageOf: AccountingPeriodResponse,
  }),
  listInvoices: get('invoices', {
    scope: 'erp.read',
    summary: 'Invoices with the lines of ours that are on them, as the ERP last showed them',
    query: InvoicesQuery,
    pageOf: InvoiceResponse,
  }),
  getInvoice: get('invoices/:id', { scope: 'erp.read', summary: 'An invoice as the ERP last showed it', answer: InvoiceResponse }),
});
