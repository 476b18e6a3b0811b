import { Bag, BusinessDate, Currency, Decimal, Flag, Id, Instant, Nested, OneOf, Ref, Text, Whole } from './decorators.js';
import { ExternalRef } from './ids.js';
import { Coded } from './coded.js';
import { Money } from './money.js';
import { DayRate } from './rate.js';

/**
 * `time` and `expense` are the ERP's own kinds: an expense is recorded at what was spent, and
 * billed at that amount or not at all. `charge` is an amount that we priced (mark-up, per unit,
 * another currency, a part of what was spent), without a cost in it.
 */
export const BILLABLE_KINDS = ['time', 'expense', 'charge'] as const;
export type BillableKind = (typeof BILLABLE_KINDS)[number];

/**
 * One priced version of one approved line, as the ERP's billing is to hold it. `externalId` is
 * `tl-<line>-v<version>`, with `-o<n>` for the n-th part of its overage that was released later,
 * `-c` for a cost record apart from what is billed, and `-r` for its reversal. It is never used for
 * anything else.
 */
export class BillableTransaction {
  @Id({ description: 'tl-<line>-v<version>[-o<n>|-c][-r]' }) externalId: string;
  @OneOf(BILLABLE_KINDS) kind: BillableKind;
  @Ref('Project') projectId: string;
  @Ref('Task', { optional: true, description: 'Only a task that the financial project has.' }) taskId?: string;
  @Text({ max: 40 }) employeeNumber: string;
  @Text({ max: 40, description: "Canonical legal entity code of the project's owner, which bills it." }) legalEntity: string;
  @Text({ max: 40 }) costCentre: string;
  @Text({ max: 40, description: 'Canonical tax code; the ERP computes the tax.' }) taxCode: string;
  @BusinessDate({ description: 'When it was worked or spent.' }) workDate: string;
  @BusinessDate({ description: 'The first open day at or after it.' }) postingDate: string;
  @Flag() billable: boolean;
  @Whole({ optional: true, description: 'Worked minutes of `time`; negative in a reversal.' }) minutes?: number;
  @Text({ optional: true, max: 80, description: 'Canonical role code: the service item of `time`.' }) role?: string;
  @Nested(() => Money, { optional: true, description: 'Per hour, of `time`, exact to six decimals: times the minutes and rounded it is the amount.' })
  ratePerHour?: Money;
  @Text({ optional: true, max: 120, description: 'ERP category of `expense` and `charge`.' }) category?: string;
  @Nested(() => Money, { optional: true, description: 'What was spent, of `expense` and `charge`.' }) spent?: Money;
  @Flag({
    optional: true,
    description:
      'Recorded at what was spent, whatever is billed, of `expense`; absent where an earlier release priced it, which recorded the amount.',
  })
  asSpent?: boolean;
  @Nested(() => Money, { description: "What it is billed at, without tax, in the contract's currency; negative in a reversal." }) amount: Money;
  @Text({ max: 300 }) memo: string;
}

/**
 * The amount of the ERP's record of a transaction: an `expense` is recorded at what was spent,
 * whether it is billed or not.
 */
export const recordedAmount = ({ asSpent, spent, amount }: Pick<BillableTransaction, 'asSpent' | 'spent' | 'amount'>): Money =>
  asSpent && spent ? spent : amount;

export const BATCH_OPERATIONS = ['post', 'remove'] as const;
export type BatchOperation = (typeof BATCH_OPERATIONS)[number];

/**
 * At most a vendor's batch of one kind. Its content never changes once sent: the id is the request
 * key.
 */
export class BillingBatch {
  @OneOf(BATCH_OPERATIONS) operation: BatchOperation;
  @OneOf(BILLABLE_KINDS) kind: BillableKind;
  @Nested(() => BillableTransaction, { list: true, description: 'To post; empty when removing.' }) transactions: BillableTransaction[];
  @Id({ list: true, description: 'To remove; empty when posting.' }) externalIds: string[];
}

export const OUTCOMES = ['posted', 'removed', 'refused'] as const;

/**
 * Why the ERP refused one line, as far as the reasons can be distinguished; `refused` for any
 * other, with the ERP's own words as detail.
 */
export const REFUSALS = [
  'already-billed',
  'project-closed',
  'unknown-project',
  'unknown-employee',
  'period-closed',
  'reversal-not-allowed',
  'refused',
] as const;
export type BillingRefusal = (typeof REFUSALS)[number];

export class BillingOutcome {
  @Id() externalId: string;
  @OneOf(OUTCOMES) result: (typeof OUTCOMES)[number];
  @Nested(() => ExternalRef, { optional: true }) ref?: ExternalRef;
  @Nested(() => Money, { optional: true, description: 'The amount as the ERP computes it, where it tells one.' }) amount?: Money;
  @Nested(() => Money, { optional: true, description: 'The rate per hour that the ERP keeps, where its decimals make the amount another one.' })
  ratePerHour?: Money;
  @OneOf(REFUSALS, { optional: true }) code?: BillingRefusal;
  @Text({ optional: true, max: 2000 }) detail?: string;
}

/**
 * The state of a batch. `done`: every line has its outcome and nothing of it can commit any more.
 */
export class BillingBatchState {
  @OneOf(['done', 'under-way']) state: 'done' | 'under-way';
  @OneOf(['job', 'settling', 'another'], {
    optional: true,
    description: "What an unfinished batch waits for: the ERP's job, a lost answer to settle, another process.",
  })
  waitsFor?: 'job' | 'settling' | 'another';
  @Whole({ optional: true, min: 0, description: 'When to ask again.' }) retryAfterMs?: number;
  @Nested(() => BillingOutcome, { list: true }) outcomes: BillingOutcome[];
}

export const INVOICE_STATUSES = ['open', 'paid', 'voided'] as const;

/** An invoice as the ERP has it. Source of record: the ERP. */
export class Invoice {
  @Id() id: string;
  @Text({ max: 80 }) number: string;
  @OneOf(INVOICE_STATUSES) status: (typeof INVOICE_STATUSES)[number];
  @Ref('Project', { optional: true }) projectId?: string;
  @Text({ optional: true, max: 40 }) legalEntity?: string;
  @BusinessDate() date: string;
  @BusinessDate({ optional: true }) dueDate?: string;
  @Nested(() => Money) total: Money;
  @Nested(() => Money) amountDue: Money;
  @Id({ list: true, description: 'External ids of our transactions that are on it.' }) transactions: string[];
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
}

/**
 * A period of a legal entity's books. Source of record: the ERP. Posting to its days is possible
 * while `open`.
 */
export class AccountingPeriod {
  @Id() id: string;
  @Text({ max: 40, description: 'Canonical legal entity code, or * when all entities share the calendar.' }) legalEntity: string;
  @Text({ max: 80 }) name: string;
  @BusinessDate() startDate: string;
  @BusinessDate() endDate: string;
  @Flag() open: boolean;
}

/**
 * The price of one unit of `from` in `to`, from a day until the day before the next row. Never
 * inverted. Source of record: the ERP.
 */
export class ExchangeRate {
  @Id() id: string;
  @Currency() from: string;
  @Currency() to: string;
  @BusinessDate() effectiveFrom: string;
  @Decimal() rate: string;
}

/** One dated version of a rate card. Source of record: the CRM. */
export class DatedRateCard {
  @Id() id: string;
  @Text({ max: 80 }) code: string;
  @Currency() currency: string;
  @BusinessDate() effectiveFrom: string;
  @Nested(() => CardRate, { list: true }) rates: CardRate[];
}

export class CardRate {
  @Text({ max: 80, description: "The role in the CRM's words; the mapping `role` translates." }) role: string;
  @Nested(() => Money, { description: 'Of a rate by the day: what that makes an hour, rounded.' }) ratePerHour: Money;
  @Nested(() => DayRate, { optional: true, description: 'Of a rate by the day.' }) dayRate?: DayRate;
}

export const LINE_STATES = [
  'received', // approved, not yet checked
  'blocked', // an exception is open
  'ready', // priced; waits to be posted or is on its way, also while the ERP is away
  'posted', // in the ERP's billing
  'billed', // on an invoice
  'paid',
  'correcting', // an older version is being taken out of the ERP
  'needs-credit', // an older version is billed and has to be credited first
  'overage', // wholly over the cap: kept, not billed
  'withdrawn', // no longer approved, and the ERP has nothing of it
  'skipped', // somebody decided that it is not to be billed
] as const;
export type LineState = (typeof LINE_STATES)[number];

/** The part of a line over the cap, not billed. */
export class Overage {
  @Whole({ nullable: true }) minutes: number | null;
  @Nested(() => Money) money: Money;
}

/** The invoice that a line is on. */
export class LineInvoice {
  @Text() id: string;
  @Text({ max: 80 }) number: string;
}

/** What keeps a line from being billed. */
export class BillingBlock {
  @Id() exceptionId: string;
  @Text({ max: 80 }) desk: string;
  @Nested(() => Coded, { list: true }) reasons: Coded[];
}

/** The four facts: cost and unbilled sale of the owning entity, cost and inter-entity sale of the lending one. Costs need the field right. */
export class IntercompanyFacts {
  @Text({ max: 40 }) owningEntity: string;
  @Text({ max: 40 }) lendingEntity: string;
  @Nested(() => Money, {
    nullable: true,
    description: "What the owner pays the lender; null while that is unknown, which the line's explanation says.",
  })
  owningCost: Money | null;
  @Nested(() => Money) owningUnbilledSale: Money;
  @Nested(() => Money, { nullable: true }) lendingCost: Money | null;
  @Nested(() => Money, { nullable: true, description: 'The same as `owningCost`.' }) lendingSale: Money | null;
}

/** How far one approved line of time or expense is on its way to being paid, as it is published. */
export class BillingLine {
  @Id() id: string;
  @OneOf(['time', 'expense']) kind: 'time' | 'expense';
  @Whole({ min: 1, description: 'The newest version.' }) version: number;
  @Whole({ min: 0, description: 'Grows with every change of anything here; a reader keeps the highest.' }) revision: number;
  @OneOf(LINE_STATES) state: LineState;
  @Instant({ description: 'Since when it is in this state.' }) since: string;
  @Ref('Project') projectId: string;
  @Id({ nullable: true }) timesheetId: string | null;
  @Ref('Worker', { nullable: true }) workerId: string | null;
  @Text() workerName: string;
  @BusinessDate() workDate: string;
  @Whole({ nullable: true }) minutes: number | null;
  @Flag({
    optional: true,
    description: 'Whether the PSA calls it billable; absent: yes. A billable line may still be worth nothing, on a fixed price.',
  })
  billable?: boolean;
  @Nested(() => Money, {
    nullable: true,
    description:
      'The billed amount, without tax and without what is over the cap. Until priced it is null or an estimate (then `explanation` is empty).',
  })
  money: Money | null;
  @Nested(() => Overage, { nullable: true }) overage: Overage | null;
  @BusinessDate({ nullable: true }) postingDate: string | null;
  @Nested(() => LineInvoice, { nullable: true }) invoice: LineInvoice | null;
  @Nested(() => Coded, { list: true, description: 'How the price came about, in order.' }) explanation: Coded[];
  @Nested(() => IntercompanyFacts, {
    nullable: true,
    description: 'For a worker of one entity on a project of another: what each of the two would book.',
  })
  intercompany: IntercompanyFacts | null;
  @Nested(() => BillingBlock, { nullable: true }) block: BillingBlock | null;
  @Text({ list: true, max: 40 }) legalEntities: string[];
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Instant({ nullable: true }) approvedAt: string | null;
  @Instant({ nullable: true }) postedAt: string | null;
}

/** How many of one noun are set aside. */
export class SetAsideNoun {
  @Text({ max: 100 }) noun: string;
  @Whole({ min: 1 }) records: number;
}

/** The queue to the ERP as people see it. */
export class BillingQueue {
  @OneOf(['flowing', 'held']) state: 'flowing' | 'held';
  @Text({ max: 2000, optional: true, description: 'Why it is held.' }) reason?: string;
  @Whole({
    optional: true,
    min: 1,
    description: 'Records of lines that were set aside, since they can not be taken as they are; an exception names each.',
  })
  setAside?: number;
  @Nested(() => SetAsideNoun, { list: true, optional: true, description: 'Of what nouns they are.' }) setAsideNouns?: SetAsideNoun[];
  @Bag({ description: 'Lines, oldest (instant or null), and money per currency.' }) waiting: { lines: number; oldest: string | null; money: Money[] };
}
