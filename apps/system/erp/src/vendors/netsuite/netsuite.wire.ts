import { brokenRules, Problem, RecordFault, type BrokenRule } from '#canonical';

/** Another record as a record refers to it. Lists and look-ups may know its external id too. */
export interface NetsuiteReference {
  id: string;
  externalId?: string;
  refName?: string;
}

export interface NetsuiteAddress {
  addressee?: string;
  addr1?: string;
  city?: string;
  state?: string;
  zip?: string;
  country?: NetsuiteReference;
}

export interface NetsuiteAddressLine {
  id?: number;
  defaultBilling: boolean;
  address: NetsuiteAddress;
  /** The whole line as it came, to send it back among those that replace the list. */
  line: Record<string, unknown>;
}

export interface NetsuiteTaxRegistration {
  nexusCountry?: NetsuiteReference;
  taxRegistrationNumber?: string;
  line: Record<string, unknown>;
}

export interface NetsuiteCustomer {
  id: string;
  externalId?: string;
  entityId?: string;
  companyName: string;
  email?: string;
  isInactive: boolean;
  subsidiary?: NetsuiteReference;
  currency?: NetsuiteReference;
  terms?: NetsuiteReference;
  parent?: NetsuiteReference;
  billTo?: NetsuiteReference;
  reverseCharge?: boolean;
  purchaseOrderRequired?: boolean;
  addressBook: NetsuiteAddressLine[];
  taxRegistration: NetsuiteTaxRegistration[];
}

export interface NetsuiteJob {
  id: string;
  externalId?: string;
  companyName: string;
  isInactive: boolean;
  entityStatus?: NetsuiteReference;
  parent?: NetsuiteReference;
  subsidiary?: NetsuiteReference;
  currency?: NetsuiteReference;
  jobBillingType?: NetsuiteReference;
  billingSchedule?: NetsuiteReference;
  jobPrice?: number;
  startDate?: string;
  projectedEndDate?: string;
  allowTime: boolean;
  allowExpenses: boolean;
  costCentre?: NetsuiteReference;
  taxCode?: NetsuiteReference;
  dealId?: string;
  billingMethod?: string;
  notToExceed?: number;
}

export interface NetsuiteMilestone {
  milestoneId?: number;
  milestoneAmount?: number;
  milestoneDate?: string;
  comments?: string;
}

export interface NetsuiteBillingSchedule {
  id: string;
  externalId?: string;
  job?: NetsuiteReference;
  scheduleType?: NetsuiteReference;
  frequency?: NetsuiteReference;
  seriesStartDate?: string;
  /** How much of the project's amount the milestones leave. */
  initialAmountPercent?: number;
  milestone: NetsuiteMilestone[];
}

export interface NetsuiteProjectTask {
  id: string;
  externalId?: string;
  title: string;
  project?: NetsuiteReference;
  startDateTime?: string;
  finishByDate?: string;
  estimatedWork?: number;
  nonBillableTask: boolean;
  role?: string;
}

/** What the firm calls its own fields. */
export interface CustomFields {
  costCentreField: string;
  taxCodeField: string;
  dealIdField: string;
  billingMethodField: string;
  notToExceedField: string;
  taskRoleField: string;
}

/** What the firm calls its own fields of customers; empty where it has none. */
export interface CustomerFields {
  billToField: string;
  reverseChargeField: string;
  purchaseOrderRequiredField: string;
}

export const NO_CUSTOMER_FIELDS: CustomerFields = { billToField: '', reverseChargeField: '', purchaseOrderRequiredField: '' };

/** A row of SuiteQL: every value a string, null left out. */
export type NetsuiteRow = Record<string, string | undefined>;

export interface NetsuiteRows {
  items: NetsuiteRow[];
  hasMore: boolean;
}

type Json = Record<string, unknown>;

export function readRelationship(json: unknown): { entity?: NetsuiteReference; subsidiary?: NetsuiteReference } {
  const record = recordOf(json, 'customerSubsidiaryRelationship');
  return { entity: record.reference('entity'), subsidiary: record.reference('subsidiary') };
}

/** Reads an expanded customer; throws a `RecordFault` that names what it lacks. */
export function readCustomer(json: unknown, fields: CustomerFields): NetsuiteCustomer {
  const record = recordOf(json, 'customer');
  const own = <T>(name: string, read: (name: string) => T): T | undefined => (name === '' ? undefined : read(name));
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    entityId: record.text('entityId'),
    companyName: record.text('companyName') ?? '',
    email: record.text('email'),
    isInactive: record.flag('isInactive'),
    subsidiary: record.reference('subsidiary'),
    currency: record.reference('currency'),
    terms: record.reference('terms'),
    parent: record.reference('parent'),
    billTo: own(fields.billToField, name => record.reference(name)),
    reverseCharge: own(fields.reverseChargeField, name => record.flag(name)),
    purchaseOrderRequired: own(fields.purchaseOrderRequiredField, name => record.flag(name)),
    addressBook: record.lines('addressBook').map(addressLine),
    taxRegistration: record
      .lines('taxRegistration')
      .map(line =>
        compact({ nexusCountry: line.reference('nexusCountry'), taxRegistrationNumber: line.text('taxRegistrationNumber'), line: line.bare() }),
      ),
  });
}

function addressLine(line: WireRecord): NetsuiteAddressLine {
  const address = line.part('addressBookAddress');
  const read = compact({
    addressee: address.text('addressee'),
    addr1: address.text('addr1'),
    city: address.text('city'),
    state: address.text('state'),
    zip: address.text('zip'),
    country: address.reference('country'),
  });
  return compact({ id: line.number('id'), defaultBilling: line.flag('defaultBilling'), address: read, line: line.bare() });
}

export function readJob(json: unknown, fields: CustomFields): NetsuiteJob {
  const record = recordOf(json, 'job');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    companyName: record.text('companyName') ?? '',
    isInactive: record.flag('isInactive'),
    entityStatus: record.reference('entityStatus'),
    parent: record.reference('parent'),
    subsidiary: record.reference('subsidiary'),
    currency: record.reference('currency'),
    jobBillingType: record.reference('jobBillingType'),
    billingSchedule: record.reference('billingSchedule'),
    jobPrice: record.number('jobPrice'),
    startDate: record.day('startDate'),
    projectedEndDate: record.day('projectedEndDate'),
    allowTime: record.flag('allowTime'),
    allowExpenses: record.flag('allowExpenses'),
    costCentre: record.reference(fields.costCentreField),
    taxCode: record.reference(fields.taxCodeField),
    dealId: record.text(fields.dealIdField),
    billingMethod: record.text(fields.billingMethodField),
    notToExceed: record.number(fields.notToExceedField),
  });
}

export function readBillingSchedule(json: unknown): NetsuiteBillingSchedule {
  const record = recordOf(json, 'billingSchedule');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    job: record.reference('job'),
    scheduleType: record.reference('scheduleType'),
    frequency: record.reference('frequency'),
    seriesStartDate: record.day('seriesStartDate'),
    initialAmountPercent: record.number('initialAmountPercent'),
    milestone: record.lines('milestone').map(line =>
      compact({
        milestoneId: line.number('milestoneId'),
        milestoneAmount: line.number('milestoneAmount'),
        milestoneDate: line.day('milestoneDate'),
        comments: line.text('comments'),
      }),
    ),
  });
}

export function readProjectTask(json: unknown, fields: CustomFields): NetsuiteProjectTask {
  const record = recordOf(json, 'projectTask');
  return compact({
    id: record.string('id'),
    externalId: record.text('externalId'),
    title: record.text('title') ?? '',
    project: record.reference('project'),
    startDateTime: record.text('startDateTime'),
    finishByDate: record.day('finishByDate'),
    estimatedWork: record.number('estimatedWork'),
    nonBillableTask: record.flag('nonBillableTask'),
    role: record.text(fields.taskRoleField),
  });
}

export function readRows(json: unknown): NetsuiteRows {
  if (!isJson(json) || !Array.isArray(json.items)) throw malformed('a page of SuiteQL');
  return { items: json.items.map(rowOf), hasMore: json.hasMore === true };
}

/** What is no row shows nothing, and what of a row is no text is made one, to be checked by whoever needs it. */
const rowOf = (row: unknown): NetsuiteRow =>
  isJson(row) ? Object.fromEntries(Object.entries(row).flatMap(([name, value]) => (value === null ? [] : [[name, plain(value)]]))) : {};

const plain = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** The internal id at the end of a `Location`. */
export function idOfLocation(location: string | undefined): string {
  const id = location?.split('/').at(-1);
  if (!id) throw malformed('a Location with the id of what was written');
  return id;
}

/** The path of a job; its `Location` may be relative or absolute. */
export function jobOfLocation(location: string | undefined): string {
  const path = /\/services\/rest\/async\/v1\/job\/[^/?#]+/.exec(location ?? '')?.[0];
  if (!path) throw malformed('a Location with the job that took the batch up');
  return path;
}

/** Whether a job has ended. Its `progress` has several words for that; `completed` is the one that is documented. */
export function readCompleted(json: unknown): boolean {
  if (!isJson(json) || typeof json.completed !== 'boolean') throw malformed('a job');
  return json.completed;
}

/** A record's fields, each checked for its type as it is taken. */
class WireRecord {
  constructor(
    private readonly json: Json,
    private readonly what: string,
  ) {}

  string(name: string): string {
    const value = this.text(name);
    if (value === undefined) throw this.#unfit(name, 'present');
    return value;
  }

  day(name: string): string | undefined {
    const value = this.text(name);
    const [broken] = brokenRules<Record<string, string>>({ [name]: value }, { [name]: 'day?' });
    if (broken) throw this.#unfit(name, broken.rule);
    return value;
  }

  #unfit(name: string, rule: BrokenRule['rule']): RecordFault {
    return unfit(`${this.what}.${name}`, rule);
  }

  text(name: string): string | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string' && typeof value !== 'number') throw this.#unfit(name, 'text');
    return String(value);
  }

  flag(name: string): boolean {
    const value = this.json[name];
    if (value === undefined || value === null) return false;
    if (typeof value !== 'boolean') throw this.#unfit(name, 'flag');
    return value;
  }

  number(name: string): number | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    const read = typeof value === 'number' || typeof value === 'string' ? Number(value) : NaN;
    if (!Number.isFinite(read)) throw this.#unfit(name, 'number');
    return read;
  }

  amount(name: string): number {
    const value = this.number(name);
    if (value === undefined) throw this.#unfit(name, 'present');
    return value;
  }

  /** A reference or an enum; the latter may come as its bare id. */
  reference(name: string): NetsuiteReference | undefined {
    const value = this.json[name];
    if (value === undefined || value === null) return undefined;
    if (typeof value === 'string' || typeof value === 'number') return { id: String(value) };
    const read = recordOf(value, `${this.what}.${name}`);
    return compact({ id: read.string('id'), externalId: read.text('externalId'), refName: read.text('refName') });
  }

  part(name: string): WireRecord {
    return recordOf(this.json[name] ?? {}, `${this.what}.${name}`);
  }

  lines(name: string): WireRecord[] {
    const value = this.json[name];
    if (value === undefined || value === null) return [];
    if (!isJson(value) || (value.items !== undefined && !Array.isArray(value.items))) throw this.#unfit(name, 'list');
    return ((value.items as unknown[] | undefined) ?? []).map((line, index) => recordOf(line, `${this.what}.${name}[${index}]`));
  }

  /** As it came, without links: fit to be sent again. */
  bare(): Json {
    return withoutLinks(this.json) as Json;
  }
}

function withoutLinks(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutLinks);
  if (!isJson(value)) return value;
  if ('refName' in value && 'id' in value) return { id: value.id };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== 'links')
      .map(([name, part]) => [name, withoutLinks(part)]),
  );
}

export function recordOf(json: unknown, what: string): WireRecord {
  if (!isJson(json)) throw unfit(what, 'record');
  return new WireRecord(json, what);
}

const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

export const unfit = (field: string, rule: BrokenRule['rule']): RecordFault => new RecordFault('netsuite', [{ field, rule }]);

const malformed = (what: string): Problem =>
  new Problem('vendor-unavailable', `NetSuite's answer isn't ${what} as expected`, { code: 'malformed-answer' });

/** Leaves out what is undefined. */
export const compact = <T extends object>(value: T): T => Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined)) as T;
