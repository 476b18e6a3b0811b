import type { Shape } from '#canonical';

export interface KantataInvoice {
  id: string;
  status: string;
  time_entry_ids?: string[];
  expense_ids?: string[];
}

export const INVOICE: Shape<KantataInvoice> = { status: 'text' };
