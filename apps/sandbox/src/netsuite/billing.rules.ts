import { cut, ofHours, product, sum } from './amounts.js';
import { invalidFieldValue, userError } from './errors.js';
import { minutesOf } from './hours.js';
import { type PeriodOptions, Periods } from './periods.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import { today } from './today.js';

export interface BillingOptions extends PeriodOptions {
  /**
   * True: negative hours, and negative quantities and amounts of charges and expenses, are taken.
   */
  negativeTime?: boolean;
  /** True: time that is posted or billed can be edited and deleted. */
  changeBilledTime?: boolean;
  /** False: an employee who is inactive may not be named in time and expenses. */
  inactiveEmployees?: boolean;
  /** How many decimals of the rate of time are kept; all by default. */
  rateDecimals?: number;
}

/** What the account does when time, charges and expenses are saved or deleted. */
export class BillingRules {
  constructor(
    private readonly records: Records,
    private readonly periods: Periods,
    private readonly options: BillingOptions,
  ) {}

  /** The values to store. `given`: the names in the request's body. Throws the vendor's refusal. */
  saved(type: string, row: NetsuiteRow, before: NetsuiteRow | undefined, given: Record<string, unknown>): Values {
    if (before) this.refuseBilled(type, before);
    switch (type) {
      case 'timeBill':
        if (before) this.#dropCharges(before.id);
        return this.#time(row.values);
      case 'charge':
        return this.#charge(row.values, given);
      case 'expenseReport':
        return this.#expenseReport(row);
      case 'timeSheet':
        if (before) throw userError('A timesheet cannot be updated through this service.');
        return { approvalStatus: '1', ...row.values, endDate: plusSix(String(row.values.startDate)) };
      default:
        return row.values;
    }
  }

  deleting(type: string, row: NetsuiteRow): void {
    this.refuseBilled(type, row);
    if (type === 'timeBill') this.#dropCharges(row.id);
  }

  refuseBilled(type: string, { values }: NetsuiteRow): void {
    if (type === 'timeBill' && !this.options.changeBilledTime) {
      if (values.posted === true) throw userError('This time has been posted and cannot be edited or deleted. Void the posting first.');
      if (values.billedOn !== undefined) throw userError('This time has already been billed and cannot be edited or deleted.');
    }
    if (type === 'charge' && values.invoice !== undefined) throw userError('This charge has already been billed and cannot be edited or deleted.');
    if (type === 'expenseReport' && linesOf(values.expense).some(line => line.billedOn !== undefined))
      throw userError('This expense has already been billed and cannot be edited or deleted.');
  }

  /** Rate times hours, as it comes onto an invoice. */
  amountOfTime({ rate, hours, customer }: Values): number {
    return ofHours(rate ?? 0, hours, this.currencyOf(this.records.get('job', String(customer))?.values.currency));
  }

  currencyOf(id: unknown): string {
    return String(this.records.get('currency', String(id))?.values.symbol ?? 'USD');
  }

  #time(given: Values): Values {
    const values: Values = { tranDate: today(), timeType: 'A', approvalStatus: '1', isBillable: false, posted: false, ...given };
    this.#refuseEmployee(values.employee, 'employee');
    if (minutesOf(values.hours) < 0 && !this.options.negativeTime) throw invalidFieldValue(values.hours, 'hours');
    if (values.customer !== undefined) this.#refuseJob(values, 'customer', 'allowTime', 'customer');
    if (values.customer !== undefined && values.item === undefined)
      throw userError('Error while accessing a resource. Please enter value(s) for: Service Item.', 'item');
    this.periods.open('timeBill', String(values.tranDate), 'tranDate');
    return { subsidiary: this.#subsidiaryOf(values.employee), ...values, rate: this.#rateOf(values) };
  }

  /** Locked, or a price of its own: as it was given. Else the item's. */
  #rateOf({ overrideRate, price, rate, item }: Values): unknown {
    if (overrideRate === true || price === '-1') return this.#kept(rate);
    return this.records.get('serviceSaleItem', String(item))?.values.rate ?? rate;
  }

  #kept(rate: unknown): unknown {
    const { rateDecimals } = this.options;
    return rate === undefined || rateDecimals === undefined ? rate : cut(rate, rateDecimals);
  }

  #charge(values: Values, given: Record<string, unknown>): Values {
    const { quantity, rate } = values;
    if (!this.options.negativeTime) {
      const negative = ['quantity', 'rate', 'amount'].find(name => Number(values[name] ?? 0) < 0);
      if (negative) throw invalidFieldValue(values[negative], negative);
    }
    const job = this.records.get('job', String(values.billTo))!;
    if (job.values.isInactive === true) throw invalidFieldValue(values.billTo, 'billTo');
    this.periods.open('charge', String(values.chargeDate), 'chargeDate');
    const currency = values.currency ?? job.values.currency;
    const counted = given.amount === undefined && quantity !== undefined && rate !== undefined;
    return {
      stage: 'READY_FOR_BILLING',
      use: 'Actual',
      subsidiary: job.values.subsidiary,
      ...values,
      currency,
      ...(counted ? { amount: product(quantity, rate, this.currencyOf(currency)) } : {}),
    };
  }

  #expenseReport({ id, values: given }: NetsuiteRow): Values {
    const values: Values = { tranDate: today(), tranId: `EXP${id}`, subsidiary: this.#subsidiaryOf(given.entity), ...given };
    this.#refuseEmployee(values.entity, 'entity');
    values.expensereportcurrency ??= this.records.get('subsidiary', String(values.subsidiary))?.values.currency;
    const lines = linesOf(values.expense).map((line, index) => this.#expense(line, values, `expense.items[${index}]`));
    if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.', 'expense');
    const total = sum(lines.map(({ amount }) => amount));
    const approved = values.accountingapproval === true || values.approvalStatus === '2';
    return {
      ...values,
      expense: lines,
      postingPeriod: this.periods.open('expenseReport', String(values.tranDate), 'tranDate'),
      approvalStatus: approved ? '2' : (values.approvalStatus ?? '1'),
      status: approved ? 'F' : values.supervisorapproval === true ? 'C' : values.complete === true ? 'B' : 'A',
      total,
      amount: total,
      reimbursable: sum(lines.filter(({ isnonreimbursable }) => isnonreimbursable !== true).map(({ amount }) => amount)),
    };
  }

  #expense(line: Values, report: Values, path: string): Values {
    if (line.customer !== undefined) this.#refuseJob({ ...line, employee: report.entity }, 'customer', 'allowExpenses', path);
    const amount = this.#expenseAmount(line, report, path);
    if (amount < 0 && !this.options.negativeTime) throw invalidFieldValue(amount, 'amount', path);
    return { expensedate: report.tranDate, isBillable: false, ...line, amount };
  }

  /**
   * In the report's currency: the given amount, or quantity times rate if the category requires it,
   * or the amount spent times the exchange rate.
   */
  #expenseAmount({ category, quantity, rate, amount, foreignamount, exchangerate }: Values, report: Values, path: string): number {
    const currency = this.currencyOf(report.expensereportcurrency);
    if (this.records.get('expenseCategory', String(category))?.values.rateRequired === true) {
      if (quantity === undefined || rate === undefined) throw missing(quantity === undefined ? 'Quantity' : 'Rate', path);
      return product(quantity, rate, currency);
    }
    if (amount !== undefined) return Number(amount);
    if (foreignamount === undefined) throw missing('Amount', path);
    return product(foreignamount, exchangerate ?? 1, currency);
  }

  #refuseEmployee(id: unknown, field: string): void {
    const inactive = this.records.get('employee', String(id))?.values.isInactive === true;
    if (inactive && this.options.inactiveEmployees === false) throw invalidFieldValue(id, field);
  }

  /** A project that takes no such lines, or not this person's, reads as if it were not there. */
  #refuseJob(line: Values, field: string, allowed: 'allowTime' | 'allowExpenses', path: string): void {
    const id = String(line.customer);
    const job = this.records.get('job', id)!.values;
    const closed = job.isInactive === true || job[allowed] === false || (job.limitTimeToAssignees === true && !this.#assigned(id, line.employee));
    if (closed) throw invalidFieldValue(id, field, path);
    const task = line.caseTaskEvent ?? line.projecttask;
    if (task !== undefined && this.records.get('projectTask', String(task))?.values.project !== id)
      throw invalidFieldValue(task, line.caseTaskEvent === undefined ? 'projecttask' : 'caseTaskEvent');
  }

  #assigned(job: string, employee: unknown): boolean {
    return this.records
      .by('projectTask', 'project', job)
      .some(({ values }) => linesOf(values.assignee).some(({ resource }) => resource === employee));
  }

  #subsidiaryOf(employee: unknown): unknown {
    return this.records.get('employee', String(employee))?.values.subsidiary;
  }

  /** Changing unbilled time takes its charges away; the next charge run would make new ones. */
  #dropCharges(time: string): void {
    const type = this.records.schema.type('charge');
    for (const charge of this.records.by('charge', 'timeRecord', time)) this.records.delete(type, charge);
  }
}

export const linesOf = (value: unknown): Values[] => (value as Values[] | undefined) ?? [];

const missing = (words: string, path: string) => userError(`Error while accessing a resource. Please enter value(s) for: ${words}.`, path);

const plusSix = (date: string): string => new Date(Date.parse(date) + 6 * 86_400_000).toISOString().slice(0, 10);
