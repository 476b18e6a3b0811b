import type { Deal, Fault } from '#canonical';
import { dealNeed } from '../flows/deal-to-project/deal-to-project.rules.js';

/** What the ERP says of how a customer is invoiced. */
export interface Invoicing {
  purchaseOrderRequired?: boolean;
  /** Whom its invoices go to, as the ERP names it, else as the CRM does. */
  billTo?: { id: string; name: string; status: 'active' | 'inactive' | 'unknown' };
}

const ENDS = { inactive: 'customer.bill-to-ended', unknown: 'customer.bill-to-unknown' } as const;

export const billToNeed = (customerId: string): string => `customer:${customerId}:bill-to`;

/** Whether a need is for the ERP to say something else, or to have a customer that it lacks: what the CRM says doesn't tell. */
export const isOfInvoicing = (need: string): boolean => /^(customer:.+:bill-to|deal:.+:purchase-order)$/.test(need);

/** What keeps a deal's customer from being invoiced as the ERP says. What the CRM says of purchase orders itself is checked with the deal. */
export function invoicingFaults({ id, name, customer, purchaseOrder }: Deal, { purchaseOrderRequired, billTo }: Invoicing): Fault[] {
  const faults: Fault[] = [];
  if (purchaseOrderRequired && !customer.purchaseOrderRequired && !purchaseOrder?.trim())
    faults.push({
      reason: { code: 'deal.purchase-order-missing', field: 'deal.purchaseOrder', params: { deal: name, customer: customer.name } },
      category: 'validation',
      desk: 'sales-operations',
      need: dealNeed(id, 'purchase-order'),
    });
  if (billTo && billTo.status !== 'active')
    faults.push({
      reason: {
        code: ENDS[billTo.status],
        field: 'customer.billTo',
        params: { customer: customer.name, billTo: billTo.name, billToId: billTo.id },
      },
      category: 'missing-reference',
      desk: 'finance',
      need: billToNeed(customer.id),
    });
  return faults;
}
