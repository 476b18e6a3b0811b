import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { mintId, type BillableTransaction, type ExchangeRate, type TimeEntry } from '#canonical';
import { assessTime } from '../../../apps/process/time-to-billing/src/assessment/assess.rules.js';
import { externalIdOf } from '../../../apps/process/time-to-billing/src/lines/billable-transaction.rules.js';
import { SANDBOX_VENDORS } from '../../../apps/sandbox/src/vendors.js';
import { lineBody, type LineIds, type LineSettings } from '../../../apps/system/erp/src/vendors/netsuite/billing/billing.mapper.js';
import { type Answer, Kantata, rowIn, type Row } from '../../faults/seeds/kantata.js';
import type { BenchHouse } from './bench-house.js';
import { FirmFacts } from './firm-facts.js';
import type { NetsuiteClient } from './netsuite-client.js';

const BATCH = 100;
const PAGES_AT_ONCE = 4;
const PAGE = 200;
const POLL_MS = 50;
/** As the adapter has them for the sample account. */
const SETTINGS: LineSettings = {
  taxCodeField: 'custcol_tax_code',
  postingDateField: 'custcol_posting_date',
  approvedTime: '3',
  approvedReport: '2',
  customPrice: '-1',
  chargeType: '-20',
  rateDecimals: 2,
};

export interface BareResult {
  lines: number;
  seconds: number;
  erpCalls: number;
}

/**
 * What a script would do with the same lines: read them from the PSA page by page, check and price them by the same pure rules, send them in the
 * same batches with the same HTTP client, follow each job and read the batch back. Nothing is kept anywhere; a crash would start it over.
 */
export async function bareLoop(house: BenchHouse, netsuite: NetsuiteClient, batchesAtOnce: number, say: (what: string) => void): Promise<BareResult> {
  const kantata = new Kantata(house.endpoints.kantata);
  const { projects, users, roles } = await kantata.directory();
  const ids = await idsOf(netsuite);
  const facts = new FirmFacts(house.firm, await exchangeRatesOf(netsuite));
  const roleCodes = new Map(house.firm.roles.map(({ name, code }) => [name, code]));
  const callsBefore = netsuite.calls;
  const startedAt = performance.now();
  const sending = new Set<Promise<void>>();
  let [held, lines]: [BillableTransaction[], number] = [[], 0];
  const send = async () => {
    const batch = held.splice(0, BATCH);
    const one = sendBatch(netsuite, batch, ids).then(() => {
      lines += batch.length;
      sending.delete(one);
    });
    sending.add(one);
    // As many batches at once as the platform has on its way.
    if (sending.size >= batchesAtOnce) await Promise.race(sending);
  };
  const entryOf = (row: Row): TimeEntry => canonical(row, projects, users, roles, roleCodes);
  for await (const rows of pages(kantata)) {
    for (const row of rows.filter(({ approved }) => approved === true)) {
      const entry = entryOf(row);
      const assessment = assessTime(entry, facts.of(entry));
      if (!('priced' in assessment)) throw new Error(`${entry.id}: ${JSON.stringify(assessment.faults)}`);
      held.push({ ...assessment.priced.transaction, externalId: externalIdOf({ lineId: entry.id, version: 9_000 }) });
    }
    while (held.length >= BATCH) await send();
    say(`${lines} lines`);
  }
  while (held.length > 0) await send();
  await Promise.all(sending);
  return { lines, seconds: (performance.now() - startedAt) / 1000, erpCalls: netsuite.calls - callsBefore };
}

async function sendBatch(netsuite: NetsuiteClient, lines: BillableTransaction[], ids: LineIds): Promise<void> {
  const job = await netsuite.submit(
    'timeBill',
    lines.map(line => lineBody(line, ids, SETTINGS)),
    randomUUID(),
  );
  while (!(await netsuite.completed(job))) await sleep(POLL_MS);
  const wanted = lines.map(({ externalId }) => `'${externalId}'`).join(', ');
  const seen = await netsuite.query(`SELECT t.id, t.externalid, t.hours, t.rate FROM timebill t WHERE t.externalid IN (${wanted}) ORDER BY t.id`);
  if (seen.length !== lines.length) throw new Error(`${seen.length} of ${lines.length} lines are there`);
}

/** Pages of time entries, some asked for ahead. */
async function* pages(kantata: Kantata): AsyncGenerator<Row[]> {
  const ask = async (page: number): Promise<Answer> =>
    kantata.call('GET', `time_entries?include=workspace,user,role,story&order=date_performed:asc&per_page=${PAGE}&page=${page}`);
  const first = await ask(1);
  const { page_count: count } = first.meta;
  const ahead = new Map<number, Promise<Answer>>([[1, Promise.resolve(first)]]);
  for (let page = 1; page <= count; page++) {
    for (let next = page; next < Math.min(count + 1, page + PAGES_AT_ONCE); next++) if (!ahead.has(next)) ahead.set(next, ask(next));
    const answer = await ahead.get(page)!;
    ahead.delete(page);
    yield answer.results.map(({ key, id }) => rowIn(answer, key, id));
  }
}

function canonical(
  row: Row,
  projects: Map<string, string>,
  users: Map<string, string>,
  roles: Map<string, string>,
  codes: Map<string, string>,
): TimeEntry {
  const role = codes.get(roles.get(String(row.role_id)) ?? '');
  return {
    id: mintId('time-entry', 'kantata', SANDBOX_VENDORS.kantata.account, row.id),
    projectId: projects.get(String(row.workspace_id))!,
    person: { email: users.get(String(row.user_id))! },
    workDate: String(row.date_performed),
    workedMinutes: Number(row.time_in_minutes),
    ...(role ? { role } : {}),
    billable: row.billable === true,
    overtime: false,
    approval: 'approved',
    refs: [],
  };
}

async function exchangeRatesOf(netsuite: NetsuiteClient): Promise<ExchangeRate[]> {
  const symbols = new Map((await netsuite.query('SELECT id, symbol FROM currency')).map(({ id, symbol }) => [id, symbol]));
  const rows = await netsuite.query(`SELECT id, basecurrency, transactioncurrency, TO_CHAR(effectivedate, 'YYYY-MM-DD') AS day, exchangerate AS rate
    FROM currencyrate ORDER BY effectivedate, id`);
  return rows.map(({ id, basecurrency, transactioncurrency, day, rate }) => ({
    id,
    from: symbols.get(transactioncurrency)!,
    to: symbols.get(basecurrency)!,
    effectiveFrom: day,
    rate: String(rate),
  }));
}

async function idsOf(netsuite: NetsuiteClient): Promise<LineIds> {
  const [taxes, currencies] = [await netsuite.query('SELECT id, itemid FROM salestaxitem'), await netsuite.query('SELECT id, symbol FROM currency')];
  const taxIds = new Map(taxes.map(({ id, itemid }) => [itemid, id]));
  const currencyIds = new Map(currencies.map(({ id, symbol }) => [symbol, id]));
  return { taxCode: code => taxIds.get(code), currency: code => currencyIds.get(code) };
}
