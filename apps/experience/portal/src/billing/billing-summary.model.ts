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
  @Field(() => Int, { description: 'Of these, lines of which not even an estimate is known, so that their worth is not in `money`.' })
  unpriced: number;
  @Field(() => Int, { description: 'Worked minutes.' }) minutes: number;
  @Field(() => [MoneyTotal], { description: 'What they are billed at, without tax, per currency.' }) money: Sum[];
  @Field(() => Instant, { description: 'Since when the first of them is in the state.' }) oldest: Date;
}

@ObjectType({ description: 'Lines that wait for one desk.' })
export class BillingDeskSum {
  @Field(() => Desks) desk: Desk;
  @Field(() => Int) lines: number;
  @Field(() => Int, { description: 'Of these, lines of which not even an estimate is known.' }) unpriced: number;
  @Field(() => [MoneyTotal]) money: Sum[];
  @Field(() => Instant, { description: 'Since when the first of them waits.' }) oldest: Date;
}

@ObjectType({ description: 'What is over the caps of projects: kept, not billed.' })
export class OverageSum {
  @Field(() => Int, { description: 'Lines a part of which, or all, is over.' }) lines: number;
  @Field(() => Int) minutes: number;
  @Field(() => [MoneyTotal]) money: Sum[];
}

@ObjectType({ description: 'Where lines of time and expenses are on their way to the bank, summed up. Sums are of what the viewer may see.' })
export class BillingSummary {
  @Field(() => Int) lines: number;
  @Field(() => Int, { description: 'Worked minutes of lines that were neither withdrawn nor skipped.' }) minutes: number;
  @Field(() => [MoneyTotal], { description: 'What all of them are billed at that were neither withdrawn nor skipped, per currency.' }) money: Sum[];
  @Field(() => [BillingStateSum], { description: 'On the way: from received to paid, then what is off the way.' }) states: BillingStateSum[];
  @Field(() => [BillingDeskSum], { description: 'What is blocked, by whose it is; the most lines first.' }) blocked: BillingDeskSum[];
  @Field(() => OverageSum) overage: OverageSum;
}
