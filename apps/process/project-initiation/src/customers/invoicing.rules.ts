import { message, type Fault } from '#apis';
import type { Deal } from '#canonical';
import { needs } from '../needs.js';

/** What the ERP says about how a customer is invoiced. */
export interface Invoicing {
  purchaseOrderRequired?: boolean;
  /**
   * The customer that gets the invoices, by its name in the ERP, else in the CRM. `onward` is the
   * customer that gets that one's own invoices, where it is another one.
   */
  billTo?: { id: string; name: string; status: 'active' | 'inactive' | 'unknown'; onward?: string };
}

const ENDS = { inactive: 'customer.bill-to-ended', unknown: 'customer.bill-to-unknown' } as const;

/**
 * What prevents invoicing the deal's customer as the ERP says. What the CRM itself says about
 * purchase orders is checked with the deal.
 */
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
  // Followed for one hop only: an invoice makes one hop, and where a second one leads (perhaps in a
  // circle) finance must say.
  if (onward !== undefined)
    faults.push({ reason: { ...message('customer.bill-to-elsewhere', { ...params, onward }), field }, category: 'validation', ...rest });
  return faults;
}
