import type { AccountingPeriod, BillableTransaction } from '#canonical';
import type { BillingPolicy } from '../facts/line-facts.js';
import { datedAgain } from './posting-date.rules.js';

/** Posting days by the current books, which are read once, at the first request. */
export class PostingDates {
  #periods: Promise<AccountingPeriod[] | null> | undefined;

  constructor(
    private readonly read: () => Promise<AccountingPeriod[] | null>,
    private readonly closedPeriod: BillingPolicy['closedPeriod'],
  ) {}

  /** The first open day at or after the given one, in the books of the transaction's legal entity. */
  async of({ legalEntity }: Pick<BillableTransaction, 'legalEntity'>, day: string): Promise<string> {
    this.#periods ??= this.read();
    return datedAgain(day, legalEntity, await this.#periods, this.closedPeriod);
  }
}
