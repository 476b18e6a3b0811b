import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { BusinessDate, Decimal, enumOf } from '#read-model';

const UNKNOWN_OF_CAPACITY = ['country', 'region', 'full-time-share'] as const;
export type UnknownOfCapacity = (typeof UNKNOWN_OF_CAPACITY)[number];
const Unknowns = enumOf(UNKNOWN_OF_CAPACITY);
registerEnumType(Unknowns, {
  name: 'UnknownOfCapacity',
  description:
    'What HCM does not tell of a worker. COUNTRY: where they work, or its holidays are known to nobody, and none are left out; REGION: holidays of their region are left in, those of the whole country are left out; FULL_TIME_SHARE: they count as full-time.',
});

@ObjectType({
  description:
    'Approved billable minutes (lines of time that the PSA calls billable and that were neither withdrawn nor skipped; fixed-price work and overage included, what is blocked over the limit of a day by policy) over working minutes: the working day of the firm, or the share of it that their contract says, on every weekday on which they are employed and not on leave and that is no public holiday where they work (by policy).',
})
export class Utilisation {
  @Field(() => BusinessDate) from: string;
  @Field(() => BusinessDate) to: string;
  @Field(() => Int, { description: 'Of lines that the viewer may see.' }) billableMinutes: number;
  @Field(() => Int) workingMinutes: number;
  @Field(() => Decimal, { nullable: true, description: 'Four decimals, half up, e.g. 0.8125; null when there are no working minutes.' }) share:
    string | null;
  @Field(() => Int, { description: 'Days that are left out as public holidays: on which they would have worked.' }) publicHolidays: number;
  @Field(() => String, { nullable: true, description: 'Whose public holidays are left out: DE, or DE-BY of a region; null for none.' }) holidaysOf:
    string | null;
  @Field(() => [Unknowns], { description: 'What is not known of the worker and makes their working minutes too many.' }) unknown: UnknownOfCapacity[];
}
