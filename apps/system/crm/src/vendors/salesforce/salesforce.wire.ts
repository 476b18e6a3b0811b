import { Problem, RecordFault } from '#canonical';
import { NONE, rowFields, type Row } from '#connector';
import type { SalesforceConfig } from './salesforce.config.js';

// Shared by all queries: rows as they came, read field by field under the org's names.

export const { text, number, flag, checked, required, instant, bag, unfit } = rowFields('salesforce');

export interface SalesforcePage {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: Row[];
}

export const EPOCH = '1970-01-01T00:00:00.000Z';

/** The fields of `names` that the org has, once each. */
export const fieldList = (names: string[]): string => [...new Set(names.filter(name => name !== NONE))].join(', ');

export const currencyField = (c: SalesforceConfig): string[] => (c.currency ? [] : ['CurrencyIsoCode']);

export const orderOf = (field: string) => (field === NONE ? 'Id' : `${field}, Id`);

/** A SOQL string. Quotes and backslashes are escaped, so that the content can't end it. */
export const soqlText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

/** An instant as SOQL takes it and as we keep it: UTC with `Z`. */
export const soqlInstant = (instant: string): string => new Date(instant).toISOString();

export function readPage(body: unknown): SalesforcePage {
  const page = body as Partial<SalesforcePage> | null;
  const readable = typeof page === 'object' && page !== null && typeof page.done === 'boolean' && typeof page.totalSize === 'number';
  // `COUNT()` answers rows as null in some editions.
  const rows = page?.records ?? [];
  if (!readable || !Array.isArray(rows)) throw malformed('a query was answered without totalSize, done and records');
  if (!page.done && typeof page.nextRecordsUrl !== 'string') throw malformed('a page says there is more and not where');
  return { ...(page as SalesforcePage), records: rows };
}

/** The rows of a sub-query; none when it is null, absent or empty. */
export function childPage(row: Row, relationship: string): SalesforcePage {
  const children = row[relationship];
  if (children === null || children === undefined) return { totalSize: 0, done: true, records: [] };
  try {
    return readPage(children);
  } catch {
    throw unfit(relationship, 'list');
  }
}

/** Reads a record inside another; its fault names the relationship. */
export function inside<T>(relationship: string, row: Row, read: () => T): T {
  if (typeof row !== 'object' || row === null) throw unfit(relationship, 'record');
  try {
    return read();
  } catch (error) {
    throw error instanceof RecordFault ? error.within(`${relationship} ${typeof row.Id === 'string' ? row.Id : ''}`.trim()) : error;
  }
}

export const currencyOf = (row: Row, c: SalesforceConfig): string | undefined => c.currency ?? checked(row, 'CurrencyIsoCode', 'currency');

const malformed = (what: string) => new Problem('vendor-unavailable', `Salesforce's answer can't be read: ${what}`, { code: 'malformed-answer' });

/** Leaves out empty fields. */
export const filled = (bag: Record<string, unknown>): Record<string, unknown> | undefined => (Object.keys(bag).length > 0 ? bag : undefined);
