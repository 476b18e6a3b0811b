import { type BillingOptions, BillingRules } from './billing.rules.js';
import { CustomerSubsidiaries } from './customer-subsidiaries.js';
import { noSuchType } from './errors.js';
import { type InvoiceOptions, Invoices } from './invoices.js';
import { Periods } from './periods.js';
import { Receipts } from './receipts.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';

export interface BooksOptions extends BillingOptions, InvoiceOptions {}

/**
 * What saving, deleting and transforming mean for records of billing and for billed customers;
 * other types are stored as they come.
 */
export class Books {
  readonly rules: BillingRules;
  readonly invoices: Invoices;
  readonly #receipts: Receipts;
  readonly #subsidiaries: CustomerSubsidiaries;

  constructor(
    private readonly records: Records,
    options: BooksOptions,
  ) {
    const periods = new Periods(records, options);
    this.rules = new BillingRules(records, periods, options);
    this.invoices = new Invoices(records, this.rules, periods, options);
    this.#receipts = new Receipts(records, this.rules, periods, this.invoices);
    this.#subsidiaries = new CustomerSubsidiaries(records);
  }

  /**
   * The values to store. `before`: the record as it was; `given`: the names in the body. Throws the
   * vendor's refusal.
   */
  saved(type: string, row: NetsuiteRow, before: NetsuiteRow | undefined, given: Record<string, unknown>): Values {
    switch (type) {
      case 'invoice':
        return this.invoices.invoiced(row, before, given);
      case 'customerPayment':
        return this.#receipts.paid(row, before);
      case 'creditMemo':
        return this.#receipts.credited(row, before);
      case 'job':
      case 'customerSubsidiaryRelationship':
        return this.#subsidiaries.saved(type, row, before);
      default:
        return this.rules.saved(type, row, before, given);
    }
  }

  /** The effects of a new record on others. */
  made(type: string, row: NetsuiteRow): void {
    if (type === 'invoice') this.invoices.marked(row);
    if (type === 'customerPayment' || type === 'creditMemo') this.#receipts.settled(row);
  }

  deleting(type: string, row: NetsuiteRow): void {
    this.#subsidiaries.deleting(type, row);
    if (type === 'invoice') this.invoices.deleting(row);
    else this.rules.deleting(type, row);
  }

  /** The initial values of a `!transform` of one record into another. */
  transformed(source: string, row: NetsuiteRow, target: string, body: Record<string, unknown>): Values {
    switch (`${source} ${target}`) {
      case 'job invoice':
        return { job: row.id, createdFrom: row.id, entity: row.values.parent };
      case 'invoice customerPayment':
        return this.#receipts.startOfPayment(row);
      case 'invoice creditMemo':
        return this.#receipts.startOfCredit(row, body.item !== undefined);
      default:
        throw noSuchType(`${source}/!transform/${target}`);
    }
  }

  /** The form that such a transform would open, with all that could be billed. */
  form(source: string, row: NetsuiteRow, target: string): Values {
    return source === 'job' && target === 'invoice' ? this.invoices.proposed(row.id) : this.transformed(source, row, target, {});
  }

  /** An invoice of a project is its customer's. */
  customerOf(values: Values): Values {
    if (values.entity !== undefined || values.job === undefined) return values;
    return { ...values, entity: this.records.get('job', String(values.job))?.values.parent };
  }
}
