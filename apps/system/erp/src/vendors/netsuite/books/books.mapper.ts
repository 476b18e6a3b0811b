import { Decimal } from 'decimal.js';
import { checkRecord, compact, mintId, money, nounOf, type AccountingPeriod, type ExchangeRate, type Invoice, type Shape } from '#canonical';
import type { Codes } from '../netsuite.references.js';
import { unfit, type NetsuiteReference } from '../netsuite.wire.js';
import type { NetsuiteInvoice } from './books.wire.js';

type Row = Record<string, string | undefined>;

const RATE: Shape<Row> = { basecurrency: 'id', transactioncurrency: 'id', effective: 'day', rate: 'amount' };

/**
 * A row `basecurrency, transactioncurrency, effective, rate`. NetSuite's rate is the price of one
 * unit of the foreign currency in the base one. Throws a `RecordFault` that names what is missing.
 */
export function exchangeRateOf(row: Row, codes: Pick<Codes, 'currency'>): ExchangeRate {
  checkRecord<Row>('netsuite', row, RATE);
  const { effective, rate } = row as Record<string, string>;
  const [from, to] = ['transactioncurrency', 'basecurrency'].map(field => knownCurrency(field, { id: row[field]! }, codes));
  return { id: `${from}-${to}-${effective}`, from, to, effectiveFrom: effective, rate: new Decimal(rate).toFixed() };
}

/**
 * Rows can't be changed there, so a correction is another row of the same day: with rates sorted
 * oldest first, the newest holds.
 */
export const newestOf = (rates: ExchangeRate[]): ExchangeRate[] => [...new Map(rates.map(rate => [rate.id, rate])).values()];

/** Years, quarters and adjustment periods are not posted to. */
export const isMonth = ({ isyear, isquarter, isadjust }: Row): boolean => ![isyear, isquarter, isadjust].includes('T');

export const periodIdOf = (nativeId: string): string => `period-${nativeId}`;

/**
 * A row `id, name, starts, ends` and flags. The calendar is published for all legal entities, since
 * SuiteQL doesn't state one.
 */
export function periodOf(row: Row): AccountingPeriod {
  checkRecord<Row>('netsuite', row, { id: 'id', name: 'text?', starts: 'day', ends: 'day' });
  const { id, name = '', starts, ends } = row as Record<string, string>;
  const open = ![row.closed, row.arlocked, row.alllocked, row.isinactive].includes('T');
  return { id: periodIdOf(id), legalEntity: '*', name, startDate: starts, endDate: ends, open };
}

/** The code of a currency that a record names. */
function knownCurrency(field: string, reference: NetsuiteReference | undefined, codes: Pick<Codes, 'currency'>): string {
  if (reference === undefined) throw unfit(field, 'present');
  const code = codes.currency(reference);
  if (!code) throw unfit(field, 'known');
  return code;
}

/** Canonical ids and codes of the records that an invoice names. */
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
  const currency = knownCurrency('invoice.currency', invoice.currency, names.codes);
  const projectId = invoice.job && names.job.get(invoice.job.id);
  const named = (ids: string[], known: ReadonlyMap<string, string>) => ids.flatMap(id => known.get(id) ?? []);
  return compact({
    id: invoiceIdOf(invoice.id, { account }),
    number: invoice.tranId,
    status: STATUS[invoice.status?.id ?? ''] ?? 'open',
    // Only for a project of ours: finance has others.
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
