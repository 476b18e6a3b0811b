import { Decimal } from 'decimal.js';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { brokenRules, cleanText, COUNTRIES, Problem, RecordFault, type BrokenRule, type Shape } from '#canonical';
import { rowName } from '#capture';

/** What is asked of Get_Workers. Dates and moments as in canonical; workers by their Workday id (WID). */
export interface GetWorkersRequest {
  version: string;
  workers?: string[];
  log?: { updatedFrom?: string; updatedThrough?: string; effectiveFrom?: string; effectiveThrough?: string };
  asOfDate: string;
  asOfMoment: string;
  page: number;
  count: number;
  groups: Group[];
}

export type Group =
  | 'Include_Reference'
  | 'Include_Personal_Information'
  | 'Include_Employment_Information'
  | 'Include_Organizations'
  | 'Include_Management_Chain_Data'
  | 'Include_Skills'
  | 'Include_Transaction_Log_Data';

/** One worker of an answer: the fields we use, dates without their zones. What the user has no right to see is absent. */
export interface WorkdayWorker {
  wid: string;
  employeeId: string;
  name?: string;
  workEmail?: string;
  hireDate?: string;
  originalHireDate?: string;
  terminationDate?: string;
  hireRescinded: boolean;
  jobProfileId?: string;
  location?: string;
  /** Of its address: an ISO 3166-1 code, and the part of it as ISO 3166-2 has it. */
  country?: string;
  region?: string;
  /** How much of full time the contract is, e.g. 0.6. */
  fullTimeShare?: string;
  managerId?: string;
  organizations: { type: string; id: string }[];
  skills: string[];
  leaves: WorkdayLeave[];
  /** Days on which logged changes take effect. */
  effectiveDays: string[];
  /** WIDs of the log's entries that were asked for. */
  logEntries: string[];
  /** The rules that the record breaks. */
  broken: BrokenRule[];
}

export interface WorkdayLeave {
  event: string;
  type: string;
  onLeave: boolean;
  start: string;
  estimatedEnd?: string;
  end?: string;
}

export interface GetWorkersAnswer {
  totalResults: number;
  totalPages: number;
  workers: WorkdayWorker[];
}

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/';
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd';
const PASSWORD_TEXT = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordText';

const escapeXml = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);

/** `tag('Count', 10)`: an element of Workday's namespace; content is XML. */
const tag = (name: string, content: string | number): string => `<bsvc:${name}>${content}</bsvc:${name}>`;

/** The whole SOAP 1.1 envelope, with the user name token that Workday knows us by. */
export function getWorkersEnvelope(request: GetWorkersRequest, login: { username: string; password: string }): string {
  const { asOfDate, asOfMoment, page, count, groups } = request;
  const filter = tag('As_Of_Effective_Date', asOfDate) + tag('As_Of_Entry_DateTime', asOfMoment) + tag('Page', page) + tag('Count', count);
  const inside = selection(request) + tag('Response_Filter', filter) + tag('Response_Group', groups.map(group => tag(group, '1')).join(''));
  const token = `<wsse:Username>${escapeXml(login.username)}</wsse:Username><wsse:Password Type="${PASSWORD_TEXT}">${escapeXml(login.password)}</wsse:Password>`;
  const security = `<wsse:Security soapenv:mustUnderstand="1" xmlns:wsse="${WSSE}"><wsse:UsernameToken>${token}</wsse:UsernameToken></wsse:Security>`;
  const body = `<bsvc:Get_Workers_Request bsvc:version="${request.version}">${inside}</bsvc:Get_Workers_Request>`;
  return `<soapenv:Envelope xmlns:soapenv="${SOAP}" xmlns:bsvc="urn:com.workday/bsvc"><soapenv:Header>${security}</soapenv:Header><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function selection({ workers, log }: GetWorkersRequest): string {
  if (workers) {
    const references = workers.map(wid => tag('Worker_Reference', `<bsvc:ID bsvc:type="WID">${escapeXml(wid)}</bsvc:ID>`));
    return `<bsvc:Request_References bsvc:Skip_Non_Existing_Instances="1">${references.join('')}</bsvc:Request_References>`;
  }
  if (!log) return '';
  const bounds = {
    Updated_From: log.updatedFrom,
    Updated_Through: log.updatedThrough,
    Effective_From: moment(log.effectiveFrom),
    Effective_Through: moment(log.effectiveThrough),
  };
  const range = Object.entries(bounds).map(([name, value]) => (value === undefined ? '' : tag(name, value)));
  return tag('Request_Criteria', tag('Transaction_Log_Criteria_Data', tag('Transaction_Date_Range_Data', range.join(''))));
}

const moment = (date: string | undefined): string | undefined => date && `${date}T00:00:00Z`;

/** Parsed XML: text, or children by name, attributes with `@`. A name that came once isn't a list. */
type Parsed = { [name: string]: Parsed[] | Parsed | string };

const parser = new XMLParser({
  ignoreAttributes: false,
  removeNSPrefix: true,
  attributeNamePrefix: '@',
  parseTagValue: false,
  parseAttributeValue: false,
  htmlEntities: true, // numeric references too
});

/** The body of an envelope; undefined when the text is none (a maintenance page, half an answer). */
export function bodyOf(text: string): Parsed | undefined {
  if (!/^\s*</.test(text) || /<!DOCTYPE/i.test(text) || XMLValidator.validate(text) !== true) return undefined;
  const { Envelope } = parser.parse(text) as { Envelope?: Parsed };
  return one(Envelope, 'Body');
}

const all = (within: Parsed | undefined, name: string): Parsed[] => {
  const found = within?.[name];
  const items = found === undefined ? [] : Array.isArray(found) ? found : [found];
  return items.filter((item): item is Parsed => typeof item === 'object');
};

const one = (within: Parsed | undefined, ...path: string[]): Parsed | undefined => path.reduce((found, name) => all(found, name)[0], within);

function textOf(within: Parsed | undefined, name: string): string | undefined {
  const found = within?.[name];
  const first = Array.isArray(found) ? found[0] : found;
  const text = typeof first === 'object' ? first['#text'] : first;
  return typeof text === 'string' && text !== '' ? cleanText(text) : undefined;
}

/** The id of a type in a reference. */
const idOf = (reference: Parsed | undefined, type: string): string | undefined =>
  textOf(
    all(reference, 'ID').find(id => id['@type'] === type),
    '#text',
  );

const descriptorOf = (reference: Parsed | undefined): string | undefined => textOf(reference, '@Descriptor');

/** A date may carry a zone; it is still that date. */
const dateOf = (within: Parsed | undefined, name: string): string | undefined => textOf(within, name)?.slice(0, 10);

const flag = (within: Parsed | undefined, name: string): boolean => ['1', 'true'].includes(textOf(within, name) ?? '');

/** Reads an answer of Get_Workers. Throws `vendor-unavailable`, code `malformed-answer`, when it is something else. */
export function readGetWorkers(text: string): GetWorkersAnswer {
  const answer = one(bodyOf(text), 'Get_Workers_Response');
  const results = one(answer, 'Response_Results');
  if (!results)
    throw new Problem('vendor-unavailable', 'Workday answered something else than workers', { code: 'malformed-answer', retryable: true });
  return {
    totalResults: Number(textOf(results, 'Total_Results') ?? 0),
    totalPages: Number(textOf(results, 'Total_Pages') ?? 0),
    workers: shownIn(one(answer, 'Response_Data'), 'Worker').map(readWorker),
  };
}

/** All elements of a name, also those that hold nothing. */
function shownIn(within: Parsed | undefined, name: string): Parsed[] {
  const found = within?.[name] ?? [];
  return (Array.isArray(found) ? found : [found]).map(item => (typeof item === 'object' ? item : {}));
}

/** Each is read as far as it can be: `broken` says what it lacks. One without its WID is known by its number, and the other way round. */
function readWorker(worker: Parsed, index: number): WorkdayWorker {
  const reference = one(worker, 'Worker_Reference');
  const data = one(worker, 'Worker_Data');
  const wid = idOf(reference, 'WID');
  const employeeId = idOf(reference, 'Employee_ID') ?? idOf(reference, 'Contingent_Worker_ID') ?? textOf(data, 'Worker_ID');
  const status = one(data, 'Employment_Data', 'Worker_Status_Data');
  const position = positionOf(data);
  const dates = {
    hireDate: dateOf(status, 'Hire_Date'),
    originalHireDate: dateOf(status, 'Original_Hire_Date'),
    terminationDate: dateOf(status, 'Termination_Date'),
  };
  const leaves = all(status, 'Leave_Status_Data').flatMap(leaveOf);
  const effectiveDays = all(one(data, 'Transaction_Log_Entry_Data'), 'Transaction_Log_Entry').flatMap(
    entry => dateOf(one(entry, 'Transaction_Log_Data'), 'Transaction_Effective_Moment') ?? [],
  );
  const broken = [
    ...brokenRules<Record<string, string>>({ WID: wid, Employee_ID: employeeId }, { WID: 'id', Employee_ID: 'id' }),
    ...brokenDays({ Hire_Date: dates.hireDate, Original_Hire_Date: dates.originalHireDate, Termination_Date: dates.terminationDate }),
    ...leaves.flatMap(({ start, estimatedEnd, end }) =>
      brokenDays({ Leave_Start_Date: start, Estimated_Leave_End_Date: estimatedEnd, Leave_End_Date: end }),
    ),
    ...brokenRules<Record<string, string>>(hoursOf(position), {
      Full_Time_Equivalent_Percentage: 'amount?',
      Scheduled_Weekly_Hours: 'amount?',
      Default_Weekly_Hours: 'amount?',
    }),
    ...effectiveDays.flatMap(day => brokenDays({ Transaction_Effective_Moment: day })),
  ];
  return {
    wid: wid ?? employeeId ?? rowName(index),
    employeeId: employeeId ?? '',
    name: nameOf(one(data, 'Personal_Data')),
    workEmail: workEmailOf(one(data, 'Personal_Data')),
    ...dates,
    hireRescinded: flag(status, 'Hire_Rescinded'),
    jobProfileId: idOf(one(position, 'Job_Profile_Summary_Data', 'Job_Profile_Reference'), 'Job_Profile_ID'),
    location: textOf(one(position, 'Business_Site_Summary_Data'), 'Name'),
    ...workplaceOf(one(position, 'Business_Site_Summary_Data', 'Address_Data')),
    fullTimeShare: fullTimeShareOf(position),
    managerId: managerOf(data, position),
    organizations: all(one(data, 'Organization_Data'), 'Worker_Organization_Data').flatMap(organizationOf),
    skills: all(one(data, 'Skill_Data'), 'Worker_Skill_Item').flatMap(item => descriptorOf(one(item, 'Skill_Reference')) ?? []),
    leaves,
    logEntries: all(one(data, 'Transaction_Log_Entry_Data'), 'Transaction_Log_Entry').flatMap(
      entry => idOf(one(entry, 'Transaction_Log_Reference'), 'WID') ?? [],
    ),
    effectiveDays,
    broken,
  };
}

const brokenDays = (days: Record<string, string | undefined>): BrokenRule[] =>
  brokenRules<Record<string, string>>(days, Object.fromEntries(Object.keys(days).map(name => [name, 'day?' as const])));

function positionOf(data: Parsed | undefined): Parsed | undefined {
  const jobs = all(one(data, 'Employment_Data'), 'Worker_Job_Data');
  return one(jobs.find(job => ['1', 'true'].includes(String(job['@Primary_Job']))) ?? jobs[0], 'Position_Data');
}

function workplaceOf(address: Parsed | undefined): Pick<WorkdayWorker, 'country' | 'region'> {
  const code = (reference: string, type: string) => idOf(one(address, reference), type)?.toUpperCase();
  const country = code('Country_Reference', 'ISO_3166-1_Alpha-2_Code');
  if (country === undefined || !COUNTRIES.has(country)) return {};
  // Tenants have it with its country and without.
  const region = code('Country_Region_Reference', 'ISO_3166-2_Code')?.replace(`${country}-`, '');
  return { country, ...(region !== undefined && /^[A-Z0-9]{1,3}$/.test(region) ? { region: `${country}-${region}` } : {}) };
}

const hoursOf = (position: Parsed | undefined) => ({
  Full_Time_Equivalent_Percentage: textOf(position, 'Full_Time_Equivalent_Percentage'),
  Scheduled_Weekly_Hours: textOf(position, 'Scheduled_Weekly_Hours'),
  Default_Weekly_Hours: textOf(position, 'Default_Weekly_Hours'),
});

/** The percentage that the tenant says, else the hours of their week over those of a full one. */
function fullTimeShareOf(position: Parsed | undefined): string | undefined {
  const { Full_Time_Equivalent_Percentage: percentage, Scheduled_Weekly_Hours: scheduled, Default_Weekly_Hours: full } = hoursOf(position);
  const [part, whole] = percentage === undefined ? [Number(scheduled), Number(full)] : [Number(percentage), 100];
  return part >= 0 && whole > 0 ? new Decimal(part).div(whole).toDecimalPlaces(6).toFixed() : undefined;
}

function nameOf(personal: Parsed | undefined): string | undefined {
  const names = one(personal, 'Name_Data');
  const detail = one(names, 'Preferred_Name_Data', 'Name_Detail_Data') ?? one(names, 'Legal_Name_Data', 'Name_Detail_Data');
  const parts = [textOf(detail, 'First_Name'), textOf(detail, 'Last_Name')].filter(part => part !== undefined);
  return textOf(detail, '@Formatted_Name') ?? (parts.length > 0 ? parts.join(' ') : undefined);
}

function workEmailOf(personal: Parsed | undefined): string | undefined {
  const isWork = (email: Parsed) =>
    all(email, 'Usage_Data').some(usage =>
      all(usage, 'Type_Data').some(type => idOf(one(type, 'Type_Reference'), 'Communication_Usage_Type_ID') === 'WORK'),
    );
  return textOf(all(one(personal, 'Contact_Data'), 'Email_Address_Data').find(isWork), 'Email_Address');
}

/** From the position, else the last of the chain, who is the direct manager. */
function managerOf(data: Parsed | undefined, position: Parsed | undefined): string | undefined {
  const chain = all(one(data, 'Management_Chain_Data', 'Worker_Supervisory_Management_Chain_Data'), 'Management_Chain_Data');
  const reference = all(position, 'Manager_as_of_last_detected_manager_change_Reference')[0] ?? one(chain.at(-1), 'Manager_Reference');
  return idOf(reference, 'Employee_ID');
}

function organizationOf(entry: Parsed): WorkdayWorker['organizations'] {
  const organization = one(entry, 'Organization_Data');
  const type = idOf(one(organization, 'Organization_Type_Reference'), 'Organization_Type_ID');
  const id = textOf(organization, 'Organization_Reference_ID') ?? idOf(one(entry, 'Organization_Reference'), 'Organization_Reference_ID');
  return type && id ? [{ type, id }] : [];
}

function leaveOf(leave: Parsed): WorkdayLeave[] {
  const start = dateOf(leave, 'Leave_Start_Date');
  if (!start) return [];
  const type = one(leave, 'Leave_of_Absence_Type_Reference');
  return [
    {
      event: idOf(one(leave, 'Leave_Request_Event_Reference'), 'WID') ?? start,
      type: descriptorOf(type) ?? idOf(type, 'Leave_of_Absence_Type_ID') ?? 'Leave of absence',
      onLeave: flag(leave, 'On_Leave'),
      start,
      estimatedEnd: dateOf(leave, 'Estimated_Leave_End_Date'),
      end: dateOf(leave, 'Leave_End_Date'),
    },
  ];
}

/** A refusal, when the text is one. `details` are the sentences of the validation or processing fault. */
export interface WorkdayFault {
  code: string;
  reason: string;
  kind: 'authentication' | 'validation' | 'processing' | 'other';
  details: string[];
}

/** Branches on the detail element where there is one: the fault codes are only partly known. */
export function readFault(text: string): WorkdayFault | undefined {
  const fault = one(bodyOf(text), 'Fault');
  if (!fault) return undefined;
  const code = textOf(fault, 'faultcode')?.replace(/^[^:]*:/, '') ?? '';
  const reason = textOf(fault, 'faultstring') ?? '';
  const detail = one(fault, 'detail');
  const validation = all(one(detail, 'Validation_Fault'), 'Validation_Error').flatMap(
    error => textOf(error, 'Detail_Message') ?? textOf(error, 'Message') ?? [],
  );
  const processing = one(detail, 'Processing_Fault');
  if (validation.length > 0) return { code, reason, kind: 'validation', details: validation };
  if (processing) return { code, reason, kind: 'processing', details: [textOf(processing, 'Detail_Message') ?? reason] };
  if (/authenticationError/i.test(code) || /invalid username or password/i.test(reason)) return { code, reason, kind: 'authentication', details: [] };
  return { code, reason, kind: 'other', details: [] };
}

export interface CostRateRow {
  /** '' where it tells none. */
  employeeId: string;
  amount: string;
  currency: string;
  from: string;
  /** The rules that the row breaks: they name no amount, which is pay. */
  broken: BrokenRule[];
}

const COST_RATE: Shape<Record<string, unknown>> = { Employee_ID: 'id', Cost_Rate: 'amount', Currency: 'currency', Effective_Date: 'day' };

/** The report's rows, each as far as it can be read; no rows come as an empty list or not at all. Throws `vendor-unavailable` for no list. */
export function readCostRates(report: unknown): CostRateRow[] {
  const rows = (report as { Report_Entry?: unknown } | null)?.Report_Entry ?? [];
  if (!Array.isArray(rows)) throw new Problem('vendor-unavailable', 'Workday answered something else than a report', { code: 'malformed-answer' });
  return rows.map((entry: unknown) => {
    const row = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<string, unknown>;
    const [employeeId, amount, currency, day] = ['Employee_ID', 'Cost_Rate', 'Currency', 'Effective_Date'].map(name => plain(row[name]));
    const from = day.slice(0, 10);
    const filled = Object.fromEntries(Object.entries({ ...row, Effective_Date: from }).filter(([, value]) => value !== ''));
    return { employeeId, amount, currency, from, broken: brokenRules<Record<string, unknown>>(filled, COST_RATE) };
  });
}

const plain = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');

export const unfit = (broken: BrokenRule[]): RecordFault => new RecordFault('workday', broken);
