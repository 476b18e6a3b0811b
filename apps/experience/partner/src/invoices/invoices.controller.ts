import { Controller, Param, Query } from '@nestjs/common';
import { type Page, PageQuery } from '#apis';
import { invoices, type PartnerInvoice, type PartnerInvoiceLine, PartnerInvoiceQuery } from '#apis/partner';
import { CurrentPrincipal, type Principal } from '#auth';
import { Implements } from '#service';
import { PartnerLists, refuseOthers } from '../partner-lists.js';
import { invoiceLineList, invoiceList } from './invoice.list.js';

/** Invoices to a client, and what is on them. */
@Controller({ version: '1' })
export class InvoicesController {
  constructor(private readonly lists: PartnerLists) {}

  @Implements(invoices.listInvoices)
  list(@Query() { status, projectId, ...page }: PartnerInvoiceQuery, @CurrentPrincipal() principal: Principal): Promise<Page<PartnerInvoice>> {
    refuseOthers(principal, 'client');
    return this.lists.page(principal, invoiceList, page, { status, projectId });
  }

  @Implements(invoices.getInvoice)
  get(@Param('id') id: string, @CurrentPrincipal() principal: Principal): Promise<PartnerInvoice> {
    refuseOthers(principal, 'client');
    return this.lists.one(principal, invoiceList, 'invoice', id);
  }

  @Implements(invoices.listInvoiceLines)
  async lines(@Param('id') id: string, @Query() page: PageQuery, @CurrentPrincipal() principal: Principal): Promise<Page<PartnerInvoiceLine>> {
    refuseOthers(principal, 'client');
    await this.lists.one(principal, invoiceList, 'invoice', id);
    return this.lists.page(principal, invoiceLineList, page, { invoiceId: id });
  }
}
