import type { VendorAnswer, VendorRequest } from '../kit/index.js';
import type { Records } from './records.js';
import { snapshotOf } from './representation.js';

/** The addresses at which people open records in NetSuite, which links from elsewhere lead to. */
const PAGES: Record<string, string> = {
  '/app/common/entity/custjob.nl': 'customer',
  '/app/accounting/project/project.nl': 'job',
  '/app/accounting/otherlists/billingschedule.nl': 'billingSchedule',
  '/app/accounting/transactions/timebill.nl': 'timeBill',
  '/app/accounting/transactions/charge.nl': 'charge',
  '/app/accounting/transactions/exprept.nl': 'expenseReport',
  '/app/accounting/transactions/custinvc.nl': 'invoice',
  '/app/accounting/transactions/custcred.nl': 'creditMemo',
};

/**
 * A record for people to look at; undefined when the path is none of those. Not part of the
 * vendor's API.
 */
export function recordPage(records: Records, request: VendorRequest): VendorAnswer | undefined {
  const typeName = PAGES[request.path];
  if (typeName === undefined) return undefined;
  const type = records.schema.type(typeName);
  const row = records.get(typeName, request.query.get('id') ?? '');
  const headers = { 'content-type': 'text/html;charset=utf-8' };
  if (!row) return { status: 404, headers, body: page(typeName, 'That record does not exist.') };
  return { status: 200, headers, body: page(`${typeName} ${row.id}`, JSON.stringify(snapshotOf(records, type, row), null, 2)) };
}

const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><head><title>NetSuite sandbox: ${escape(title)}</title></head><body><h1>${escape(title)}</h1><pre>${escape(content)}</pre></body></html>`;

const escape = (text: string): string => text.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
