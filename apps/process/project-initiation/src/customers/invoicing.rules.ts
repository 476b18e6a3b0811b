import { message, type Fault } from '#apis';
import type { Deal } from '#canonical';
import { needs } from '../needs.js';

/** What the ERP says of how a customer is invoiced. */
export interface Invoicing {
  purchaseOrderRequired?: boolean;
  /** Whom its invoices go to, as the ERP names it, else as the CRM does; `onward` is whom that one's own invoices go to, where that is another. */
  billTo?: { id: string; name: string; status: 'active' | 'inactive' | 'unknown'; onward?: string };
}

const ENDS = { inactive: 'customer.bill-to-ended', unknown: 'customer.bill-to-unknown' } as const;

/** What keeps a deal's customer from being invoiced as the ERP says. What the CRM says of purchase orders itself is checked with the deal. */
export function invoicingFaults({ id, name, customer, purchaseOrder }: Deal, { purchaseOrderRequired, billTo }: Invoicing): Fault[] {
  const faults: Fault[] = [];
  if (purchaseOrderRequired && !customer.purchaseOrderRequired && !purchaseOrder?.trim())
    faults.push({
      reason: { code: 'deal.purchase-order-missing', field: 'deal.purchaseOrder', params: { deal: name, customer: customer.name } },
      category: 'validation',
      desk: 'sales-operations',
      need: needs.purchaseOrder(id),
    });
  if (!billTo) return faults;
  const { onward, ...there } = billTo;
  const params = { customer: customer.name, billTo: there.name, billToId: there.id };
  const rest = { desk: 'finance', need: needs.billTo(customer.id) } as const;
  const field = 'customer.billTo';
  if (there.status !== 'active') faults.push({ reason: { ...message(ENDS[there.status], params), field }, category: 'missing-reference', ...rest });
  // Followed once: one hop is what an invoice makes, and where a second one leads (a circle, maybe) is for finance to say.
  if (onward !== undefined)
    faults.push({ reason: { ...message('customer.bill-to-elsewhere', { ...params, onward }), field }, category: 'validation', ...rest });
  return faults;
}
