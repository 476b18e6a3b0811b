import { NONE, type Row } from '#connector';
import { accountFields, readAccount, type SalesforceAccount } from '../customers/customers.wire.js';
import type { SalesforceConfig } from '../salesforce.config.js';
import { currencyField, currencyOf, checked, bag, fieldList, inside, instant, number, orderOf, required, text, unfit } from '../salesforce.wire.js';

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

/** Sub-queries come in the order people put the rows. */
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

/** `lines` and `milestones` are given: a sub-query's rows may have come in several pages. */
export function readOpportunity(row: Row, lines: Row[], milestones: Row[], c: SalesforceConfig): SalesforceOpportunity {
  const account = row.Account as Row | null | undefined;
  const owner = text(row, 'Owner.Name');
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    stageName: required(row, 'StageName'),
    won: row.IsWon === true,
    closed: row.IsClosed === true,
    closeDate: checked(row, 'CloseDate', 'day') ?? required(row, 'CloseDate'),
    amount: number(row, 'Amount'),
    currency: currencyOf(row, c),
    legalEntity: text(row, c.legalEntity),
    billingMethod: text(row, c.billingMethod),
    practice: text(row, c.practice),
    startDate: checked(row, c.startDate, 'day'),
    endDate: checked(row, c.endDate, 'day'),
    rateCard: text(row, c.rateCard),
    notToExceed: number(row, c.notToExceed),
    hoursPerDay: hoursOfDay(row, c.contractHoursPerDay),
    purchaseOrder: text(row, c.purchaseOrder),
    account: account ? inside('Account', account, () => readAccount(account, c)) : undefined,
    owner: owner === undefined ? undefined : { name: owner, email: text(row, 'Owner.Email') },
    lines: lines.map(line => inside('OpportunityLineItems', line, () => readLine(line, c))),
    milestones: milestones.map(milestone => inside(c.milestones, milestone, () => readMilestone(milestone, c))),
    modifiedAt: instant(row, 'SystemModstamp'),
    extensions: bag(row, c.dealExtensions),
  };
}

function readLine(row: Row, c: SalesforceConfig): SalesforceLine {
  return {
    id: required(row, 'Id'),
    productCode: text(row, 'Product2.ProductCode'),
    productName: text(row, 'Product2.Name'),
    unit: text(row, 'Product2.QuantityUnitOfMeasure'),
    quantity: number(row, 'Quantity') ?? 0,
    unitPrice: number(row, 'UnitPrice') ?? 0,
    totalPrice: number(row, 'TotalPrice') ?? 0,
    startDate: checked(row, 'ServiceDate', 'day'),
    endDate: checked(row, c.lineEndDate, 'day'),
    skills: text(row, c.lineSkills),
  };
}

function readMilestone(row: Row, c: SalesforceConfig): SalesforceMilestone {
  return {
    id: required(row, 'Id'),
    name: text(row, 'Name') ?? '',
    sequence: number(row, c.milestoneSequence),
    dueDate: checked(row, c.milestoneDueDate, 'day'),
    amount: number(row, c.milestoneAmount) ?? 0,
  };
}

/** A day of no hours, or of more than there are, would price every day of the deal wrongly. */
function hoursOfDay(row: Row, path: string): number | undefined {
  const hours = number(row, path);
  if (hours !== undefined && (hours < 1 || hours > 24)) throw unfit(path, 'hours-of-day');
  return hours;
}
