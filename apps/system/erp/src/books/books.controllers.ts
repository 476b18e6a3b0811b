import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, maySee, Scopes, type Principal } from '#auth';
import { Problem, type AccountingPeriod, type ExchangeRate, type Invoice } from '#canonical';
import { Capture } from '#capture';
import { PageOf, type Page } from '#service';
import { entitiesOfInvoice } from '../capture/books.feeds.js';
import {
  AccountingPeriodResponse,
  AccountingPeriodsQuery,
  ExchangeRateResponse,
  ExchangeRatesQuery,
  InvoiceResponse,
  InvoicesQuery,
} from './books.model.js';

/** Exchange rates are nobody's in particular: whoever may read the ERP may read them. */
@ApiTags('books')
@Controller({ path: 'exchange-rates', version: '1' })
export class ExchangeRatesController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'listExchangeRates', summary: 'What currencies are worth, from which day, as the ERP last showed it; never inverted' })
  @PageOf(ExchangeRateResponse)
  list(@Query() { from, to, effectiveFrom, ...page }: ExchangeRatesQuery): Promise<Page<ExchangeRate>> {
    return this.capture.shadow<ExchangeRate>('exchange-rate').page(page, { where: said({ from, to, effectiveFrom }) });
  }
}

@ApiTags('books')
@Controller({ path: 'accounting-periods', version: '1' })
export class AccountingPeriodsController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'listAccountingPeriods', summary: 'The months of the books and whether they are open, as the ERP last showed them' })
  @PageOf(AccountingPeriodResponse)
  list(@Query() { open, ...page }: AccountingPeriodsQuery, @CurrentPrincipal() { legalEntities }: Principal): Promise<Page<AccountingPeriod>> {
    // A calendar that all entities share is everybody's.
    const viewer = { legalEntities, seesUnassigned: true };
    return this.capture.shadow<AccountingPeriod>('accounting-period').page(page, { where: said({ open: open?.toString() }), viewer });
  }
}

@ApiTags('books')
@Controller({ path: 'invoices', version: '1' })
export class InvoicesController {
  constructor(private readonly capture: Capture) {}

  @Get()
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'listInvoices', summary: 'Invoices with the lines of ours that are on them, as the ERP last showed them' })
  @PageOf(InvoiceResponse)
  list(@Query() query: InvoicesQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<Invoice>> {
    const { status, projectId, legalEntity, ...page } = query;
    return this.#shadow.page(page, { where: said({ status, projectId, legalEntity }), viewer });
  }

  @Get(':id')
  @Scopes('erp.read')
  @ApiOperation({ operationId: 'getInvoice', summary: 'An invoice as the ERP last showed it' })
  @ApiOkResponse({ type: InvoiceResponse })
  async get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<Invoice> {
    const invoice = await this.#shadow.get(id);
    // Whose it is not is told the same as what there is not.
    if (!invoice || !maySee(viewer, entitiesOfInvoice(invoice))) throw new Problem('not-found', `There is no invoice ${id}.`);
    return invoice;
  }

  get #shadow() {
    return this.capture.shadow<Invoice>('invoice');
  }
}

const said = (filters: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
