import { minus, percentOf, product, sum } from './amounts.js';
import { type BillingRules, linesOf } from './billing.rules.js';
import { invalidFieldValue, noSuchTransaction, userError } from './errors.js';
import { minutesOf } from './hours.js';
import type { Periods } from './periods.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import type { RecordType } from './schema.js';
import { today } from './today.js';

export interface InvoiceOptions {
  /** False: the lines of a voided or deleted invoice stay billed. */
  voidReleasesLines?: boolean;
}

/** The sublists of an invoice; a change of any would be a new invoice. */
const SUBLISTS = ['item', 'time', 'expCost'];

/** Finance's documents for time, expenses and charges: invoices, their payments and credits. */
export class Invoices {
  readonly #type: RecordType;

  constructor(
    private readonly records: Records,
    private readonly rules: BillingRules,
    private readonly periods: Periods,
    private readonly options: InvoiceOptions,
  ) {
    this.#type = records.schema.type('invoice');
  }

  /**
   * An invoice as it is stored: its lines from the records that they name, its tax and its totals.
   */
  invoiced(row: NetsuiteRow, before: NetsuiteRow | undefined, given: Record<string, unknown>): Values {
    if (before) return this.#edited(row.values, before.values, given);
    const head = this.#head(row);
    const item = [...linesOf(head.item).map(line => this.#item(line, head)), ...this.#chargesOf(head)];
    const time = linesOf(head.time)
      .filter(applied)
      .map(line => this.#time(line, head));
    const expCost = linesOf(head.expCost)
      .filter(applied)
      .map(line => this.#expense(line, head));
    const lines = [...item, ...time, ...expCost];
    if (lines.length === 0) throw userError('You must enter at least one line item for this transaction.', 'item');
    const numbered = (some: Values[], key = 'line') => some.map((line, index) => ({ ...line, [key]: index + 1 }));
    const totals = this.#totals(lines, head);
    return {
      ...head,
      item: numbered(item),
      time: numbered(time),
      expCost: numbered(expCost, 'lineId'),
      ...totals,
      amountPaid: 0,
      amountRemaining: totals.total,
      status: 'A',
    };
  }

  /** The records on an invoice are billed from now on. */
  marked({ id, values }: NetsuiteRow): void {
    for (const { doc } of linesOf(values.time)) this.#markTime(String(doc), id);
    for (const { doc, line } of linesOf(values.expCost)) this.#markExpense(String(doc), line, id);
    for (const { charge, line } of linesOf(values.item)) if (charge !== undefined) this.#markCharge(String(charge), id, line);
  }

  /** Finance voids it: nothing is due any more, and its lines can be billed again. */
  void(invoice: NetsuiteRow): void {
    if (invoice.values.status === 'V') throw userError('This transaction has already been voided.');
    if (Number(invoice.values.amountPaid) !== 0) throw userError('This transaction cannot be voided because payments are applied to it.');
    this.records.put(
      this.#type,
      { ...invoice, values: { ...invoice.values, status: 'V', total: 0, subtotal: 0, taxTotal: 0, amountRemaining: 0, memo: 'VOID' } },
      'update',
    );
    this.released(invoice);
  }

  released({ values }: NetsuiteRow): void {
    if (this.options.voidReleasesLines === false) return;
    for (const { doc } of linesOf(values.time)) this.#markTime(String(doc), undefined);
    for (const { doc, line } of linesOf(values.expCost)) this.#markExpense(String(doc), line, undefined);
    for (const { charge } of linesOf(values.item)) if (charge !== undefined) this.#markCharge(String(charge), undefined, undefined);
  }

  deleting(invoice: NetsuiteRow): void {
    if (Number(invoice.values.amountPaid) !== 0) throw userError('This record cannot be deleted because it has dependent records.');
    this.released(invoice);
  }

  /** Reduces the amount due on an invoice. */
  settle(id: string, amount: number): void {
    const invoice = this.records.get('invoice', id);
    if (!invoice) throw noSuchTransaction();
    const remaining = minus(invoice.values.amountRemaining, amount);
    if (remaining < 0) throw invalidFieldValue(amount, 'amount');
    const amountPaid = sum([invoice.values.amountPaid, amount]);
    const status = remaining === 0 ? 'B' : 'A';
    this.records.put(this.#type, { ...invoice, values: { ...invoice.values, amountPaid, amountRemaining: remaining, status } }, 'update');
  }

  /**
   * What could be billed of a project and is not billed yet: the lines of an invoice that finance
   * is about to make.
   */
  proposed(job: string): Values {
    const time = this.records
      .by('timeBill', 'customer', job)
      .filter(({ values }) => billableTime(values))
      .map(row => ({ apply: false, ...this.#lineOfTime(row) }));
    const expCost = this.records
      .all('expenseReport')
      .flatMap(report => linesOf(report.values.expense).map(line => ({ report, line })))
      .filter(({ report, line }) => line.customer === job && billableExpense(report.values, line))
      .map(({ report, line }) => ({ apply: false, ...lineOfExpense(report, line) }));
    const numbered = (lines: Values[], key: string) => lines.map((line, index) => ({ ...line, [key]: index + 1 }));
    return { job, entity: this.records.get('job', job)!.values.parent, time: numbered(time, 'line'), expCost: numbered(expCost, 'lineId') };
  }

  #head({ id, values: given }: NetsuiteRow): Values {
    const job = given.job === undefined ? undefined : this.records.get('job', String(given.job))!.values;
    const customer = this.records.get('customer', String(given.entity))!.values;
    const values: Values = {
      tranId: `INV${id}`,
      tranDate: today(),
      subsidiary: job?.subsidiary ?? customer.subsidiary,
      currency: job?.currency ?? customer.currency,
      terms: customer.terms,
      approvalStatus: '2',
      ...given,
    };
    const tranDate = String(values.tranDate);
    const days = Number(this.records.get('term', String(values.terms))?.values.daysUntilNetDue ?? 0);
    return {
      ...values,
      postingPeriod: this.periods.open('invoice', tranDate, 'tranDate'),
      dueDate: values.dueDate ?? new Date(Date.parse(tranDate) + days * 86_400_000).toISOString().slice(0, 10),
      exchangeRate: values.exchangeRate ?? this.#exchangeRate(values, tranDate),
    };
  }

  /**
   * Units of the subsidiary's currency for one of the invoice's: the newest row on or before the
   * day.
   */
  #exchangeRate({ subsidiary, currency }: Values, day: string): number {
    const base = this.records.get('subsidiary', String(subsidiary))?.values.currency;
    if (base === currency) return 1;
    const rate = this.records
      .all('currencyRate')
      .filter(({ values }) => values.baseCurrency === base && values.transactionCurrency === currency && String(values.effectiveDate) <= day)
      .toSorted((a, b) => String(a.values.effectiveDate).localeCompare(String(b.values.effectiveDate)))
      .at(-1);
    return Number(rate?.values.exchangeRate ?? 1);
  }

  #time(line: Values, head: Values): Values {
    const row = this.records.get('timeBill', String(line.doc));
    if (!row || !billableTime(row.values) || !this.#sameCustomer(row.values.customer, head)) throw invalidFieldValue(line.doc, 'time');
    return { ...this.#lineOfTime(row), ...given(line), apply: true };
  }

  #lineOfTime({ id, values }: NetsuiteRow): Values {
    const { employee, item, customer, tranDate, hours, rate, memo, department } = values;
    return {
      doc: id,
      employee,
      item,
      job: customer,
      billedDate: tranDate,
      quantity: minutesOf(hours) / 60,
      rate,
      amount: this.rules.amountOfTime(values),
      memo,
      department,
      custcol_tax_code: values.custcol_tax_code,
    };
  }

  #expense(line: Values, head: Values): Values {
    const report = this.records.get('expenseReport', String(line.doc));
    const expense = linesOf(report?.values.expense).find(one => one.line === (line.line ?? 1));
    if (!report || !expense || !billableExpense(report.values, expense) || !this.#sameCustomer(expense.customer, head))
      throw invalidFieldValue(line.doc, 'expCost');
    return { ...lineOfExpense(report, expense), ...given(line), apply: true };
  }

  #item(line: Values, head: Values): Values {
    if (line.charge !== undefined) return { ...this.#lineOfCharge(String(line.charge), head), ...given(line) };
    const currency = this.rules.currencyOf(head.currency);
    if (line.item === undefined) throw userError('Error while accessing a resource. Please enter value(s) for: Item.', 'item');
    return { quantity: 1, ...line, amount: line.amount ?? product(line.quantity ?? 1, line.rate ?? 0, currency) };
  }

  /** The charges that `whichChargesToAdd` selects, besides those that are named. */
  #chargesOf(head: Values): Values[] {
    if (head.whichChargesToAdd === undefined || head.job === undefined) return [];
    const until = { ALL: '9999', TRANSACTION_DATE: head.tranDate, AS_OF_DATE: head.asOfDate ?? head.tranDate }[String(head.whichChargesToAdd)];
    const named = new Set(linesOf(head.item).map(({ charge }) => charge));
    return this.records
      .by('charge', 'billTo', String(head.job))
      .filter(({ id, values }) => readyToBill(values) && !named.has(id) && String(values.chargeDate) <= String(until))
      .map(({ id }) => this.#lineOfCharge(id, head));
  }

  #lineOfCharge(id: string, head: Values): Values {
    const charge = this.records.get('charge', id);
    if (!charge || !readyToBill(charge.values) || !this.#sameCustomer(charge.values.billTo, head)) throw invalidFieldValue(id, 'charge');
    const { billingItem, quantity, rate, amount, description, memo, department, billTo, custcol_tax_code } = charge.values;
    return {
      item: billingItem,
      charge: id,
      quantity: quantity ?? 1,
      rate: rate ?? amount,
      amount,
      description: description ?? memo,
      department,
      job: billTo,
      custcol_tax_code,
    };
  }

  /**
   * Whether the job is the invoice's project or, if the invoice has none, any project of its
   * customer.
   */
  #sameCustomer(job: unknown, head: Values): boolean {
    if (head.job !== undefined) return job === head.job;
    return this.records.get('job', String(job))?.values.parent === head.entity;
  }

  /** Each line's tax by its code, or its project's; rounded line by line. */
  #totals(lines: Values[], head: Values): { subtotal: number; taxTotal: number; total: number } {
    const currency = this.rules.currencyOf(head.currency);
    const subtotal = sum(lines.map(({ amount }) => amount));
    const taxTotal = sum(lines.map(line => percentOf(line.amount ?? 0, this.taxPercent(line.custcol_tax_code, line.job ?? head.job), currency)));
    return { subtotal, taxTotal, total: sum([subtotal, taxTotal]) };
  }

  taxPercent(code: unknown, job: unknown): number {
    const wanted = code ?? this.records.get('job', String(job))?.values.custentity_tax_code;
    return Number(this.records.get('salesTaxItem', String(wanted))?.values.rate ?? 0);
  }

  #edited(values: Values, before: Values, given: Record<string, unknown>): Values {
    if (before.status === 'V') throw userError('This transaction has been voided and cannot be edited.');
    const fixed = SUBLISTS.find(name => given[name] !== undefined);
    if (fixed) throw userError('The lines of this invoice cannot be edited. Credit it, or delete it and make another.', fixed);
    return values;
  }

  #markTime(id: string, billedOn: string | undefined): void {
    const row = this.records.get('timeBill', id);
    if (row) this.records.mark('timeBill', { ...row, values: { ...row.values, billedOn } });
  }

  #markExpense(id: string, line: unknown, billedOn: string | undefined): void {
    const row = this.records.get('expenseReport', id);
    const expense = linesOf(row?.values.expense).map(one => (one.line === line ? { ...one, billedOn } : one));
    if (row) this.records.mark('expenseReport', { ...row, values: { ...row.values, expense } });
  }

  #markCharge(id: string, invoice: string | undefined, invoiceLine: unknown): void {
    const row = this.records.get('charge', id);
    if (row) this.records.put(this.records.schema.type('charge'), { ...row, values: { ...row.values, invoice, invoiceLine } }, 'update');
  }
}

const applied = ({ apply }: Values): boolean => apply === true;
/** Approved time that may be billed and isn't. */
const billableTime = ({ isBillable, approvalStatus, billedOn }: Values): boolean =>
  isBillable === true && approvalStatus === '3' && billedOn === undefined;
const billableExpense = (report: Values, { isBillable, billedOn }: Values): boolean =>
  report.status === 'F' && isBillable === true && billedOn === undefined;
const readyToBill = ({ stage, invoice }: Values): boolean => stage === 'READY_FOR_BILLING' && invoice === undefined;
/** The values that the line states itself. */
const given = (line: Values): Values => Object.fromEntries(Object.entries(line).filter(([, value]) => value !== undefined));

const lineOfExpense = ({ id, values }: NetsuiteRow, line: Values): Values => ({
  doc: id,
  line: line.line,
  category: line.category,
  employee: values.entity,
  job: line.customer,
  billedDate: line.expensedate,
  originalAmount: line.amount,
  amount: line.amount,
  memo: line.memo,
  department: line.department,
  custcol_tax_code: line.custcol_tax_code,
});
