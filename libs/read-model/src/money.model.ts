import { Field, InputType, Int, ObjectType } from '@nestjs/graphql';
import { BusinessDate, Decimal } from './scalars.js';

@ObjectType({ description: 'An exact amount in one currency.' })
export class Money {
  @Field(() => Decimal, { description: "At the currency's minor unit." }) amount: string;
  @Field(() => String, { description: 'ISO 4217.' }) currency: string;
}

@ObjectType({ description: 'A sum in one currency. Sums of several currencies are lists: nothing is converted.' })
export class MoneyTotal {
  @Field(() => Decimal) amount: string;
  @Field(() => String, { description: 'ISO 4217.' }) currency: string;
  @Field(() => Int, { description: 'How many distinct items it covers.' }) items: number;
  @Field(() => Boolean, { description: 'Whether any of them is an estimate.' }) estimated: boolean;
}

@InputType({ description: 'Days from `from` to `to`, both included; either may be left open.' })
export class BusinessDateRange {
  @Field(() => BusinessDate, { nullable: true }) from?: string;
  @Field(() => BusinessDate, { nullable: true }) to?: string;
}
