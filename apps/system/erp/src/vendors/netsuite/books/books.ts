import type { AccountingPeriod, ExchangeRate, Invoice } from '#canonical';
import { Readable, rowName, type SweepPage, type Unreadable } from '#capture';
import type { Books, Invoices } from '../../port/books.port.js';
import type { NetsuiteApi } from '../netsuite.api.js';
import { NetsuiteChanges, type Followed } from '../netsuite-changes.js';
import type { NetsuiteReferences } from '../netsuite.references.js';
import { unfit, type NetsuiteRow } from '../netsuite.wire.js';
import { exchangeRateOf, invoiceIdOf, invoiceOf, isMonth, newestOf, periodIdOf, periodOf, type InvoiceNames } from './books.mapper.js';
import { readInvoice, type NetsuiteInvoice } from './books.wire.js';

const DAY = `'YYYY-MM-DD'`;
const RATES = `SELECT id, basecurrency, transactioncurrency, TO_CHAR(effectivedate, ${DAY}) AS effective, exchangerate AS rate
  FROM currencyrate ORDER BY effectivedate, id`;
const PERIODS = `SELECT id, periodname AS name, TO_CHAR(startdate, ${DAY}) AS starts, TO_CHAR(enddate, ${DAY}) AS ends, closed, arlocked, alllocked, isyear, isquarter, isadjust, isinactive
  FROM accountingperiod ORDER BY id`;

/** A list in a query takes no more. */
const MOST_IDS = 1000;

export class NetsuiteBooks implements Books {
  readonly invoices: Invoices;

  constructor(
    private readonly api: NetsuiteApi,
    private readonly references: NetsuiteReferences,
    private readonly settings: { account: string; appUrl: string },
  ) {
    const changes = new NetsuiteChanges(
      api,
      followed(rows => this.#invoices(rows)),
    );
    this.invoices = { changed: since => changes.since(since), all: () => changes.all() };
  }

  async exchangeRates(): Promise<SweepPage<ExchangeRate>> {
    const [rows, codes] = await Promise.all([this.api.rows('query-exchange-rates', RATES), this.references.codes({ currency: undefined })]);
    const read = new Readable<ExchangeRate>();
    // Which rate it is are its currencies and day, so that one without them is nobody's.
    for (const [index, row] of rows.entries()) await read.take({ nativeId: row.id ?? rowName(index) }, () => [exchangeRateOf(row, codes)]);
    return { items: newestOf(read.items), unreadable: read.unreadable };
  }

  async accountingPeriods(): Promise<SweepPage<AccountingPeriod>> {
    const read = new Readable<AccountingPeriod>();
    for (const [index, row] of (await this.api.rows('query-accounting-periods', PERIODS)).entries())
      if (isMonth(row)) await read.take(row.id ? { id: periodIdOf(row.id), nativeId: row.id } : { nativeId: rowName(index) }, () => [periodOf(row)]);
    return read;
  }

  async #invoices(rows: NetsuiteRow[]): Promise<SweepPage<Invoice>> {
    const ids = rows.flatMap(({ id }) => id ?? []);
    const unnamed = rows.flatMap(({ id }, index): Unreadable[] => (id ? [] : [{ nativeId: rowName(index), error: unfit('id', 'present') }]));
    const read = new Readable<NetsuiteInvoice>();
    const named = (nativeId: string) => ({ id: invoiceIdOf(nativeId, this.settings), nativeId });
    await Promise.all(
      ids.map(id =>
        read.take(named(id), async () => {
          const json = await this.api.get('invoice', id);
          return json === null ? [] : [readInvoice(json)];
        }),
      ),
    );
    const names = await this.#namesOf(read.items);
    const invoices = new Readable<Invoice>();
    for (const record of read.items) await invoices.take(named(record.id), () => [invoiceOf(record, names, this.settings)]);
    invoices.unreadable.push(...read.unreadable, ...unnamed);
    return invoices;
  }

  /** External ids of everything that the invoices name by internal id, in one query per kind. */
  async #namesOf(records: NetsuiteInvoice[]): Promise<InvoiceNames> {
    const [codes, time, report, charge, job] = await Promise.all([
      this.references.codes({ 'legal-entity': undefined, currency: undefined }),
      this.#externalIds(
        'timebill',
        records.flatMap(({ times }) => times),
      ),
      this.#externalIds(
        'transaction',
        records.flatMap(({ reports }) => reports),
      ),
      this.#externalIds(
        'charge',
        records.flatMap(({ charges }) => charges),
      ),
      this.#externalIds(
        'job',
        records.flatMap(({ job: one }) => one?.id ?? []),
      ),
    ]);
    return { codes, time, report, charge, job };
  }

  async #externalIds(table: 'timebill' | 'transaction' | 'charge' | 'job', ids: string[]): Promise<Map<string, string>> {
    const distinct = [...new Set(ids)];
    const known = new Map<string, string>();
    for (let at = 0; at < distinct.length; at += MOST_IDS) {
      const list = distinct
        .slice(at, at + MOST_IDS)
        .map(Number)
        .join(', ');
      const rows = await this.api.rows(`query-names-of-${table}`, `SELECT id, externalid FROM ${table} WHERE id IN (${list}) ORDER BY id`);
      for (const { id, externalid } of rows) if (id !== undefined && externalid !== undefined) known.set(id, externalid);
    }
    return known;
  }
}

/**
 * A payment or a void changes the invoice's date too. The names of all invoices of a page are read
 * together.
 */
const followed = (read: Followed<Invoice>['read']): Followed<Invoice> => ({
  name: 'invoices',
  from: 'transaction r',
  where: "r.type = 'CustInvc'",
  changed: 'r.lastmodifieddate',
  page: 50,
  ours: () => true,
  read,
});
