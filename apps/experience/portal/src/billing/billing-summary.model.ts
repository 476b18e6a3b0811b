import { Field, Int, ObjectType } from '@nestjs/graphql';
import type { Desk, LineState, MoneyTotal as Sum } from '#canonical';
import { Instant, MoneyTotal } from '#read-model';
import { Desks } from '../values/desks.js';
import { Sentence } from '../values/sentence.model.js';
import { LineStates } from './billing-line.model.js';

@ObjectType({ description: 'Lines in one state.' })
export class BillingStateSum {
  @Field(() => LineStates) state: LineState;
  @Field(() => Sentence, { description: 'The state in words.' }) status: Sentence;
  @Field(() => Int) lines: number;
  @Field(() => Int, { description: 'Of these, lines without even an estimate; their worth is not in `money`.' })
  unpriced: number;
  @Field(() => Int, { description: 'Worked minutes.' }) minutes: number;
  @Field(() => [MoneyTotal], { description: 'What they are billed at, without tax, per currency.' }) money: Sum[];
  @Field(() => Instant, { description: 'Since when the first of them is in the state.' }) oldest: Date;
}

@ObjectType({ description: 'Lines that wait for one desk.' })
export class BillingDeskSum {
  @Field(() => Desks) desk: Desk;
  @Field(() => Int) lines: number;
  @Field(() => Int, { description: 'Of these, lines without even an estimate.' }) unpriced: number;
  @Field(() => [MoneyTotal]) money: Sum[];
  @Field(() => Instant, { description: 'Since when the first of them waits.' }) oldest: Date;
}

@ObjectType({ description: 'What is over the caps of projects: kept, not billed.' })
export class OverageSum {
  @Field(() => Int, { description: 'Lines that are partly or wholly over the cap.' }) lines: number;
  @Field(() => Int) minutes: number;
  @Field(() => [MoneyTotal]) money: Sum[];
}

@ObjectType({ description: 'How many lines of time and expenses are in which state on their way to the bank. Sums cover what the viewer may see.' })
export class BillingSummary {
  @Field(() => Int) lines: number;
  @Field(() => Int, { description: 'Worked minutes of all lines that were neither withdrawn nor skipped.' }) minutes: number;
  @Field(() => [MoneyTotal], { description: 'What all lines are billed at that were neither withdrawn nor skipped, per currency.' }) money: Sum[];
  @Field(() => [BillingStateSum], { description: 'By state: from received to paid, then the states off that way.' }) states: BillingStateSum[];
  @Field(() => [BillingDeskSum], { description: 'Blocked lines by desk; the desk with the most lines first.' }) blocked: BillingDeskSum[];
  @Field(() => OverageSum) overage: OverageSum;
}
