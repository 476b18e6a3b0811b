import { Decimal } from 'decimal.js';
import { brokenRules, COUNTRIES, Problem, type BrokenRule } from '#canonical';
import { rowName } from '#capture';
import { element, elements, elementText, escapeXml, everyElement, soapBody, soapEnvelope, type ParsedXml } from '#connector';
import { dateOf, descriptorOf, flag, idOf } from '../workday.wire.js';

/**
 * A request of Get_Workers. Dates and moments as in canonical; workers by their Workday id (WID).
 */
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

/**
 * One worker of an answer: the fields we use, dates without their zones. Fields that the user may
 * not see are absent.
 */
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
  /** The address's country as an ISO 3166-1 code, and its region as in ISO 3166-2. */
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

/** `tag('Count', 10)`: an element of Workday's namespace; content is XML. */
const tag = (name: string, content: string | number): string => `<bsvc:${name}>${content}</bsvc:${name}>`;

/** The whole SOAP 1.1 envelope, with the user name token that Workday knows us by. */
export function getWorkersEnvelope(request: GetWorkersRequest, login: { username: string; password: string }): string {
  const { asOfDate, asOfMoment, page, count, groups } = request;
  const filter = tag('As_Of_Effective_Date', asOfDate) + tag('As_Of_Entry_DateTime', asOfMoment) + tag('Page', page) + tag('Count', count);
  const inside = selection(request) + tag('Response_Filter', filter) + tag('Response_Group', groups.map(group => tag(group, '1')).join(''));
  const body = `<bsvc:Get_Workers_Request bsvc:version="${request.version}">${inside}</bsvc:Get_Workers_Request>`;
  return soapEnvelope(body, { bsvc: 'urn:com.workday/bsvc' }, login);
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

/**
 * Reads an answer of Get_Workers. Throws `vendor-unavailable`, code `malformed-answer`, when it is
 * something else.
 */
export function readGetWorkers(text: string): GetWorkersAnswer {
  const answer = element(soapBody(text), 'Get_Workers_Response');
  const results = element(answer, 'Response_Results');
  if (!results)
    throw new Problem('vendor-unavailable', 'Workday answered something else than workers', { code: 'malformed-answer', retryable: true });
  return {
    totalResults: Number(elementText(results, 'Total_Results') ?? 0),
    totalPages: Number(elementText(results, 'Total_Pages') ?? 0),
    workers: everyElement(element(answer, 'Response_Data'), 'Worker').map(readWorker),
  };
}

/**
 * Reads each worker as far as possible: `broken` states what is missing. A worker without a WID is
 * known by its number, and the other way round.
 */
function readWorker(worker: ParsedXml, index: number): WorkdayWorker {
  const reference = element(worker, 'Worker_Reference');
  const data = element(worker, 'Worker_Data');
  const wid = idOf(reference, 'WID');
  const employeeId = idOf(reference, 'Employee_ID') ?? idOf(reference, 'Contingent_Worker_ID') ?? elementText(data, 'Worker_ID');
  const status = element(data, 'Employment_Data', 'Worker_Status_Data');
  const position = positionOf(data);
  const dates = {
    hireDate: dateOf(status, 'Hire_Date'),
    originalHireDate: dateOf(status, 'Original_Hire_Date'),
    terminationDate: dateOf(status, 'Termination_Date'),
  };
  const leaves = elements(status, 'Leave_Status_Data').flatMap(leaveOf);
  const effectiveDays = elements(element(data, 'Transaction_Log_Entry_Data'), 'Transaction_Log_Entry').flatMap(
    entry => dateOf(element(entry, 'Transaction_Log_Data'), 'Transaction_Effective_Moment') ?? [],
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
    name: nameOf(element(data, 'Personal_Data')),
    workEmail: workEmailOf(element(data, 'Personal_Data')),
    ...dates,
    hireRescinded: flag(status, 'Hire_Rescinded'),
    jobProfileId: idOf(element(position, 'Job_Profile_Summary_Data', 'Job_Profile_Reference'), 'Job_Profile_ID'),
    location: elementText(element(position, 'Business_Site_Summary_Data'), 'Name'),
    ...workplaceOf(element(position, 'Business_Site_Summary_Data', 'Address_Data')),
    fullTimeShare: fullTimeShareOf(position),
    managerId: managerOf(data, position),
    organizations: elements(element(data, 'Organization_Data'), 'Worker_Organization_Data').flatMap(organizationOf),
    skills: elements(element(data, 'Skill_Data'), 'Worker_Skill_Item').flatMap(item => descriptorOf(element(item, 'Skill_Reference')) ?? []),
    leaves,
    logEntries: elements(element(data, 'Transaction_Log_Entry_Data'), 'Transaction_Log_Entry').flatMap(
      entry => idOf(element(entry, 'Transaction_Log_Reference'), 'WID') ?? [],
    ),
    effectiveDays,
    broken,
  };
}

const brokenDays = (days: Record<string, string | undefined>): BrokenRule[] =>
  brokenRules<Record<string, string>>(days, Object.fromEntries(Object.keys(days).map(name => [name, 'day?' as const])));

function positionOf(data: ParsedXml | undefined): ParsedXml | undefined {
  const jobs = elements(element(data, 'Employment_Data'), 'Worker_Job_Data');
  return element(jobs.find(job => ['1', 'true'].includes(String(job['@Primary_Job']))) ?? jobs[0], 'Position_Data');
}

function workplaceOf(address: ParsedXml | undefined): Pick<WorkdayWorker, 'country' | 'region'> {
  const code = (reference: string, type: string) => idOf(element(address, reference), type)?.toUpperCase();
  const country = code('Country_Reference', 'ISO_3166-1_Alpha-2_Code');
  if (country === undefined || !COUNTRIES.has(country)) return {};
  // Tenants have it with its country and without.
  const region = code('Country_Region_Reference', 'ISO_3166-2_Code')?.replace(`${country}-`, '');
  return { country, ...(region !== undefined && /^[A-Z0-9]{1,3}$/.test(region) ? { region: `${country}-${region}` } : {}) };
}

const hoursOf = (position: ParsedXml | undefined) => ({
  Full_Time_Equivalent_Percentage: elementText(position, 'Full_Time_Equivalent_Percentage'),
  Scheduled_Weekly_Hours: elementText(position, 'Scheduled_Weekly_Hours'),
  Default_Weekly_Hours: elementText(position, 'Default_Weekly_Hours'),
});

/** The percentage that the tenant says, else the hours of their week over those of a full one. */
function fullTimeShareOf(position: ParsedXml | undefined): string | undefined {
  const { Full_Time_Equivalent_Percentage: percentage, Scheduled_Weekly_Hours: scheduled, Default_Weekly_Hours: full } = hoursOf(position);
  const [part, whole] = percentage === undefined ? [Number(scheduled), Number(full)] : [Number(percentage), 100];
  return part >= 0 && whole > 0 ? new Decimal(part).div(whole).toDecimalPlaces(6).toFixed() : undefined;
}

function nameOf(personal: ParsedXml | undefined): string | undefined {
  const names = element(personal, 'Name_Data');
  const detail = element(names, 'Preferred_Name_Data', 'Name_Detail_Data') ?? element(names, 'Legal_Name_Data', 'Name_Detail_Data');
  const parts = [elementText(detail, 'First_Name'), elementText(detail, 'Last_Name')].filter(part => part !== undefined);
  return elementText(detail, '@Formatted_Name') ?? (parts.length > 0 ? parts.join(' ') : undefined);
}

function workEmailOf(personal: ParsedXml | undefined): string | undefined {
  const isWork = (email: ParsedXml) =>
    elements(email, 'Usage_Data').some(usage =>
      elements(usage, 'Type_Data').some(type => idOf(element(type, 'Type_Reference'), 'Communication_Usage_Type_ID') === 'WORK'),
    );
  return elementText(elements(element(personal, 'Contact_Data'), 'Email_Address_Data').find(isWork), 'Email_Address');
}

/** From the position, else the last of the chain, who is the direct manager. */
function managerOf(data: ParsedXml | undefined, position: ParsedXml | undefined): string | undefined {
  const chain = elements(element(data, 'Management_Chain_Data', 'Worker_Supervisory_Management_Chain_Data'), 'Management_Chain_Data');
  const reference = elements(position, 'Manager_as_of_last_detected_manager_change_Reference')[0] ?? element(chain.at(-1), 'Manager_Reference');
  return idOf(reference, 'Employee_ID');
}

function organizationOf(entry: ParsedXml): WorkdayWorker['organizations'] {
  const organization = element(entry, 'Organization_Data');
  const type = idOf(element(organization, 'Organization_Type_Reference'), 'Organization_Type_ID');
  const id = elementText(organization, 'Organization_Reference_ID') ?? idOf(element(entry, 'Organization_Reference'), 'Organization_Reference_ID');
  return type && id ? [{ type, id }] : [];
}

function leaveOf(leave: ParsedXml): WorkdayLeave[] {
  const start = dateOf(leave, 'Leave_Start_Date');
  if (!start) return [];
  const type = element(leave, 'Leave_of_Absence_Type_Reference');
  return [
    {
      event: idOf(element(leave, 'Leave_Request_Event_Reference'), 'WID') ?? start,
      type: descriptorOf(type) ?? idOf(type, 'Leave_of_Absence_Type_ID') ?? 'Leave of absence',
      onLeave: flag(leave, 'On_Leave'),
      start,
      estimatedEnd: dateOf(leave, 'Estimated_Leave_End_Date'),
      end: dateOf(leave, 'Leave_End_Date'),
    },
  ];
}
