import { userError } from './errors.js';
import type { Records } from './records.js';
import type { NetsuiteRow, Values } from './row.js';

export interface PeriodOptions {
  /**
   * Record types whose dates must lie in an open period. By default charges, expense reports and
   * all transactions, but not time, which keeps the day it was worked.
   */
  checkedAgainstPeriods?: string[];
}

const CHECKED = ['charge', 'expenseReport', 'invoice', 'customerPayment', 'creditMemo'];
/** The lock that concerns each record type, besides `closed` and `allLocked`. */
const LOCK_OF: Record<string, 'arLocked' | 'apLocked'> = {
  charge: 'arLocked',
  invoice: 'arLocked',
  customerPayment: 'arLocked',
  creditMemo: 'arLocked',
  expenseReport: 'apLocked',
};

/** The calendar of the books, the same for all subsidiaries. */
export class Periods {
  constructor(
    private readonly records: Records,
    private readonly options: PeriodOptions,
  ) {}

  /**
   * The month to which a date is posted; undefined for types that are not checked. Throws when the
   * month is closed or locked for the record, or does not exist.
   */
  open(type: string, date: string, field: string): string | undefined {
    if (!(this.options.checkedAgainstPeriods ?? CHECKED).includes(type)) return undefined;
    const period = this.#of(date);
    if (!period) throw userError('The transaction date you specified is not within the date range of your accounting periods.', field);
    const { closed, allLocked, [LOCK_OF[type] ?? 'closed']: locked } = period.values;
    if (closed === true || allLocked === true || locked === true) {
      throw userError(
        `The accounting period ${String(period.values.periodName)} is ${closed === true ? 'closed' : 'locked'}. Enter another date.`,
        field,
      );
    }
    return period.id;
  }

  #of(date: string): NetsuiteRow | undefined {
    return this.records
      .all('accountingPeriod')
      .find(({ values }) => postable(values) && String(values.startDate) <= date && date <= String(values.endDate));
  }
}

const postable = ({ isYear, isQuarter, isAdjust, isInactive }: Values): boolean => !isYear && !isQuarter && !isAdjust && !isInactive;
