import type { Firm } from '../firm/firm.js';
import { zonedDate } from './pacific-time.js';
import { invalidRequest, BSVC } from './soap.js';
import type { GetWorkers, LogCriteria, Reference } from './get-workers-request.js';
import { activeOn, wid, type Transaction, type Workers, type WorkerState } from './workers.js';
import { workerMarkup, type Withheld } from './worker-markup.js';
import { wd, type Element, type Markup } from './xml.js';

/** The answer to a checked request in the version of the address: `Get_Workers_Response`. */
export function answerGetWorkers(asked: GetWorkers, version: string, workers: Workers, firm: Firm, withheld: Withheld): string {
  const found = select(asked, workers, firm);
  const page = found.slice((asked.page - 1) * asked.count, asked.page * asked.count);
  const results = wd(
    'Response_Results',
    wd('Total_Results', found.length),
    wd('Total_Pages', Math.ceil(found.length / asked.count)),
    wd('Page_Results', page.length),
    wd('Page', asked.page),
  );
  const data = page.map(({ worker, log }) => workerMarkup(worker, log, { asked, workers, firm, withheld }));
  const inside = [...echoes(asked.request), results, wd('Response_Data', data), ...invalid(asked, workers)];
  return `<wd:Get_Workers_Response xmlns:wd="${BSVC}" wd:version="${version}">${inside.map(part => part?.text ?? '').join('')}</wd:Get_Workers_Response>`;
}

interface WorkerSelection {
  worker: WorkerState;
  /** The requested part of the transaction log. */
  log: Transaction[];
}

/** Ordered by employee id, so that pages of one moment fit together. */
function select(asked: GetWorkers, workers: Workers, firm: Firm): WorkerSelection[] {
  const ids = asked.references ? referenced(asked.references, workers) : workers.ids();
  return ids.flatMap(id => {
    const log = logOf(asked, workers.history(id, asked.asOfMoment));
    if (asked.logCriteria.length > 0 && log.length === 0) return [];
    const worker = workers.at(id, asked.asOfDate, asked.asOfMoment);
    return worker && wanted(asked, worker, firm) ? [{ worker, log }] : [];
  });
}

function referenced({ workers: asked, skipMissing }: NonNullable<GetWorkers['references']>, workers: Workers): string[] {
  const known = asked.map(reference => ({ reference, id: employeeIdOf(reference, workers) }));
  const missing = known.find(({ id }) => id === undefined);
  if (missing && !skipMissing) {
    const { id, type } = missing.reference;
    throw invalidRequest(
      `Invalid ID value. '${id}' is not a valid ID value for type = '${type}'`,
      '/Get_Workers_Request/Request_References/Worker_Reference',
    );
  }
  return [...new Set(known.flatMap(({ id }) => id ?? []))].sort();
}

function employeeIdOf({ type, id }: Reference, workers: Workers): string | undefined {
  if (type === 'Employee_ID') return workers.has(id) ? id : undefined;
  return type === 'WID' ? workers.idOfWid(id) : undefined;
}

/** The entries that meet the criteria; all without criteria. */
function logOf(asked: GetWorkers, history: Transaction[]): Transaction[] {
  const logged = history.filter(transaction => transaction.logged);
  return asked.logCriteria.length === 0 ? logged : logged.filter(transaction => asked.logCriteria.some(criteria => meets(transaction, criteria)));
}

function meets(transaction: Transaction, { updatedFrom, updatedThrough, effectiveFrom, effectiveThrough, types }: LogCriteria): boolean {
  return (
    (updatedFrom === undefined || transaction.entered >= updatedFrom) &&
    (updatedThrough === undefined || transaction.entered <= updatedThrough) &&
    (effectiveFrom === undefined || transaction.effective >= effectiveFrom) &&
    (effectiveThrough === undefined || transaction.effective <= effectiveThrough) &&
    (types.length === 0 || types.includes(transaction.type))
  );
}

function wanted(asked: GetWorkers, worker: WorkerState, firm: Firm): boolean {
  if (asked.excludeEmployees) return false; // this tenant has no contingent workers
  if (asked.excludeInactive && !activeOn(worker, asked.asOfDate)) return false;
  if (asked.organizations.length > 0 && !asked.organizations.some(reference => inOrganization(reference, worker, firm))) return false;
  const country = firm.entities.find(({ code }) => code === worker.entity)?.country;
  return asked.countries.length === 0 || asked.countries.some(({ id }) => id === country);
}

function inOrganization({ type, id }: Reference, worker: WorkerState, firm: Firm): boolean {
  const companies = firm.entities.map(({ code }) => code);
  const costCentres = firm.costCentres.map(({ code }) => code);
  const known: Record<string, string[]> = {
    Organization_Reference_ID: [...companies, ...costCentres],
    Company_Reference_ID: companies,
    Cost_Center_Reference_ID: costCentres,
    WID: [...companies, ...costCentres].map(code => wid('organization', code)),
  };
  if (!known[type]?.includes(id)) {
    throw invalidRequest(
      `Invalid ID value. '${id}' is not a valid ID value for type = '${type}'`,
      '/Get_Workers_Request/Request_Criteria/Organization_Reference',
    );
  }
  return [worker.entity, worker.costCentre].some(code => code === id || wid('organization', code) === id);
}

/** The references that were passed over, when the request allowed that. */
function invalid(asked: GetWorkers, workers: Workers): (Markup | undefined)[] {
  const missing = asked.references?.workers.filter(reference => employeeIdOf(reference, workers) === undefined) ?? [];
  return missing.map(({ id, type }) =>
    wd('Invalid_Reference_ID_Response', wd('Invalid_Reference', wd('Invalid_Reference_ID', id), wd('Invalid_Reference_ID_Type', type))),
  );
}

/** References or criteria, filter and groups come back as they were understood. */
function echoes(request: Element): (Markup | undefined)[] {
  return ['Request_References', 'Request_Criteria', 'Response_Filter', 'Response_Group'].map(name => {
    const part = request.children.find(child => child.name === name);
    return part && echo(part);
  });
}

function echo(element: Element): Markup | undefined {
  const attributes = Object.fromEntries(element.attributes.map(({ name, value }) => [name, value]));
  const text = /^As_Of_Effective_Date$/.test(element.name) ? zonedDate(element.text.slice(0, 10)) : asBit(element.text);
  return wd(element.name, attributes, element.children.length > 0 ? element.children.map(echo) : text);
}

const asBit = (text: string): string => (text === 'true' ? '1' : text === 'false' ? '0' : text);
