import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { LINE_STATES, money, type Desk, type LineState, type StoredReason } from '#canonical';
import type { ReadRow } from '#persistence';
import { BusinessDate, enumOf, IdsField, Instant, Money } from '#read-model';
import { billingLine } from '../read-model/billing-line.table.js';
import { Desks } from '../values/desks.js';
import { Sentence, sentence, sentenceOf } from '../values/sentence.model.js';
import { Subject, SubjectKind } from '../values/subject.model.js';
import { STATE_SENTENCES } from './state-sentences.js';

export const LineStates = enumOf(LINE_STATES);
registerEnumType(LineStates, { name: 'LineState', description: 'Where an approved line of time or expense stands on its way to the bank.' });
export const LineKinds = enumOf(['time', 'expense']);
registerEnumType(LineKinds, { name: 'LineKind' });

@ObjectType({ description: 'The part of a line that is over the cap of its project: kept, not billed.' })
export class Overage {
  @Field(() => Int, { nullable: true, description: 'Of time.' }) minutes: number | null;
  @Field(() => Money) money: Money;
}

@ObjectType({ description: 'What keeps a line from being billed, whose desk that is on, and since when.' })
export class BillingBlock {
  @Field(() => ID) exceptionId: string;
  @Field(() => Desks, { description: 'The desk that must act.' }) desk: Desk;
  @Field(() => [Sentence], { description: 'Everything that is wrong with the line.' }) reasons: Sentence[];
  @Field(() => Instant, { description: 'Since when the line is in this state.' }) since: Date;
}

@ObjectType({ description: 'The number of the invoice a line is on.' })
export class InvoiceNumber {
  @Field(() => ID) id: string;
  @Field(() => String) number: string;
}

@ObjectType({ description: 'A worker of one legal entity on a project of another: what each of the two would book.' })
export class Intercompany {
  @Field(() => String, { description: 'Owns the project.' }) owningEntity: string;
  @Field(() => String, { description: 'Lends the worker.' }) lendingEntity: string;
  @Field(() => Money, { description: 'What the owner would bill the customer.' }) owningUnbilledSale: Money;
  /** For look-ups; not in the schema. */
  lineId: string;
  /** Undefined when it equals the worker's cost; null when it is not known. */
  knownLendingSale: Money | null | undefined;
}

@ObjectType({ implements: () => [Subject], description: 'One approved line of time or expense, on its way from the PSA to an invoice.' })
export class BillingLine extends Subject {
  @Field(() => LineStates) state: LineState;
  @Field(() => Sentence, { description: 'The state in words.' }) status: Sentence;
  @Field(() => Instant, { description: 'In this state since.' }) since: Date;
  @Field(() => Int, { description: 'Counts the changes of the line that matter to billing.' }) version: number;
  @Field(() => ID) projectId: string;
  @Field(() => ID, { nullable: true, description: 'The timesheet or expense report that contains it.' }) submissionId: string | null;
  @Field(() => String) workerName: string;
  @Field(() => BusinessDate, { description: 'When it was worked or spent.' }) workDate: string;
  @Field(() => Int, { nullable: true, description: 'Worked minutes, of time.' }) minutes: number | null;
  @Field(() => Money, { nullable: true, description: 'What it is billed at, without tax; an estimate, or null, until it is priced.' })
  money: Money | null;
  @Field(() => Boolean, { description: 'Whether `money` is an estimate, since it has no price yet.' }) estimated: boolean;
  @Field(() => Boolean, { description: 'Whether the PSA calls it billable; what is billable may still be worth nothing, on a fixed price.' })
  billable: boolean;
  @Field(() => Overage, { nullable: true, description: 'Null when nothing of it is over the cap.' }) overage: Overage | null;
  @Field(() => BusinessDate, { nullable: true, description: 'The first open day of the books at or after the work date.' }) postingDate:
    string | null;
  @Field(() => [Sentence], { description: 'How the price came about, in order.' }) explanation: Sentence[];
  @Field(() => Intercompany, { nullable: true }) intercompany: Intercompany | null;
  @Field(() => BillingBlock, { nullable: true, description: 'Null when nobody has to do anything.' }) block: BillingBlock | null;
  @Field(() => InvoiceNumber, { nullable: true, description: 'The invoice it is on, as it was billed.' }) invoiceNumber: InvoiceNumber | null;
  @Field(() => Instant, { nullable: true }) approvedAt: Date | null;
  @Field(() => Instant, { nullable: true, description: "When it entered the ERP's billing." }) postedAt: Date | null;
  /** For look-ups; not in the schema. */
  workerId: string | null;
}

@InputType()
export class BillingLineFilter {
  @IdsField() ids?: string[];
  @Field(() => [LineKinds], { nullable: true }) kind?: string[];
  @Field(() => [LineStates], { nullable: true }) state?: LineState[];
  @Field(() => [ID], { nullable: true }) project?: string[];
  @Field(() => [ID], { nullable: true }) worker?: string[];
  @Field(() => [ID], { nullable: true, description: 'Timesheets and expense reports.' }) timesheet?: string[];
  @Field(() => BusinessDate, { nullable: true, description: 'Worked or spent on this day or later.' }) from?: string;
  @Field(() => BusinessDate, { nullable: true, description: 'Worked or spent on this day or earlier.' }) to?: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether somebody has to do something about it.' }) blocked?: boolean;
  @Field(() => [Desks], { nullable: true, description: 'Whose it is.' }) desk?: Desk[];
  @Field(() => Boolean, { nullable: true, description: 'Whether a part of it is over the cap of its project.' }) overage?: boolean;
  @Field(() => Boolean, { nullable: true, description: 'Whether the worker is of another legal entity than the project.' }) intercompany?: boolean;
  @Field(() => Boolean, { nullable: true }) billable?: boolean;
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => String, { nullable: true, description: "Anywhere in the worker's name." }) text?: string;
}

/** The columns of a line's row that its model needs. */
export const shownLine = billingLine.without('revision', 'workerFolded', 'history');

export type BillingLineRow = ReadRow<typeof shownLine.columns>;

export const moneyOf = (amount: string | null, currency: string | null): Money | null =>
  amount === null || currency === null ? null : money(amount, currency);

const sentencesOf = (reasons: StoredReason[] | null): Sentence[] => (reasons ?? []).map(sentenceOf);

export function billingLineOf(row: BillingLineRow): BillingLine {
  const { amount, currency, overageMinutes, overageAmount, overageCurrency, invoiceId, invoiceNumber, exceptionId, desk, reasons, ...rest } = row;
  const over = moneyOf(overageAmount, overageCurrency);
  const { id, state, since, intercompany } = rest;
  return {
    ...rest,
    kind: row.kind === 'time' ? SubjectKind.TIME_ENTRY : SubjectKind.EXPENSE,
    title: `${row.workerName}, ${row.workDate}`,
    status: sentence(STATE_SENTENCES[state]),
    money: moneyOf(amount, currency),
    overage: over && { minutes: overageMinutes, money: over },
    explanation: sentencesOf(row.explanation),
    intercompany: intercompany && { ...intercompany, lineId: id, knownLendingSale: intercompany.lendingSale },
    block: exceptionId === null || desk === null ? null : { exceptionId, desk, reasons: sentencesOf(reasons), since },
    invoiceNumber: invoiceId === null ? null : { id: invoiceId, number: invoiceNumber ?? invoiceId },
  };
}
