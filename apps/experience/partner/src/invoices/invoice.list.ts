import type { PartnerInvoice, PartnerInvoiceLine } from '#apis/partner';
import { addMoney, money, type Money } from '#canonical';
import type { ReadRow } from '#persistence';
import { one } from '../list-filters.js';
import type { PartnerList } from '../partner-lists.js';
import { invoice, invoiced, invoiceLine } from './invoice.table.js';

const shown = invoice.without('seq', 'customerId', 'legalEntities', 'gone');

const negated = ({ amount, currency }: Money): Money => money(amount.startsWith('-') ? amount.slice(1) : `-${amount}`, currency);

export interface InvoiceFilter {
  id?: string;
  status?: string;
  projectId?: string;
}

export const invoiceList: PartnerList<ReadRow<typeof shown.columns>, InvoiceFilter, PartnerInvoice> = {
  source: {
    name: 'invoices',
    from: 'partner.invoice t',
    columns: shown.selected('t'),
    always: 'not t.gone',
    id: 't.id',
    orders: { date: { sql: 't.date', type: 'date' } },
    filters: { id: one('t.id'), status: one('t.status'), projectId: one('t.project_id') },
    facets: {},
  },
  order: { by: 'date', descending: true },
  viewOf: ({ id, number, status, projectId, date, dueDate, amount, dueAmount, currency }) => ({
    id,
    number,
    status,
    projectId: projectId!,
    date,
    dueDate: dueDate ?? undefined,
    total: money(amount, currency),
    amountPaid: status === 'voided' ? undefined : addMoney(money(amount, currency), negated(money(dueAmount, currency))),
    amountDue: money(dueAmount, currency),
  }),
};

const part = invoiceLine.only('externalId', 'lineId', 'part');
const content = invoiced.only('kind', 'workDate', 'person', 'minutes', 'amount', 'currency');
type Nullable<T> = { [K in keyof T]: T[K] | null };
type LineRow = ReadRow<typeof part.columns> & Nullable<ReadRow<typeof content.columns>>;

export const invoiceLineList: PartnerList<LineRow, { invoiceId?: string }, PartnerInvoiceLine> = {
  source: {
    name: 'invoice-lines',
    from: 'partner.invoice_line t left join partner.invoiced v on v.line_id = t.line_id and v.version = t.version',
    columns: `${part.selected('t')}, ${content.selected('v')}`,
    id: 't.external_id',
    orders: { workDate: { sql: `coalesce(v.work_date, '-infinity')`, type: 'date' } },
    filters: { invoiceId: one('t.invoice_id') },
    facets: {},
  },
  order: { by: 'workDate', descending: false },
  viewOf: row => {
    const reversal = row.part.endsWith('-reversal');
    const whole = row.part.startsWith('whole') && row.amount !== null && row.currency !== null ? money(row.amount, row.currency) : undefined;
    const minutes = row.part.startsWith('whole') ? row.minutes : null;
    return {
      id: row.externalId,
      kind: row.kind ?? (row.lineId.startsWith('exp_') ? 'expense' : 'time'),
      workDate: row.workDate ?? undefined,
      person: row.person ?? undefined,
      minutes: minutes === null ? undefined : reversal ? -minutes : minutes,
      amount: whole && reversal ? negated(whole) : whole,
    };
  },
};
