import { OmitType } from '@nestjs/swagger';
import { AccountingPeriod, BusinessDate, Currency, ExchangeRate, Flag, INVOICE_STATUSES, Invoice, OneOf, Ref, Text } from '#canonical';
import { PageQuery } from '#service';

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
