import type { Firm } from '../firm/firm.js';
import type { VendorAnswer, VendorRequest } from '../kit/index.js';
import { readDate, readMoment } from './pacific-time.js';
import type { Workers } from './workers.js';
import { escapeXml } from './xml.js';

interface Row {
  Employee_ID: string;
  Cost_Rate: string;
  Currency: string;
  Effective_Date: string;
}

/**
 * The firm's own report of cost rates, as a service. Its prompts: `Effective_From` and
 * `Effective_Through` (the range of a rate's start date) and `Worker!Employee_ID` (ids, separated
 * by `!`).
 */
export function costRatesReport(
  request: VendorRequest,
  workers: Workers,
  firm: Firm,
  options: { now: Date; whenEmpty: 'array' | 'object' },
): VendorAnswer {
  const fault = promptFault(request.query);
  if (fault) return { status: 400, body: { error: fault } };
  const rows = rowsOf(request.query, workers, firm, options.now);
  if (request.query.get('format') === 'json')
    return { status: 200, body: rows.length === 0 && options.whenEmpty === 'object' ? {} : { Report_Entry: rows } };
  return { status: 200, headers: { 'content-type': 'text/xml;charset=UTF-8' }, body: asXml(rows) };
}

const PROMPTS = ['format', 'Effective_From', 'Effective_Through', 'Worker!Employee_ID'];

function promptFault(query: URLSearchParams): string | undefined {
  const unknown = [...query.keys()].find(name => !PROMPTS.includes(name));
  if (unknown) return `the report has no prompt ${unknown}`;
  const wrong = ['Effective_From', 'Effective_Through'].find(name => query.has(name) && !readDate(query.get(name)!) && !readMoment(query.get(name)!));
  return wrong && `${wrong} is not a date`;
}

function rowsOf(query: URLSearchParams, workers: Workers, firm: Firm, now: Date): Row[] {
  const asked = query.get('Worker!Employee_ID')?.split('!');
  const from = query.get('Effective_From')?.slice(0, 10) ?? '';
  const through = query.get('Effective_Through')?.slice(0, 10) ?? '9999-12-31';
  const moment = now.toISOString();
  return (asked ?? workers.ids()).flatMap(id =>
    workers
      .costRates(id, moment)
      .filter(rate => rate.from >= from && rate.from <= through)
      .map(rate => ({
        Employee_ID: id,
        Cost_Rate: rate.amount,
        Currency: currencyOf(workers, firm, id, rate.from, moment),
        Effective_Date: rate.from,
      })),
  );
}

function currencyOf(workers: Workers, firm: Firm, id: string, date: string, moment: string): string {
  const entity = workers.at(id, date, moment)?.entity;
  return firm.entities.find(({ code }) => code === entity)?.currency ?? 'USD';
}

function asXml(rows: Row[]): string {
  const entry = (row: Row) =>
    `<wd:Report_Entry>${Object.entries(row)
      .map(([name, value]) => `<wd:${name}>${escapeXml(value)}</wd:${name}>`)
      .join('')}</wd:Report_Entry>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<wd:Report_Data xmlns:wd="urn:com.workday.report/Cost_Rates">${rows.map(entry).join('')}</wd:Report_Data>`;
}
