import { Controller, Param, Query } from '@nestjs/common';
import type { Page } from '#apis';
import { AccountingPeriodsQuery, books, ExchangeRatesQuery, InvoicesQuery, type ErpAbility } from '#apis/erp';
import { CurrentPrincipal, maySee, type Principal } from '#auth';
import { Problem, type AccountingPeriod, type ExchangeRate, type Invoice } from '#canonical';
import { Capture } from '#capture';
import { Needs } from '#connector';
import { Implements } from '#service';
import { entitiesOfInvoice } from '../capture/books.feed.js';

/** Exchange rates belong to no legal entity: whoever may read the ERP may read them. */
@Needs<ErpAbility>('books')
@Controller({ version: '1' })
export class ExchangeRatesController {
  constructor(private readonly capture: Capture) {}

  @Implements(books.listExchangeRates)
  list(@Query() { from, to, effectiveFrom, ...page }: ExchangeRatesQuery): Promise<Page<ExchangeRate>> {
    return this.capture.shadow<ExchangeRate>('exchange-rate').page(page, { where: said({ from, to, effectiveFrom }) });
  }
}

@Needs<ErpAbility>('books')
@Controller({ version: '1' })
export class AccountingPeriodsController {
  constructor(private readonly capture: Capture) {}

  @Implements(books.listAccountingPeriods)
  list(@Query() { open, ...page }: AccountingPeriodsQuery, @CurrentPrincipal() { legalEntities }: Principal): Promise<Page<AccountingPeriod>> {
    // A calendar that all entities share is everybody's.
    const viewer = { legalEntities, seesUnassigned: true };
    return this.capture.shadow<AccountingPeriod>('accounting-period').page(page, { where: said({ open: open?.toString() }), viewer });
  }
}

@Needs<ErpAbility>('books')
@Controller({ version: '1' })
export class InvoicesController {
  constructor(private readonly capture: Capture) {}

  @Implements(books.listInvoices)
  list(@Query() query: InvoicesQuery, @CurrentPrincipal() viewer: Principal): Promise<Page<Invoice>> {
    const { status, projectId, legalEntity, ...page } = query;
    return this.#shadow.page(page, { where: said({ status, projectId, legalEntity }), viewer });
  }

  @Implements(books.getInvoice)
  async get(@Param('id') id: string, @CurrentPrincipal() viewer: Principal): Promise<Invoice> {
    const invoice = await this.#shadow.get(id);
    // Answer 404 both for "not yours" and "does not exist".
    if (!invoice || !maySee(viewer, entitiesOfInvoice(invoice))) throw new Problem('not-found', `There is no invoice ${id}.`);
    return invoice;
  }

  get #shadow() {
    return this.capture.shadow<Invoice>('invoice');
  }
}

const said = (filters: Record<string, string | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(filters).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
