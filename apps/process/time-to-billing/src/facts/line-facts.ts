import type { Message, Fault } from '#apis';
import type { AccountingPeriod, Assignment, BillableTransaction, FinancialProject, IntercompanyFacts, Money } from '#canonical';
import type { WorkerMatch } from '../calls.js';
import type { ExpenseTerm } from '../pricing/expense-terms.rules.js';
import type { OtherExpense } from '../pricing/expense-units.rules.js';
import type { DayShare, TimePolicy } from '../pricing/time.rules.js';
import type { DatedExchangeRate } from '../rates/exchange-rates.rules.js';
import type { RateRow } from '../rates/rates.rules.js';

export type { ExpenseTerm } from '../pricing/expense-terms.rules.js';
export type { RateRow } from '../rates/rates.rules.js';

/** Finance's and delivery's policies, from the app's settings. */
export interface BillingPolicy extends TimePolicy {
  /** A work date in a closed period: post on the first open day after it, or raise an exception. */
  closedPeriod: 'next-open' | 'hold';
  /**
   * When the PSA's rate differs from ours: say so in the price's explanation, or raise an
   * exception. We price in both cases.
   */
  rateDifference: 'explain' | 'exception';
  /**
   * When all rates of an agreement have ended: price by the next lower agreement, or raise an
   * exception.
   */
  endedRate: 'fall' | 'ask';
  /**
   * Overtime with a rate that does not mention overtime: bill by that rate, or raise an exception.
   */
  overtimeRate: 'general' | 'ask';
  /** The oldest that an exchange rate may be, in days; 0: any age. */
  exchangeRateDays: number;
  /** Who may book on a project that nobody is assigned to. */
  unstaffedProject: 'anybody' | 'nobody';
  /** The most minutes that a worker may book on one day, over all projects. */
  dayLimitMinutes: number;
  /** The length of the firm's day, for a day rate whose contract states none. */
  minutesPerDay: number;
  /** A rate in another currency: round the converted rate, or only the line. */
  foreignRate: 'hour' | 'line';
  /** Who records what was spent in the ERP: this app, or the firm's expense tool. */
  expenseCost: 'record' | 'elsewhere';
  /**
   * Above which amounts an expense needs a receipt, one per currency; an expense term may say
   * otherwise.
   */
  receiptOver: Money[];
  /**
   * What a project's owning entity pays the entity that lent it a worker, in percent of the line's
   * worth.
   */
  transferPercent: number;
  /**
   * A lent worker's hour with neither a known rate nor a known cost: mark its transfer price as
   * unknown, or ask finance for a rate.
   */
  transferUnknown: 'mark' | 'ask';
  /**
   * Who decides that a worker has a role: HCM alone (the default), or also an assignment that gives
   * it to them.
   */
  roleBy?: 'hcm' | 'hcm-or-assignment';
}

/** What is known of the line's project. */
export interface ProjectFacts {
  /**
   * The ERP's record, as far as it states the fields; null when the ERP does not have the project.
   */
  financial: Partial<FinancialProject> | null;
  /** For a project that ran before: the day on which its end was published. */
  endedOn?: string;
  /** The day on which its archiving or deletion in the PSA was published, if any. */
  deliveryEndedOn?: string;
  title: string;
  customerId: string | null;
  customerName: string | null;
  /** Code of the rate card that the contract names. */
  rateCard: string | null;
}

/**
 * HCM's answer for a work e-mail address on the work date: how many workers match, and the worker
 * when it is one.
 */
export type WorkerFacts = Omit<WorkerMatch, 'index'>;

/**
 * Everything that a line is checked and priced by. The same line and facts always give the same
 * answer.
 */
export interface LineFacts {
  policy: BillingPolicy;
  project: ProjectFacts | null;
  worker: WorkerFacts;
  /** This person's assignments on this project. */
  assignments: Assignment[];
  /** Whether anyone at all is assigned to the project. */
  projectStaffed: boolean;
  /** Every row that could apply. */
  rates: RateRow[];
  expenseTerms: ExpenseTerm[];
  /**
   * The person's other approved expenses on this project; empty where no term bills by the item or
   * the day.
   */
  otherExpenses: OtherExpense[];
  /** All rows of the currency pairs that may be needed. */
  exchangeRates: DatedExchangeRate[];
  /** null: the ERP publishes no accounting periods. */
  periods: AccountingPeriod[] | null;
  mapping(kind: 'expense-category' | 'role' | 'rate-card', source: string): string | undefined;
  /** Minutes that the worker booked on other lines of that day. */
  otherMinutesThatDay: number;
  /**
   * The parts of that day that the worker's other lines on the project have, where the policy
   * prices a day's lines together.
   */
  sharesThatDay: DayShare[];
}

/**
 * A line that may be posted, with everything that the ERP gets except the external id, which names
 * the version.
 */
export interface PricedLine {
  transaction: Omit<BillableTransaction, 'externalId'>;
  /** The steps of the price, in order. */
  explanation: Message[];
  /** For a worker of one entity on a project of another, else null. */
  intercompany: IntercompanyFacts | null;
  workerId: string;
  workerName: string;
  customerId: string | null;
  /** The line's part of its day, where the policy prices a day's lines together. */
  share?: DayShare;
  /** Whether it counts against the project's not-to-exceed. */
  capped: boolean;
  /** Whether what was spent is a record of its own, beside the records of what is billed. */
  costApart?: boolean;
}

/** Either all faults of a line, with an estimate where possible, or its price. */
export type Assessment = { faults: Fault[]; estimate: Money | null; workerId: string | null } | { priced: PricedLine };
