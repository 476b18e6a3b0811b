import { readDate, readMoment, tenantToday } from './pacific-time.js';
import { BSVC, invalidRequest } from './soap.js';
import { childOf, childrenOf, type Element } from './xml.js';

/** A checked Get_Workers_Request. */
export interface GetWorkers {
  references: { workers: Reference[]; skipMissing: boolean } | null;
  logCriteria: LogCriteria[];
  organizations: Reference[];
  countries: Reference[];
  excludeInactive: boolean;
  excludeEmployees: boolean;
  asOfDate: string;
  asOfMoment: string;
  page: number;
  count: number;
  groups: Set<string>;
  /** The parts that are echoed as they came. */
  request: Element;
}

export interface Reference {
  type: string;
  id: string;
}

/**
 * Moments and days between which something was entered or takes effect; both ends included, either
 * may be open.
 */
export interface LogCriteria {
  updatedFrom?: string;
  updatedThrough?: string;
  effectiveFrom?: string;
  effectiveThrough?: string;
  types: string[];
}

const CRITERIA = [
  'Transaction_Log_Criteria_Data',
  'Organization_Reference',
  'Country_Reference',
  'Include_Subordinate_Organizations',
  'Exclude_Inactive_Workers',
  'Exclude_Employees',
  'Exclude_Contingent_Workers',
];

export const DEFAULT_GROUPS = [
  'Include_Reference',
  'Include_Personal_Information',
  'Include_Employment_Information',
  'Include_Compensation',
  'Include_Organizations',
  'Include_Roles',
];

/** Reads the request; throws the validation fault that names its error. */
export function readGetWorkers(request: Element, now: Date): GetWorkers {
  checkQualified(request, '');
  const references = childOf(request, 'Request_References');
  const criteria = childOf(request, 'Request_Criteria');
  if (references && criteria) throw invalidRequest('Request_References and Request_Criteria exclude each other', '/Get_Workers_Request');
  const unknown = criteria?.children.find(child => !CRITERIA.includes(child.name));
  if (unknown) throw invalidRequest(`${unknown.name} is not known here`, `/Get_Workers_Request/Request_Criteria/${unknown.name}`);
  const filter = childOf(request, 'Response_Filter');
  return {
    references: references ? readReferences(references) : null,
    logCriteria: childrenOf(criteria, 'Transaction_Log_Criteria_Data').map(readLogCriteria),
    organizations: childrenOf(criteria, 'Organization_Reference').flatMap(readIds),
    countries: childrenOf(criteria, 'Country_Reference').flatMap(readIds),
    excludeInactive: flag(childOf(criteria, 'Exclude_Inactive_Workers')),
    excludeEmployees: flag(childOf(criteria, 'Exclude_Employees')),
    asOfDate: dateOf(childOf(filter, 'As_Of_Effective_Date')) ?? tenantToday(now),
    asOfMoment: momentOf(childOf(filter, 'As_Of_Entry_DateTime')) ?? now.toISOString(),
    page: whole(childOf(filter, 'Page'), 1, 1, Infinity),
    count: whole(childOf(filter, 'Count'), 100, 1, 999),
    groups: readGroups(childOf(request, 'Response_Group')),
    request,
  };
}

/** Elements and attributes are namespace-qualified alike; an unqualified one is unknown. */
function checkQualified(element: Element, path: string): void {
  const here = `${path}/${element.name}`;
  if (element.namespace !== BSVC) throw invalidRequest(`Element '${element.name}' is not of ${BSVC}`, here);
  const stray = element.attributes.find(attribute => attribute.namespace === '');
  if (stray) throw invalidRequest(`Attribute '${stray.name}' is not of ${BSVC}`, here);
  for (const child of element.children) checkQualified(child, here);
}

function readReferences(references: Element): GetWorkers['references'] {
  const workers = childrenOf(references, 'Worker_Reference').flatMap(readIds);
  if (workers.length === 0) throw invalidRequest('Worker_Reference is required', '/Get_Workers_Request/Request_References');
  const set = (name: string) => references.attributes.some(attribute => attribute.name === name && isTrue(attribute.value));
  return { workers, skipMissing: set('Skip_Non_Existing_Instances') || set('Ignore_Invalid_References') };
}

function readIds(reference: Element): Reference[] {
  const ids = childrenOf(reference, 'ID').map(id => ({ type: id.attributes.find(attribute => attribute.name === 'type')?.value ?? '', id: id.text }));
  if (ids.length === 0) throw invalidRequest(`${reference.name} has no ID`, reference.name);
  const untyped = ids.find(id => id.type === '');
  if (untyped) throw invalidRequest(`ID '${untyped.id}' has no type`, `${reference.name}/ID`);
  return ids.slice(0, 1);
}

function readLogCriteria(criteria: Element): LogCriteria {
  const range = childOf(criteria, 'Transaction_Date_Range_Data');
  const types = childrenOf(childOf(criteria, 'Transaction_Type_References'), 'Transaction_Type_Reference').flatMap(readIds);
  return {
    updatedFrom: momentOf(childOf(range, 'Updated_From')),
    updatedThrough: momentOf(childOf(range, 'Updated_Through')),
    effectiveFrom: dayOf(childOf(range, 'Effective_From')),
    effectiveThrough: dayOf(childOf(range, 'Effective_Through')),
    types: types.map(({ id }) => id),
  };
}

function readGroups(group: Element | undefined): Set<string> {
  if (!group || group.children.length === 0) return new Set(DEFAULT_GROUPS);
  return new Set(group.children.filter(flag).map(child => child.name));
}

const isTrue = (text: string): boolean => text === '1' || text === 'true';

const flag = (element: Element | undefined): boolean => element !== undefined && isTrue(element.text);

function whole(element: Element | undefined, otherwise: number, least: number, most: number): number {
  if (!element) return otherwise;
  const value = Number(element.text);
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw invalidRequest(
    `${element.name} must be from ${least}${most === Infinity ? '' : ` to ${most}`}; it was ${element.text}`,
    `Response_Filter/${element.name}`,
  );
}

function momentOf(element: Element | undefined): string | undefined {
  if (!element) return undefined;
  const moment = readMoment(element.text);
  if (!moment) throw invalidRequest(`'${element.text}' is not a dateTime`, element.name);
  return moment;
}

function dateOf(element: Element | undefined): string | undefined {
  if (!element) return undefined;
  const date = readDate(element.text);
  if (!date) throw invalidRequest(`'${element.text}' is not a date`, element.name);
  return date;
}

/**
 * The effective range is given as moments by some clients and as days by others; the day counts.
 */
function dayOf(element: Element | undefined): string | undefined {
  if (!element) return undefined;
  const day = readDate(element.text) ?? (readMoment(element.text) ? element.text.slice(0, 10) : undefined);
  if (!day) throw invalidRequest(`'${element.text}' is not a dateTime`, element.name);
  return day;
}
