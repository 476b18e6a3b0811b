import { Decimal } from 'decimal.js';
import { mintId, money, nounOf, type AccountingPeriod, type ExchangeRate, type Invoice } from '#canonical';
import type { NetsuiteInvoice } from './netsuite-books.wire.js';
import type { Codes } from './netsuite.mapper.js';
import { compact } from './netsuite.wire.js';

type Row = Record<string, string | undefined>;

/**
 * Rows `basecurrency, transactioncurrency, effective, rate`, oldest first. NetSuite's rate is what one unit of the foreign currency is worth in the base one.
 * Rows can't be changed there, so a correction is another row of the same day: the newest holds.
 */
export function exchangeRatesOf(rows: Row[], codes: Pick<Codes, 'currency'>): ExchangeRate[] {
  const rates = rows.flatMap(({ basecurrency, transactioncurrency, effective, rate }): ExchangeRate[] => {
    const [from, to] = [transactioncurrency, basecurrency].map(id => (id === undefined ? undefined : codes.currency({ id })));
    if (!from || !to || !effective || !rate) return [];
    return [{ id: `${from}-${to}-${effective}`, from, to, effectiveFrom: effective, rate: new Decimal(rate).toFixed() }];
  });
  return [...new Map(rates.map(rate => [rate.id, rate])).values()];
}

/**
 * Rows `id, name, starts, ends` and flags, of the months only: years, quarters and adjustment periods are not posted to. The calendar is
 * told as everybody's; SuiteQL doesn't say whose it is.
 */
export function periodsOf(rows: Row[]): AccountingPeriod[] {
  return rows
    .filter(({ isyear, isquarter, isadjust }) => ![isyear, isquarter, isadjust].includes('T'))
    .map(row => ({
      id: `period-${row.id}`,
      legalEntity: '*',
      name: row.name ?? '',
      startDate: row.starts ?? '',
      endDate: row.ends ?? '',
      open: ![row.closed, row.arlocked, row.alllocked, row.isinactive].includes('T'),
    }));
}

/** What the records that an invoice names are called by everybody. */
export interface InvoiceNames {
  codes: Pick<Codes, 'legalEntity' | 'currency'>;
  time: ReadonlyMap<string, string>;
  report: ReadonlyMap<string, string>;
  charge: ReadonlyMap<string, string>;
  job: ReadonlyMap<string, string>;
}

/** Ids of an invoice's statuses: B Paid In Full, V Voided; any other is open. */
const STATUS: Record<string, Invoice['status']> = { B: 'paid', V: 'voided' };

export const invoiceIdOf = (nativeId: string, { account }: { account: string }): string => mintId('invoice', 'netsuite', account, nativeId);

export function invoiceOf(invoice: NetsuiteInvoice, names: InvoiceNames, { account, appUrl }: { account: string; appUrl: string }): Invoice {
  const currency = names.codes.currency(invoice.currency) ?? '';
  const projectId = invoice.job && names.job.get(invoice.job.id);
  const named = (ids: string[], known: ReadonlyMap<string, string>) => ids.flatMap(id => known.get(id) ?? []);
  return compact({
    id: invoiceIdOf(invoice.id, { account }),
    number: invoice.tranId,
    status: STATUS[invoice.status?.id ?? ''] ?? 'open',
    // Of a project of ours, that is: finance has others.
    projectId: projectId !== undefined && nounOf(projectId) === 'project' ? projectId : undefined,
    legalEntity: names.codes.legalEntity(invoice.subsidiary),
    date: invoice.tranDate,
    dueDate: invoice.dueDate,
    total: money(invoice.total, currency),
    amountDue: money(invoice.amountRemaining, currency),
    transactions: [...named(invoice.times, names.time), ...named(invoice.reports, names.report), ...named(invoice.charges, names.charge)]
      .filter(id => id.startsWith('tl-'))
      .sort(),
    refs: [
      {
        system: 'netsuite',
        account,
        type: 'invoice',
        nativeId: invoice.id,
        url: `${appUrl}/app/accounting/transactions/custinvc.nl?id=${invoice.id}`,
      },
    ],
  });
}
