import { Field, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { BusinessDate, Decimal, enumOf } from '#read-model';

const UNKNOWN_OF_CAPACITY = ['country', 'region', 'full-time-share'] as const;
export type UnknownOfCapacity = (typeof UNKNOWN_OF_CAPACITY)[number];
const Unknowns = enumOf(UNKNOWN_OF_CAPACITY);
registerEnumType(Unknowns, {
  name: 'UnknownOfCapacity',
  description:
    'What HCM does not state about a worker. COUNTRY: their country is unknown or has no known holidays, so no holidays are excluded. REGION: only holidays of the whole country are excluded, not those of their region. FULL_TIME_SHARE: they count as full-time.',
});

@ObjectType({
  description:
    'Approved billable minutes divided by working minutes. Billable minutes: lines of time that the PSA calls billable and that were neither withdrawn nor skipped, including fixed-price work and overage; lines blocked over the daily limit by policy. Working minutes: the working day of the firm, or the share of it that their contract states, on every weekday on which they are employed and not on leave, except public holidays of their location (by policy).',
})
export class Utilisation {
  @Field(() => BusinessDate) from: string;
  @Field(() => BusinessDate) to: string;
  @Field(() => Int, { description: 'Of lines that the viewer may see.' }) billableMinutes: number;
  @Field(() => Int) workingMinutes: number;
  @Field(() => Decimal, { nullable: true, description: 'Four decimals, half up, e.g. 0.8125; null when there are no working minutes.' }) share:
    string | null;
  @Field(() => Int, { description: 'Days excluded as public holidays on which they would have worked.' }) publicHolidays: number;
  @Field(() => String, { nullable: true, description: 'Whose public holidays are excluded: DE, or DE-BY for a region; null for none.' }) holidaysOf:
    string | null;
  @Field(() => [Unknowns], { description: 'Unknown facts about the worker because of which their working minutes may be too high.' })
  unknown: UnknownOfCapacity[];
}
