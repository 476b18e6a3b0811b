import {
  canonicalJson,
  mintId,
  money,
  nounOf,
  Problem,
  type Address,
  type BillingCustomer,
  type BillingMethod,
  type FinancialProject,
  type Milestone,
  type Money,
  type Task,
} from '#canonical';
import type { BillingType, ProjectRecord, ScheduleRecord, TaskRecord } from '../../projects/project-records.js';
import { milestoneAmountsOf, percentagesOf, shareOf, type MilestoneAmounts } from './netsuite.milestones.js';
import {
  compact,
  readBillingSchedule,
  NO_CUSTOMER_FIELDS,
  readCustomer,
  readJob,
  readProjectTask,
  readRelationship,
  type CustomerFields,
  type CustomFields,
  type NetsuiteAddress,
  type NetsuiteBillingSchedule,
  type NetsuiteCustomer,
  type NetsuiteJob,
  type NetsuiteMilestone,
  type NetsuiteProjectTask,
  type NetsuiteReference,
} from './netsuite.wire.js';

type Reference = NetsuiteReference | undefined;

/** What NetSuite's references mean in canonical codes; undefined when nobody can tell. */
export interface Codes {
  legalEntity(reference: Reference): string | undefined;
  costCentre(reference: Reference): string | undefined;
  taxCode(reference: Reference): string | undefined;
  terms(reference: Reference): string | undefined;
  currency(reference: Reference): string | undefined;
  customer(reference: Reference): string | undefined;
  schedule(reference: Reference): string | undefined;
  project(reference: Reference): string | undefined;
}

/** The account's ids of the billing types, both ways. */
export interface BillingTypeIds {
  idOf(type: BillingType): string;
  typeOf(id: string | undefined): BillingType | undefined;
}

export function billingTypeIds(pairs: string[]): BillingTypeIds {
  const ids = new Map(pairs.map(pair => [pair.slice(0, pair.indexOf('=')) as BillingType, pair.slice(pair.indexOf('=') + 1)]));
  return { idOf: type => ids.get(type) ?? type, typeOf: id => [...ids].find(([, known]) => known === id)?.[0] };
}

// ---- customer ----

export const isOurCustomer = (externalId: string | undefined): externalId is string => externalId !== undefined && nounOf(externalId) === 'customer';

/** Ours when it bears one; else one minted from where it is, which holds until it is given ours. */
export const customerIdOf = ({ id, externalId }: Pick<NetsuiteCustomer, 'id' | 'externalId'>, account: string): string =>
  isOurCustomer(externalId) ? externalId : mintId('customer', 'netsuite', account, id);

/** Without an id when it bears no external id of ours. */
export function customerOf(customer: NetsuiteCustomer, codes: Codes): Partial<BillingCustomer> {
  const { address } = billingAddressLine(customer) ?? {};
  return compact({
    id: customer.externalId,
    name: customer.companyName,
    legalName: address?.addressee,
    parentId: codes.customer(customer.parent),
    billingAddress: addressOf(address),
    billingEmail: customer.email,
    taxRegistration: customer.taxRegistration[0]?.taxRegistrationNumber,
    legalEntity: codes.legalEntity(customer.subsidiary),
    currency: codes.currency(customer.currency),
    paymentTerms: codes.terms(customer.terms),
    billToId: customer.billTo?.id === customer.id ? undefined : codes.customer(customer.billTo),
    reverseCharge: customer.reverseCharge,
    purchaseOrderRequired: customer.purchaseOrderRequired,
    status: customer.isInactive ? ('inactive' as const) : ('active' as const),
  });
}

const billingAddressLine = ({ addressBook }: NetsuiteCustomer) => addressBook.find(({ defaultBilling }) => defaultBilling) ?? addressBook[0];

function addressOf(address: NetsuiteAddress | undefined): Address | undefined {
  if (!address?.country) return undefined;
  return compact({ street: address.addr1, city: address.city, state: address.state, postalCode: address.zip, country: address.country.id });
}

/** Internal ids of what a customer refers to, looked up beforehand. */
export interface CustomerIds {
  subsidiary?: string;
  currency?: string;
  terms?: string;
  billTo?: string;
}

/** What to send so that the customer becomes `after`: the attributes that differ from `before`, null for those that go. */
export function customerBody(
  after: BillingCustomer,
  before: Partial<BillingCustomer> | null,
  existing: NetsuiteCustomer | null,
  ids: CustomerIds,
  fields: CustomerFields,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const body: Record<string, unknown> = {};
  if (!before) body.isPerson = false;
  if (changed('id')) body.externalId = after.id;
  if (changed('name')) body.companyName = after.name;
  if (changed('status')) body.isInactive = after.status === 'inactive';
  if (changed('billingEmail')) body.email = after.billingEmail ?? null;
  if (changed('parentId')) body.parent = after.parentId ? { externalId: after.parentId } : null;
  if (changed('legalEntity')) body.subsidiary = { id: ids.subsidiary };
  if (changed('currency')) body.currency = { id: ids.currency };
  if (changed('paymentTerms')) body.terms = ids.terms ? { id: ids.terms } : null;
  if (changed('billToId')) body[fields.billToField] = { id: ids.billTo };
  if (changed('reverseCharge')) body[fields.reverseChargeField] = after.reverseCharge;
  if (changed('purchaseOrderRequired')) body[fields.purchaseOrderRequiredField] = after.purchaseOrderRequired;
  // Lines are sent as the whole list and replace it: a list that is appended to would grow when a lost request commits late.
  if (changed('billingAddress') || changed('legalName')) body.addressBook = { items: addressLines(after, existing) };
  if (changed('taxRegistration') && after.taxRegistration) body.taxRegistration = { items: taxLines(after, existing) };
  return body;
}

/** The sublists that `customerBody` replaces. */
export const replacedSublists = (body: Record<string, unknown>): string[] => ['addressBook', 'taxRegistration'].filter(name => name in body);

function addressLines({ billingAddress, legalName }: BillingCustomer, existing: NetsuiteCustomer | null): unknown[] {
  const before = existing ? billingAddressLine(existing) : undefined;
  const others = existing?.addressBook.filter(line => line !== before).map(({ line }) => line) ?? [];
  const address = {
    ...(before?.line.addressBookAddress as object | undefined),
    addressee: legalName ?? null,
    addr1: billingAddress.street ?? null,
    city: billingAddress.city ?? null,
    state: billingAddress.state ?? null,
    zip: billingAddress.postalCode ?? null,
    country: { id: billingAddress.country },
  };
  return [{ label: 'Billing', ...before?.line, defaultBilling: true, addressBookAddress: address }, ...others];
}

function taxLines({ taxRegistration, billingAddress }: BillingCustomer, existing: NetsuiteCustomer | null): unknown[] {
  const others = existing?.taxRegistration.slice(1).map(({ line }) => line) ?? [];
  return [{ ...existing?.taxRegistration[0]?.line, nexusCountry: { id: billingAddress.country }, taxRegistrationNumber: taxRegistration }, ...others];
}

// ---- the legal entities that bill a customer beside its own ----

/** A legal entity that bills a customer which is another's. */
export interface FurtherEntity {
  customerId: string;
  legalEntity: string;
}

export const relationshipBody = (customer: string, subsidiary: string): Record<string, unknown> => ({
  entity: { id: customer },
  subsidiary: { id: subsidiary },
});

// ---- project ----

/** The billing methods that a billing type can stand for; the first when the project doesn't say which. */
const METHODS_OF: Record<BillingType, BillingMethod[]> = {
  'time-and-materials': ['time-and-materials'],
  'fixed-interval': ['retainer', 'fixed-price'],
  'fixed-milestone': ['milestone', 'fixed-price'],
};

/** The billing type is the truth; the firm's own field only tells which of the methods it stands for. */
function billingMethodOf(type: BillingType | undefined, said: string | undefined): BillingMethod | undefined {
  if (!type) return undefined;
  return METHODS_OF[type].find(method => method === said) ?? METHODS_OF[type][0];
}

/** `closedStatus` is the account's id of the status Closed, which finance may set by hand without making the project inactive. */
export function projectOf(job: NetsuiteJob, codes: Codes, types: BillingTypeIds, closedStatus: string): ProjectRecord {
  const currency = codes.currency(job.currency);
  const billingType = types.typeOf(job.jobBillingType?.id);
  const amount = (value: number | undefined) => (value === undefined || currency === undefined ? undefined : money(value, currency));
  return compact({
    id: job.externalId ?? '',
    title: job.companyName,
    dealId: job.dealId,
    customerId: codes.customer(job.parent),
    status: job.isInactive || job.entityStatus?.id === closedStatus ? ('archived' as const) : ('active' as const),
    billingMethod: billingMethodOf(billingType, job.billingMethod),
    billingType,
    billingSchedule: codes.schedule(job.billingSchedule),
    currency,
    price: amount(job.jobPrice),
    notToExceed: amount(job.notToExceed),
    startDate: job.startDate,
    endDate: job.projectedEndDate,
    dimensions: compact({
      legalEntity: codes.legalEntity(job.subsidiary),
      costCentre: codes.costCentre(job.costCentre),
      taxCode: codes.taxCode(job.taxCode),
    }),
    timeAllowed: job.allowTime,
    expensesAllowed: job.allowExpenses,
  });
}

export interface ProjectIds {
  subsidiary?: string;
  department?: string;
  taxItem?: string;
  currency?: string;
}

export interface ProjectSettings extends CustomFields {
  activeStatus: string;
  closedStatus: string;
}

export function jobBody(
  after: ProjectRecord,
  before: ProjectRecord | null,
  ids: ProjectIds,
  settings: ProjectSettings,
  types: BillingTypeIds,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const dimension = changedFrom(before?.dimensions ?? null, after.dimensions);
  const body: Record<string, unknown> = {};
  if (changed('title')) body.companyName = after.title;
  if (changed('customerId')) body.parent = { externalId: after.customerId };
  if (changed('currency')) body.currency = { id: ids.currency };
  if (changed('startDate')) body.startDate = after.startDate ?? null;
  if (changed('endDate')) body.projectedEndDate = after.endDate ?? null;
  if (changed('billingType')) body.jobBillingType = after.billingType ? { id: types.idOf(after.billingType) } : null;
  if (changed('billingSchedule')) body.billingSchedule = after.billingSchedule ? { externalId: after.billingSchedule } : null;
  if (changed('price')) body.jobPrice = numberOf(after.price);
  if (changed('timeAllowed')) body.allowTime = after.timeAllowed;
  if (changed('expensesAllowed')) body.allowExpenses = after.expensesAllowed;
  if (changed('dealId')) body[settings.dealIdField] = after.dealId ?? null;
  if (changed('billingMethod')) body[settings.billingMethodField] = after.billingMethod ?? null;
  if (changed('notToExceed')) body[settings.notToExceedField] = numberOf(after.notToExceed);
  if (dimension('legalEntity')) body.subsidiary = { id: ids.subsidiary };
  if (dimension('costCentre')) body[settings.costCentreField] = ids.department ? { id: ids.department } : null;
  if (dimension('taxCode')) body[settings.taxCodeField] = ids.taxItem ? { id: ids.taxItem } : null;
  if (changed('status'))
    Object.assign(body, {
      isInactive: after.status === 'archived',
      entityStatus: { id: after.status === 'archived' ? settings.closedStatus : settings.activeStatus },
    });
  return body;
}

// ---- billing schedule ----

/** What a schedule is read against: the money of its project, which it doesn't repeat, and what the account's milestones hold. */
export interface ScheduleBasis {
  currency: string;
  price?: Money;
  milestoneAmounts: MilestoneAmounts;
}

export function scheduleOf(schedule: NetsuiteBillingSchedule, basis: ScheduleBasis, types: BillingTypeIds): ScheduleRecord {
  const type = types.typeOf(schedule.scheduleType?.id);
  const frequency = type === 'fixed-milestone' ? ('milestones' as const) : schedule.frequency?.id === 'MONTHLY' ? ('monthly' as const) : undefined;
  const id = schedule.externalId ?? '';
  const { currency, price } = basis;
  const percentages = milestoneAmountsOf(schedule, price && Number(price.amount), basis.milestoneAmounts) === 'percentage';
  const amountOf = (amount: number) => (percentages ? shareOf(price ?? money(0, currency), amount) : money(amount, currency));
  return compact({
    id,
    type,
    frequency,
    startDate: schedule.seriesStartDate,
    milestones: schedule.milestone.map(line => milestoneOf(line, id, amountOf)).sort((a, b) => a.sequence - b.sequence),
  });
}

export function scheduleBody(
  after: ScheduleRecord,
  before: ScheduleRecord | null,
  project: Pick<FinancialProject, 'id' | 'title' | 'price'>,
  types: BillingTypeIds,
  milestoneAmounts: MilestoneAmounts,
): Record<string, unknown> {
  const changed = changedFrom(before, after);
  const byMilestones = after.type === 'fixed-milestone';
  const body: Record<string, unknown> = {};
  if (!before) Object.assign(body, { name: `${project.title} (${project.id})`, isPublic: false });
  if (changed('type')) body.scheduleType = { id: types.idOf(after.type!) };
  // A milestone schedule belongs to its project; the others are attached to theirs only.
  if (changed('type') && byMilestones) body.job = { externalId: project.id };
  if ((changed('frequency') || changed('type')) && !byMilestones) Object.assign(body, { frequency: { id: 'MONTHLY' }, repeatEvery: 1 });
  if (changed('startDate')) body.seriesStartDate = after.startDate;
  if (changed('milestones') && (before || after.milestones.length > 0))
    body.milestone = { items: milestoneLines(after.milestones, project.price, milestoneAmounts) };
  return body;
}

// A milestone line has no title and no external id: its comment carries both, as "mil_… Design accepted".
export function milestoneLines(milestones: Milestone[], price: Money | undefined, milestoneAmounts: MilestoneAmounts): object[] {
  const amounts = milestones.map(({ amount }) => amount);
  const sent = milestoneAmounts === 'amount' ? amounts.map(({ amount }) => Number(amount)) : price && percentagesOf(amounts, price);
  if (!sent) throw noPercentages(price);
  return milestones.map(({ id, title, sequence, dueDate }, index) => ({
    milestoneId: sequence,
    milestoneAmount: sent[index],
    milestoneDate: dueDate,
    comments: `${id} ${title}`,
  }));
}

function noPercentages(price: Money | undefined): Problem {
  const message = `billingSchedule.milestones can't be percentages of ${price ? `${price.amount} ${price.currency}` : 'a project without a price'}`;
  return new Problem('unprocessable', `${message}.`, {
    code: 'no-percentages',
    fields: [{ field: 'billingSchedule.milestones', rule: 'percentages', message }],
  });
}

function milestoneOf(line: NetsuiteMilestone, scheduleId: string, amountOf: (amount: number) => Money): Milestone {
  const comments = line.comments ?? '';
  const [first = '', ...rest] = comments.split(' ');
  const ours = nounOf(first) === 'milestone';
  const sequence = line.milestoneId ?? 0;
  return {
    id: ours ? first : mintId('milestone', 'netsuite', scheduleId, String(sequence)),
    title: ours ? rest.join(' ') : comments,
    sequence,
    dueDate: line.milestoneDate ?? '',
    amount: amountOf(line.milestoneAmount ?? 0),
  };
}

// ---- task ----

/** Work is hours there, minutes here; whole minutes come back whole even from two decimals. */
export function taskOf(task: NetsuiteProjectTask, codes: Codes): TaskRecord {
  return compact({
    id: task.externalId ?? '',
    projectId: codes.project(task.project) ?? '',
    title: task.title,
    role: task.role,
    startDate: task.startDateTime?.slice(0, 10),
    endDate: task.finishByDate,
    estimatedMinutes: Math.round((task.estimatedWork ?? 0) * 60),
    billable: !task.nonBillableTask,
  });
}

export function taskBody(
  after: TaskRecord,
  before: TaskRecord | null,
  { taskRoleField }: Pick<CustomFields, 'taskRoleField'>,
): Record<string, unknown> {
  const changed = changedFrom<Task>(before, after);
  const body: Record<string, unknown> = {};
  if (!before) body.project = { externalId: after.projectId };
  if (changed('title')) body.title = after.title;
  if (changed('role')) body[taskRoleField] = after.role ?? null;
  if (changed('startDate')) body.startDateTime = after.startDate ? `${after.startDate}T00:00:00Z` : null;
  if (changed('endDate')) body.finishByDate = after.endDate ?? null;
  if (changed('estimatedMinutes')) body.estimatedWork = after.estimatedMinutes / 60;
  if (changed('billable')) body.nonBillableTask = !after.billable;
  return body;
}

// ---- history ----

/** A row of the sandbox's ledger, or of whatever tells a record before and after a write. */
export interface HistoryRow {
  type: string;
  id: string;
  externalId: string | null;
  before: unknown;
  after: unknown;
}

export interface HistoryState {
  noun: 'customer' | 'customer-legal-entity' | 'financial-project' | 'billing-schedule' | 'financial-task';
  externalId: string;
  before: object | null;
  after: object | null;
}

/**
 * What rows of history, oldest first, say in canonical records: the same as the effects that caused them. Their references carry external
 * ids; a schedule's money is that of its project, whose row came before. Rows of other types are left out.
 */
export function statesOf(
  rows: HistoryRow[],
  fields: CustomFields,
  types: BillingTypeIds,
  { closedStatus = '1', milestoneAmounts = 'percentage' }: { closedStatus?: string; milestoneAmounts?: MilestoneAmounts } = {},
): HistoryState[] {
  const projects = new Map<string, ProjectRecord>();
  return rows.flatMap(({ type, id, externalId, before, after }): HistoryState[] => {
    const told = (noun: HistoryState['noun'], map: (json: unknown) => object): HistoryState[] => [
      { noun, externalId: externalId ?? '', before: before ? map(before) : null, after: after ? map(after) : null },
    ];
    switch (type) {
      case 'customer':
        return told('customer', json => customerOf(readCustomer(json, NO_CUSTOMER_FIELDS), HISTORY_CODES));
      case 'customerSubsidiaryRelationship':
        return told('customer-legal-entity', json => furtherEntityOf(json));
      case 'job': {
        const project = (json: unknown) => projectOf(readJob(json, fields), HISTORY_CODES, types, closedStatus);
        if (after) projects.set(id, project(after));
        return told('financial-project', project);
      }
      case 'billingSchedule':
        return told('billing-schedule', json => {
          const schedule = readBillingSchedule(json);
          const { currency = '', price } = projects.get(schedule.job?.id ?? '') ?? {};
          return scheduleOf(schedule, { currency, price, milestoneAmounts }, types);
        });
      case 'projectTask':
        return told('financial-task', json => taskOf(readProjectTask(json, fields), HISTORY_CODES));
      default:
        return [];
    }
  });
}

function furtherEntityOf(json: unknown): FurtherEntity {
  const { entity, subsidiary } = readRelationship(json);
  return { customerId: external(entity) ?? '', legalEntity: external(subsidiary) ?? '' };
}

const external = (reference: Reference) => reference?.externalId;
const named = (reference: Reference) => reference?.refName;

/** How references read where each carries its external id and name. */
const HISTORY_CODES: Codes = {
  legalEntity: external,
  costCentre: external,
  taxCode: named,
  terms: named,
  currency: external,
  customer: external,
  schedule: external,
  project: external,
};

const numberOf = (amount: { amount: string } | undefined): number | null => (amount ? Number(amount.amount) : null);

/** Tells whether an attribute must be sent: all that are there for a new record, those that differ for one that exists. */
function changedFrom<T extends object>(before: Partial<T> | null, after: Partial<T>): (name: keyof T) => boolean {
  return name => (before ? canonicalJson(before[name]) !== canonicalJson(after[name]) : after[name] !== undefined);
}
