import { Field, Int, ObjectType } from '@nestjs/graphql';
import { BusinessDate, Decimal } from '../values/scalars.js';

@ObjectType({
  description:
    'Approved billable minutes (lines of time that the PSA calls billable and that were neither withdrawn nor skipped; fixed-price work and overage included, what is blocked over the limit of a day by policy) over working minutes: eight hours on every weekday on which the worker is employed and not on leave.',
})
export class Utilisation {
  @Field(() => BusinessDate) from: string;
  @Field(() => BusinessDate) to: string;
  @Field(() => Int, { description: 'Of lines that the viewer may see.' }) billableMinutes: number;
  @Field(() => Int) workingMinutes: number;
  @Field(() => Decimal, { nullable: true, description: 'Four decimals, half up, e.g. 0.8125; null when there are no working minutes.' }) share:
    string | null;
}
