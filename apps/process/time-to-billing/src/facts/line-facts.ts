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

/** Finance's and delivery's stated choices; configuration of the app. */
export interface BillingPolicy extends TimePolicy {
  /** A work date in a closed period: posted on the first open day after it, or held as an exception. */
  closedPeriod: 'next-open' | 'hold';
  /** The PSA's rate differs from ours: told in the price's explanation, or an exception. We price either way. */
  rateDifference: 'explain' | 'exception';
  /** All rates of an agreement have ended: priced by the one below, or an exception. */
  endedRate: 'fall' | 'ask';
  /** Overtime by a rate that does not speak of overtime: billed by it, or an exception. */
  overtimeRate: 'general' | 'ask';
  /** How many days an exchange rate may be old; 0: however old. */
  exchangeRateDays: number;
  /** Who may book on a project that nobody is assigned to. */
  unstaffedProject: 'anybody' | 'nobody';
  /** The most that a worker may book on one day, over all projects. */
  dayLimitMinutes: number;
  /** How long a day is: the firm's, for a day rate whose contract says no other. */
  minutesPerDay: number;
  /** A rate in another currency: rounded when it is converted, or only the line. */
  foreignRate: 'hour' | 'line';
  /** Whether what was spent is recorded in the ERP from here, or by the firm's expense tool. */
  expenseCost: 'record' | 'elsewhere';
  /** Above which amount an expense needs a receipt, one per currency; an expense term may say otherwise. */
  receiptOver: Money[];
  /** What the owning entity of a project pays the entity that lent it a worker, in percent of what the line is worth. */
  transferPercent: number;
  /** A lent worker's hour of which neither rate nor cost is known: its transfer price is told to be unknown, or finance is asked for a rate. */
  transferUnknown: 'mark' | 'ask';
  /** Whose word it is that a worker has a role: HCM's alone (the default), or also that of an assignment which gives it to them. */
  roleBy?: 'hcm' | 'hcm-or-assignment';
}

/** What is known of the project that a line was booked on. */
export interface ProjectFacts {
  /** As the ERP has it, as far as it tells; null when the ERP does not have it. */
  financial: Partial<FinancialProject> | null;
  /** The day that its end was told, of one that ran before. */
  endedOn?: string;
  /** The day that it was told to be archived or deleted in the PSA, if it was. */
  deliveryEndedOn?: string;
  title: string;
  customerId: string | null;
  customerName: string | null;
  /** Code of the rate card that its contract names. */
  rateCard: string | null;
}

/** HCM's answer for a work e-mail as of the work date: how many it knows, and the one when it is one. */
export type WorkerFacts = Omit<WorkerMatch, 'index'>;

/** Everything a line is checked and priced by. The same line and facts give the same answer, whenever asked. */
export interface LineFacts {
  policy: BillingPolicy;
  project: ProjectFacts | null;
  worker: WorkerFacts;
  /** This person's on this project. */
  assignments: Assignment[];
  /** Whether anybody at all is assigned to the project. */
  projectStaffed: boolean;
  /** Every row that could apply. */
  rates: RateRow[];
  expenseTerms: ExpenseTerm[];
  /** This person's other approved expenses on this project; empty where no terms bill by the item or the day. */
  otherExpenses: OtherExpense[];
  /** All rows of the pairs that could be needed. */
  exchangeRates: DatedExchangeRate[];
  /** null: the ERP does not tell its books. */
  periods: AccountingPeriod[] | null;
  mapping(kind: 'expense-category' | 'role' | 'rate-card', source: string): string | undefined;
  /** What the worker booked on other lines of that day. */
  otherMinutesThatDay: number;
  /** What the worker's other lines on the project have of that day, as far as the policy has lines priced together. */
  sharesThatDay: DayShare[];
}

/** A line that may be posted, with what the ERP gets, less the external id, which names its version. */
export interface PricedLine {
  transaction: Omit<BillableTransaction, 'externalId'>;
  /** How the price came about, in order. */
  explanation: Message[];
  /** Of a worker of one entity on a project of another, else null. */
  intercompany: IntercompanyFacts | null;
  workerId: string;
  workerName: string;
  customerId: string | null;
  /** What it has of its day, where the policy has lines of a day priced together. */
  share?: DayShare;
  /** Whether it counts against the project's not-to-exceed. */
  capped: boolean;
  /** Whether what was spent is a record of its own, beside those of what is billed. */
  costApart?: boolean;
}

/** All that is wrong with a line at once, with what it is worth as far as can be told; or its price. */
export type Assessment = { faults: Fault[]; estimate: Money | null; workerId: string | null } | { priced: PricedLine };
