import { Decimal } from 'decimal.js';
import {
  money,
  priceOf,
  recordedAmount,
  sameMoney,
  shortened,
  type BillableKind,
  type BillableTransaction,
  type BillingRefusal,
  type Money,
} from '#canonical';
import type { BillableTransactionInErp, LineRefusal } from '../../../billing/billable-transaction-in-erp.js';
import type { Codes } from '../netsuite.references.js';

export type BillableRecordType = 'timeBill' | 'expenseReport' | 'charge';

export const RECORD_OF: Record<BillableKind, BillableRecordType> = { time: 'timeBill', expense: 'expenseReport', charge: 'charge' };

/** How the account takes lines. */
export interface LineSettings {
  /** Custom field of a line, a list of tax codes; empty: the ERP determines the tax. */
  taxCodeField: string;
  /** Custom field of time, a date; empty: posted as of its work date. */
  postingDateField: string;
  /** Enum ids, which differ per account. */
  approvedTime: string;
  approvedReport: string;
  customPrice: string;
  chargeType: string;
  /** How many decimals of a rate of time the account keeps. */
  rateDecimals: number;
}

/**
 * Internal ids for what a line names by external id only. A code that the account lacks is left out
 * here and sent as it is.
 */
export interface LineIds {
  taxCode(code: string): string | undefined;
  currency(code: string): string | undefined;
}

type Body = Record<string, unknown>;

/**
 * A line as the record that bills it. An unknown code is sent as it is: the ERP then refuses that
 * line by name, and the others go on.
 */
export function lineBody(line: BillableTransaction, ids: LineIds, settings: LineSettings): Body {
  switch (line.kind) {
    case 'time':
      return timeBody(line, ids, settings);
    case 'expense':
      return expenseBody(line, ids, settings);
    case 'charge':
      return chargeBody(line, ids, settings);
  }
}

function timeBody(line: BillableTransaction, ids: LineIds, settings: LineSettings): Body {
  return {
    externalId: line.externalId,
    employee: { externalId: line.employeeNumber },
    customer: { externalId: line.projectId },
    ...(line.taskId ? { caseTaskEvent: { externalId: line.taskId } } : {}),
    ...(line.role ? { item: { externalId: line.role } } : {}),
    tranDate: line.workDate,
    hours: hoursText(line.minutes ?? 0),
    isBillable: line.billable,
    timeType: { id: 'A' },
    approvalStatus: { id: settings.approvedTime },
    // Our rate, whatever the item, the rate card or a charge rule says.
    price: { id: settings.customPrice },
    rate: Number(rateOf(line, settings)?.amount ?? 0),
    overrideRate: true,
    department: { externalId: line.costCentre },
    memo: line.memo,
    ...taxed(line, ids, settings),
    ...(settings.postingDateField ? { [settings.postingDateField]: line.postingDate } : {}),
  };
}

/**
 * NetSuite multiplies rate and hours itself. Send our rate, to the decimals that the account keeps,
 * where that gives the line's amount. Else send the rate that the amount implies, where it has few
 * enough decimals. Else send ours; the amount then differs by what was cut off.
 */
function rateOf({ ratePerHour, minutes, amount }: BillableTransaction, { rateDecimals }: LineSettings): Money | undefined {
  if (!ratePerHour) return undefined;
  const cut = (value: Decimal): Money => ({ ...ratePerHour, amount: value.toDecimalPlaces(rateDecimals, Decimal.ROUND_HALF_UP).toFixed() });
  const ours = cut(new Decimal(ratePerHour.amount));
  if (!minutes || sameMoney(priceOf(ours, minutes), amount)) return ours;
  return [cut(new Decimal(amount.amount).times(60).div(minutes))].find(its => sameMoney(priceOf(its, minutes), amount)) ?? ours;
}

/** The line as NetSuite will hold it: time at the rate that it is given. */
export function heldLine(line: BillableTransaction, settings: LineSettings): BillableTransaction {
  const rate = rateOf(line, settings);
  return rate && line.minutes ? { ...line, ratePerHour: rate, amount: priceOf(rate, line.minutes) } : line;
}

/**
 * A report of one line, so that the line has an external id of its own and is independent. It
 * states what was spent, in the currency it was spent in.
 */
function expenseBody(line: BillableTransaction, ids: LineIds, settings: LineSettings): Body {
  const spent = recordedAmount(line);
  const currency = currencyRef(spent, ids);
  return {
    externalId: line.externalId,
    entity: { externalId: line.employeeNumber },
    tranDate: line.postingDate,
    memo: line.memo,
    expensereportcurrency: currency,
    complete: true,
    supervisorapproval: true,
    accountingapproval: true,
    approvalStatus: { id: settings.approvedReport },
    department: { externalId: line.costCentre },
    expense: {
      items: [
        {
          // The line's number: written again, it is the same line and not a second one.
          line: 1,
          expensedate: line.workDate,
          category: { externalId: line.category },
          amount: Number(spent.amount),
          currency,
          customer: { externalId: line.projectId },
          ...(line.taskId ? { projecttask: { externalId: line.taskId } } : {}),
          isBillable: line.billable,
          department: { externalId: line.costCentre },
          memo: line.memo,
          ...taxed(line, ids, settings),
        },
      ],
    },
  };
}

function chargeBody(line: BillableTransaction, ids: LineIds, settings: LineSettings): Body {
  const amount = Number(line.amount.amount);
  return {
    externalId: line.externalId,
    billTo: { externalId: line.projectId },
    chargeDate: line.postingDate,
    serviceStartDate: line.workDate,
    serviceEndDate: line.workDate,
    chargeType: { id: settings.chargeType },
    stage: { id: line.billable ? 'READY_FOR_BILLING' : 'NON_BILLABLE' },
    use: { id: 'Actual' },
    quantity: 1,
    rate: amount,
    amount,
    currency: currencyRef(line.amount, ids),
    chargeEmployee: { externalId: line.employeeNumber },
    ...(line.taskId ? { projectTask: { externalId: line.taskId } } : {}),
    ...(line.role ? { billingItem: { externalId: line.role } } : {}),
    subsidiary: { externalId: line.legalEntity },
    department: { externalId: line.costCentre },
    description: line.category ? `${line.category}: ${line.memo}` : line.memo,
    memo: line.memo,
    ...taxed(line, ids, settings),
  };
}

const taxed = ({ taxCode }: BillableTransaction, ids: LineIds, { taxCodeField }: LineSettings): Body =>
  taxCodeField ? { [taxCodeField]: { id: ids.taxCode(taxCode) ?? taxCode } } : {};

const currencyRef = ({ currency }: Money, ids: LineIds) => ({ id: ids.currency(currency) ?? currency });

/** `7:30` of 450 minutes, `-1:05` of -65. */
export function hoursText(minutes: number): string {
  const whole = Math.abs(minutes);
  return `${minutes < 0 ? '-' : ''}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Minutes of a decimal number of hours; whole minutes come back whole even from two decimals. */
export const minutesOf = (hours: string): number => new Decimal(hours).times(60).toDecimalPlaces(0, Decimal.ROUND_HALF_UP).toNumber();

type Row = Record<string, string | undefined>;

/**
 * A row of an existing line: `id, externalid, currency, subsidiary, billed, posted` and `hours,
 * rate` or `amount`.
 */
export function transactionOf(kind: BillableKind, row: Row, codes: Codes, ref: BillableTransactionInErp['ref']): BillableTransactionInErp {
  const currency = row.currency === undefined ? undefined : codes.currency({ id: row.currency });
  const legalEntity = row.subsidiary === undefined ? undefined : codes.legalEntity({ id: row.subsidiary });
  const minutes = row.hours === undefined ? undefined : minutesOf(row.hours);
  const amount = currency === undefined ? undefined : amountOf(row, currency, minutes);
  return {
    externalId: row.externalid ?? '',
    kind,
    ...(minutes === undefined ? {} : { minutes }),
    ...(amount === undefined ? {} : { amount }),
    ...(row.rate === undefined || currency === undefined ? {} : { ratePerHour: { amount: new Decimal(row.rate).toFixed(), currency } }),
    ...(legalEntity === undefined ? {} : { legalEntity }),
    status: row.billed === 'T' ? 'billed' : row.posted === 'T' ? 'posted' : 'unbilled',
    ref,
  };
}

function amountOf({ amount, rate }: Row, currency: string, minutes: number | undefined) {
  if (amount !== undefined) return money(amount, currency);
  return minutes === undefined || rate === undefined ? undefined : priceOf({ amount: rate, currency }, minutes);
}

/**
 * The meaning of NetSuite's refusal of a line. Most refusals have one code, so the text decides. A
 * reference that was resolved to an internal id and is still refused exists but is closed for this:
 * a project that takes no time or no expenses looks like a missing one.
 */
export function refusalOf({ code, message }: { code: string; message: string }): LineRefusal {
  return { code: codeOf(message), detail: shortened(`${code}: ${message}`, 2000) };
}

const FIELD = /Invalid Field Value (\S*) for the following field: (\w+)/i;

function codeOf(message: string): BillingRefusal {
  const [, value, field] = FIELD.exec(message) ?? [];
  switch (field?.toLowerCase()) {
    case 'customer':
    case 'billto':
      return /^\d+$/.test(value) ? 'project-closed' : 'unknown-project';
    case 'employee':
    case 'entity':
    case 'chargeemployee':
      return 'unknown-employee';
    case 'hours':
    case 'quantity':
    case 'rate':
    case 'amount':
      return value.startsWith('-') ? 'reversal-not-allowed' : 'refused';
    default:
  }
  if (/accounting period/i.test(message) && /closed|locked|not within/i.test(message)) return 'period-closed';
  if (/billed|invoiced|posted|processed/i.test(message)) return 'already-billed';
  return 'refused';
}
