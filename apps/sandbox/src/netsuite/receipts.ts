import { minus, percentOf, product, sum } from './amounts.js';
import { type BillingRules, linesOf } from './billing.rules.js';
import { noSuchTransaction, userError } from './errors.js';
import type { Invoices } from './invoices.js';
import type { Periods } from './periods.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';
import { today } from './today.js';

/**
 * Records that settle invoices: payments and credit memos, each applied to invoices when it is
 * made.
 */
export class Receipts {
  constructor(
    private readonly records: Records,
    private readonly rules: BillingRules,
    private readonly periods: Periods,
    private readonly invoices: Invoices,
  ) {}

  paid({ id, values: given }: NetsuiteRow, before: NetsuiteRow | undefined): Values {
    if (before) throw userError('This payment cannot be edited.');
    const values: Values = { tranId: `PYMT${id}`, tranDate: today(), ...given };
    const apply = linesOf(values.apply).filter(line => line.apply === true);
    if (apply.length === 0) throw userError('You must apply this payment to at least one transaction.', 'apply');
    const whole = apply.length === 1 ? values.payment : undefined;
    const lines = apply.map((line, index) => ({ ...line, line: index + 1, amount: Number(line.amount ?? whole ?? this.#due(line.doc)) }));
    const [first] = lines.map(({ doc }: Values) => this.#invoice(doc).values);
    return {
      subsidiary: first.subsidiary,
      currency: first.currency,
      ...values,
      apply: lines,
      payment: values.payment ?? sum(lines.map(({ amount }) => amount)),
      postingPeriod: this.periods.open('customerPayment', String(values.tranDate), 'tranDate'),
    };
  }

  /** The lines are those that are given, or all of the invoice that it was made from. */
  credited({ id, values: given }: NetsuiteRow, before: NetsuiteRow | undefined): Values {
    if (before) throw userError('This credit memo cannot be edited.');
    const values: Values = { tranId: `CM${id}`, tranDate: today(), ...given };
    const currency = this.rules.currencyOf(values.currency ?? this.records.get('customer', String(values.entity))?.values.currency);
    const item = linesOf(values.item).map((line, index) => ({
      ...line,
      line: index + 1,
      amount: line.amount ?? product(line.quantity ?? 1, line.rate ?? 0, currency),
    }));
    if (item.length === 0) throw userError('You must enter at least one line item for this transaction.', 'item');
    const subtotal = sum(item.map(({ amount }) => amount));
    const taxTotal = sum(
      item.map((line: Values) => percentOf(line.amount, this.invoices.taxPercent(line.custcol_tax_code, line.job ?? values.job), currency)),
    );
    const total = sum([subtotal, taxTotal]);
    const apply = this.#applied(linesOf(values.apply), values.createdFrom, total);
    const left = minus(total, sum(apply.map(({ amount }) => amount)));
    return {
      ...values,
      item,
      apply,
      subtotal,
      taxTotal,
      total,
      status: left === 0 ? 'B' : 'A',
      postingPeriod: this.periods.open('creditMemo', String(values.tranDate), 'tranDate'),
    };
  }

  /**
   * Reduces the amounts due by what it pays or credits, and marks the charges that were credited.
   */
  settled({ id, values }: NetsuiteRow): void {
    for (const { doc, amount } of linesOf(values.apply)) this.invoices.settle(String(doc), Number(amount));
    for (const { charge, line } of linesOf(values.item)) {
      const row = charge === undefined ? undefined : this.records.get('charge', String(charge));
      if (row)
        this.records.put(this.records.schema.type('charge'), { ...row, values: { ...row.values, creditMemo: id, creditMemoLine: line } }, 'update');
    }
  }

  /** The initial values of a `!transform`: the invoice's customer, and the amount due on it. */
  startOfPayment({ id, values }: NetsuiteRow): Values {
    return { customer: values.entity, subsidiary: values.subsidiary, currency: values.currency, apply: [{ line: 1, doc: id, apply: true }] };
  }

  startOfCredit({ id, values }: NetsuiteRow, linesGiven: boolean): Values {
    const { entity, job, subsidiary, currency } = values;
    const fromTime = linesOf(values.time).map(({ item, quantity, rate, amount, memo, job: of, custcol_tax_code }) => ({
      item,
      quantity,
      rate,
      amount,
      description: memo,
      job: of,
      custcol_tax_code,
    }));
    const fromExpenses = linesOf(values.expCost).map(({ amount, memo, job: of, custcol_tax_code }) => ({
      quantity: 1,
      rate: amount,
      amount,
      description: memo,
      job: of,
      custcol_tax_code,
    }));
    const item = linesGiven ? [] : [...linesOf(values.item), ...fromTime, ...fromExpenses];
    return { entity, job, subsidiary, currency, createdFrom: id, item: item.map((line, index) => ({ ...line, line: index + 1 })) };
  }

  /** The given invoices, or the invoice that it was made from, up to the amount due. */
  #applied(given: Values[], createdFrom: unknown, total: number): Values[] {
    if (given.length > 0 || createdFrom === undefined)
      return given.filter(({ apply }) => apply === true).map(line => ({ ...line, amount: Number(line.amount ?? total) }));
    const amount = Math.min(total, this.#due(createdFrom));
    return amount > 0 ? [{ line: 1, apply: true, doc: createdFrom, amount }] : [];
  }

  #due(invoice: unknown): number {
    return Number(this.#invoice(invoice).values.amountRemaining);
  }

  #invoice(id: unknown): NetsuiteRow {
    const invoice = this.records.get('invoice', String(id));
    if (!invoice) throw noSuchTransaction();
    return invoice;
  }
}
