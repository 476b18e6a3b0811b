import { Inject, Injectable } from '@nestjs/common';
import { maySee, type Principal } from '#auth';
import { BILLABLE_KINDS, Problem } from '#canonical';
import { ERP } from '../erp.token.js';
import type { ErpVendor } from '../vendors/erp-vendor.js';
import type { BillableTransactionInErp } from './billable-transaction-in-erp.js';

/** What the ERP holds of billable transactions, asked when it is asked for. */
@Injectable()
export class BillableTransactions {
  constructor(@Inject(ERP) private readonly vendor: ErpVendor) {}

  /** Of any kind; one call a kind. What the viewer may not see is left out like what there is not. */
  async lookUp(externalIds: string[], viewer: Principal): Promise<BillableTransactionInErp[]> {
    const { billing } = this.vendor;
    if (!billing) throw new Problem('unsupported', 'This ERP takes no billable transactions.');
    if (externalIds.length === 0) return [];
    const found = await Promise.all(BILLABLE_KINDS.map(kind => billing.readBack(kind, externalIds)));
    return found.flat().filter(({ legalEntity }) => maySee(viewer, legalEntity ? [legalEntity] : []));
  }
}
