import { brokenRules, Problem, RecordFault, type BrokenRule, type Rule } from '#canonical';
import type { SalesforceConfig } from './salesforce.config.js';

/** A row of a query's answer, as it came. */
export type SalesforceRow = Record<string, unknown>;

export interface SalesforcePage {
  totalSize: number;
  done: boolean;
  nextRecordsUrl?: string;
  records: SalesforceRow[];
}

/** An account, under our names for the firm's own fields. Absent where the org leaves it empty. */
export interface SalesforceAccount {
  id: string;
  name: string;
  parentId?: string;
  street?: string;
  city?: string;
  state?: string;
  postalCode?: string;
  country?: string;
  currency?: string;
  legalName?: string;
  taxRegistration?: string;
  billingEmail?: string;
  paymentTerms?: string;
  purchaseOrderRequired?: boolean;
  billTo?: string;
  reverseCharge?: boolean;
  modifiedAt: string;
  extensions: Record<string, unknown>;
}

export interface SalesforceLine {
  id: string;
  productCode?: string;
  productName?: string;
  unit?: string;
  quantity: number;
  unitPrice: number;
  totalPrice: number;
  startDate?: string;
  endDate?: string;
  skills?: string;
}

export interface SalesforceMilestone {
  id: string;
  name: string;
  sequence?: number;
  dueDate?: string;
  amount: number;
}

export interface SalesforceOpportunity {
  id: string;
  name: string;
  stageName: string;
  won: boolean;
  closed: boolean;
  closeDate: string;
  amount?: number;
  currency?: string;
  legalEntity?: string;
  billingMethod?: string;
  practice?: string;
  startDate?: string;
  endDate?: string;
  rateCard?: string;
  notToExceed?: number;
  hoursPerDay?: number;
  purchaseOrder?: string;
  account?: SalesforceAccount;
  owner?: { name: string; email?: string };
  lines: SalesforceLine[];
  milestones: SalesforceMilestone[];
  modifiedAt: string;
  extensions: Record<string, unknown>;
}

export interface SalesforceRateCard {
  id: string;
  code: string;
  effectiveFrom?: string;
  legalEntity?: string;
  currency?: string;
  /** `price` is of `unit`; without one, of an hour. */
  rates: { role?: string; price?: number; unit?: string }[];
}

const NONE = 'none';

/** The fields of `names` that the org has, once each. */
const fieldList = (names: string[]): string => [...new Set(names.filter(name => name !== NONE))].join(', ');

const accountFields = (c: SalesforceConfig): string[] => [
  'Id',
  'Name',
  'ParentId',
  'BillingStreet',
  'BillingCity',
  'BillingState',
  'BillingPostalCode',
  c.billingCountry,
  c.legalName,
  c.taxRegistration,
  c.billingEmail,
  c.paymentTerms,
  c.purchaseOrderRequired,
  c.billTo,
  c.reverseCharge,
  'SystemModstamp',
  ...currencyField(c),
  ...c.customerExtensions,
];

const currencyField = (c: SalesforceConfig): string[] => (c.currency ? [] : ['CurrencyIsoCode']);

/** What is selected, per object. Sub-queries come in the order people put the rows. */
export function accountSelect(c: SalesforceConfig): string {
  return `SELECT ${fieldList(accountFields(c))} FROM Account`;
}

export function opportunitySelect(c: SalesforceConfig): string {
  const own = fieldList([
    'Id',
    'Name',
    'StageName',
    'IsWon',
    'IsClosed',
    'CloseDate',
    'Amount',
    'SystemModstamp',
    ...currencyField(c),
    c.legalEntity,
    c.billingMethod,
    c.practice,
    c.startDate,
    c.endDate,
    c.rateCard,
    c.notToExceed,
    c.contractHoursPerDay,
    c.purchaseOrder,
    'Owner.Name',
    'Owner.Email',
    ...c.dealExtensions,
    ...accountFields(c)
      .filter(field => field !== NONE)
      .map(field => `Account.${field}`),
  ]);
  const lines = fieldList([
    'Id',
    'Product2.ProductCode',
    'Product2.Name',
    'Product2.QuantityUnitOfMeasure',
    'Quantity',
    'UnitPrice',
    'TotalPrice',
    'ServiceDate',
    c.lineEndDate,
    c.lineSkills,
  ]);
  const children = [`(SELECT ${lines} FROM OpportunityLineItems ORDER BY SortOrder, Id)`];
  if (c.milestones !== NONE) children.push(`(SELECT ${milestoneFields(c)} FROM ${c.milestones} ORDER BY ${orderOf(c.milestoneSequence)})`);
  return `SELECT ${own}, ${children.join(', ')} FROM Opportunity`;
}

const milestoneFields = (c: SalesforceConfig) => fieldList(['Id', 'Name', c.milestoneSequence, c.milestoneDueDate, c.milestoneAmount]);
const orderOf = (field: string) => (field === NONE ? 'Id' : `${field}, Id`);

export function rateCardSelect(c: SalesforceConfig): string {
  const own = fieldList(['Id', c.rateCardCode, c.rateCardEffectiveFrom, c.rateCardLegalEntity, ...currencyField(c)]);
  return `SELECT ${own}, (SELECT ${fieldList(['Id', c.rateRole, c.ratePerHour, c.rateUnit])} FROM ${c.rates} ORDER BY ${orderOf(c.rateRole)}) FROM ${c.rateCardObject}`;
}

/** A SOQL string. Quotes and backslashes are escaped: what is in it can't end it. */
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
export function childPage(row: SalesforceRow, relationship: string): SalesforcePage {
  const children = row[relationship];
  if (children === null || children === undefined) return { totalSize: 0, done: true, records: [] };
  try {
    return readPage(children);
  } catch {
    throw unfit(relationship, 'list');
  }
}

export function readAccount(row: SalesforceRow, c: SalesforceConfig): SalesforceAccount {
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    parentId: text(row, 'ParentId'),
    street: text(row, 'BillingStreet'),
    city: text(row, 'BillingCity'),
    state: text(row, 'BillingState'),
    postalCode: text(row, 'BillingPostalCode'),
    country: text(row, c.billingCountry),
    currency: currencyOf(row, c),
    legalName: text(row, c.legalName),
    taxRegistration: text(row, c.taxRegistration),
    billingEmail: text(row, c.billingEmail),
    paymentTerms: text(row, c.paymentTerms),
    purchaseOrderRequired: flag(row, c.purchaseOrderRequired),
    billTo: text(row, c.billTo),
    reverseCharge: flag(row, c.reverseCharge),
    modifiedAt: instant(row, 'SystemModstamp'),
    extensions: extensionsOf(row, c.customerExtensions),
  };
}

/** `lines` and `milestones` are given: a sub-query's rows may have come in several pages. */
export function readOpportunity(row: SalesforceRow, lines: SalesforceRow[], milestones: SalesforceRow[], c: SalesforceConfig): SalesforceOpportunity {
  const account = row.Account as SalesforceRow | null | undefined;
  const owner = text(row, 'Owner.Name');
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    stageName: required(row, 'StageName'),
    won: row.IsWon === true,
    closed: row.IsClosed === true,
    closeDate: day(row, 'CloseDate') ?? required(row, 'CloseDate'),
    amount: number(row, 'Amount'),
    currency: currencyOf(row, c),
    legalEntity: text(row, c.legalEntity),
    billingMethod: text(row, c.billingMethod),
    practice: text(row, c.practice),
    startDate: day(row, c.startDate),
    endDate: day(row, c.endDate),
    rateCard: text(row, c.rateCard),
    notToExceed: number(row, c.notToExceed),
    hoursPerDay: hoursOfDay(row, c.contractHoursPerDay),
    purchaseOrder: text(row, c.purchaseOrder),
    account: account ? inside('Account', account, () => readAccount(account, c)) : undefined,
    owner: owner === undefined ? undefined : { name: owner, email: text(row, 'Owner.Email') },
    lines: lines.map(line => inside('OpportunityLineItems', line, () => readLine(line, c))),
    milestones: milestones.map(milestone => inside(c.milestones, milestone, () => readMilestone(milestone, c))),
    modifiedAt: instant(row, 'SystemModstamp'),
    extensions: extensionsOf(row, c.dealExtensions),
  };
}

function readLine(row: SalesforceRow, c: SalesforceConfig): SalesforceLine {
  return {
    id: required(row, 'Id'),
    productCode: text(row, 'Product2.ProductCode'),
    productName: text(row, 'Product2.Name'),
    unit: text(row, 'Product2.QuantityUnitOfMeasure'),
    quantity: number(row, 'Quantity') ?? 0,
    unitPrice: number(row, 'UnitPrice') ?? 0,
    totalPrice: number(row, 'TotalPrice') ?? 0,
    startDate: day(row, 'ServiceDate'),
    endDate: day(row, c.lineEndDate),
    skills: text(row, c.lineSkills),
  };
}

function readMilestone(row: SalesforceRow, c: SalesforceConfig): SalesforceMilestone {
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    sequence: number(row, c.milestoneSequence),
    dueDate: day(row, c.milestoneDueDate),
    amount: number(row, c.milestoneAmount) ?? 0,
  };
}

export function readRateCard(row: SalesforceRow, rates: SalesforceRow[], c: SalesforceConfig): SalesforceRateCard {
  return {
    id: required(row, 'Id'),
    code: required(row, c.rateCardCode),
    // Where cards have a first day, one without it would price every day that ever was.
    effectiveFrom: c.rateCardEffectiveFrom === NONE ? undefined : (day(row, c.rateCardEffectiveFrom) ?? required(row, c.rateCardEffectiveFrom)),
    legalEntity: text(row, c.rateCardLegalEntity),
    currency: currencyOf(row, c) ?? required(row, 'CurrencyIsoCode'),
    rates: rates.map(rate =>
      inside(c.rates, rate, () => ({ role: text(rate, c.rateRole), price: number(rate, c.ratePerHour), unit: text(rate, c.rateUnit) })),
    ),
  };
}

/** Reads a record inside another; what it breaks is told with which it is. */
function inside<T>(relationship: string, row: SalesforceRow, read: () => T): T {
  if (typeof row !== 'object' || row === null) throw unfit(relationship, 'record');
  try {
    return read();
  } catch (error) {
    throw error instanceof RecordFault ? error.within(`${relationship} ${typeof row.Id === 'string' ? row.Id : ''}`.trim()) : error;
  }
}

/** The value at a path over look-ups; undefined when the field, or a record on the way, is empty or not in the org. */
function at(row: SalesforceRow, path: string): unknown {
  if (path === NONE) return undefined;
  return path.split('.').reduce<unknown>((value, name) => (value as SalesforceRow | null | undefined)?.[name], row) ?? undefined;
}

function text(row: SalesforceRow, path: string): string | undefined {
  const value = at(row, path);
  if (value === undefined || typeof value === 'string') return value === '' ? undefined : value;
  // A field may be mapped to one that holds a number, e.g. a numeric purchase order.
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw unfit(path, 'text');
}

function number(row: SalesforceRow, path: string): number | undefined {
  const value = at(row, path);
  if (value === undefined || typeof value === 'number') return value;
  throw unfit(path, 'number');
}

/** A day of no hours, or of more than there are, would price every day of the deal wrongly. */
function hoursOfDay(row: SalesforceRow, path: string): number | undefined {
  const hours = number(row, path);
  if (hours !== undefined && (hours < 1 || hours > 24)) throw unfit(path, 'hours-of-day');
  return hours;
}

function flag(row: SalesforceRow, path: string): boolean | undefined {
  const value = at(row, path);
  if (value === undefined || typeof value === 'boolean') return value;
  throw unfit(path, 'flag');
}

/** A text that the rule allows. */
function checked(row: SalesforceRow, path: string, rule: Rule): string | undefined {
  const value = text(row, path);
  const [broken] = brokenRules<Record<string, string>>({ [path]: value }, { [path]: `${rule}?` });
  if (broken) throw unfit(path, broken.rule);
  return value;
}

const day = (row: SalesforceRow, path: string): string | undefined => checked(row, path, 'day');
const currencyOf = (row: SalesforceRow, c: SalesforceConfig): string | undefined => c.currency ?? checked(row, 'CurrencyIsoCode', 'currency');

function required(row: SalesforceRow, path: string): string {
  const value = text(row, path);
  if (value === undefined) throw unfit(path, 'present');
  return value;
}

/** `2026-11-20T09:15:00.000+0000` as `2026-11-20T09:15:00.000Z`. */
function instant(row: SalesforceRow, path: string): string {
  const at = new Date(required(row, path).replace(/([+-]\d{2})(\d{2})$/, '$1:$2'));
  if (Number.isNaN(at.getTime())) throw unfit(path, 'instant');
  return at.toISOString();
}

function extensionsOf(row: SalesforceRow, fields: string[]): Record<string, unknown> {
  return Object.fromEntries(fields.filter(field => field !== NONE && at(row, field) !== undefined).map(field => [field, at(row, field)]));
}

const unfit = (field: string, rule: BrokenRule['rule']): RecordFault => new RecordFault('salesforce', [{ field, rule }]);

const malformed = (what: string) => new Problem('vendor-unavailable', `Salesforce's answer can't be read: ${what}`, { code: 'malformed-answer' });
