import { Inject, Injectable } from '@nestjs/common';
import { maySee, type Principal } from '#auth';
import { BILLABLE_KINDS } from '#canonical';
import { Database } from '#persistence';
import { invoicedOf } from '../books/invoiced-lines.js';
import { ERP } from '../erp.token.js';
import type { ErpVendor } from '../vendors/port/erp.port.js';
import type { BillableTransactionInErp } from './billable-transaction-in-erp.js';

/** Reads billable transactions from the ERP at the time of the request. */
@Injectable()
export class BillableTransactions {
  constructor(
    @Inject(ERP) private readonly vendor: ErpVendor,
    private readonly dataSource: Database,
  ) {}

  /**
   * Lines of any kind, with one call per kind. Whether a line is on an invoice is known where the
   * ERP states it for the line, or once the invoice was read. A line that the viewer may not see is
   * left out like one that does not exist.
   */
  async lookUp(externalIds: string[], viewer: Principal): Promise<BillableTransactionInErp[]> {
    const billing = this.vendor.billing!;
    if (externalIds.length === 0) return [];
    const found = await Promise.all(BILLABLE_KINDS.map(kind => billing.readBack(kind, externalIds)));
    const seen = found.flat().filter(({ legalEntity }) => maySee(viewer, legalEntity ? [legalEntity] : []));
    const invoiced = await invoicedOf(this.dataSource.manager, externalIds);
    return seen.map(line => (invoiced.has(line.externalId) ? { ...line, status: 'billed' } : line));
  }
}
