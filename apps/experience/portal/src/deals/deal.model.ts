import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { DEAL_STAGES, type Deal as CanonicalDeal, type DealStage } from '#canonical';
import { BusinessDate, BusinessDateRange, enumOf, IdsField, Instant, Money } from '#read-model';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

export const Stages = enumOf(DEAL_STAGES);
registerEnumType(Stages, { name: 'DealStage' });

@ObjectType({ description: 'The price of a day, and the length of a contract day.' })
export class DayRate {
  @Field(() => Money) rate: Money;
  @Field(() => Int) minutes: number;
}

@ObjectType({ description: 'A role that a deal sells: how much, when, at which rate.' })
export class SoldRole {
  @Field(() => ID) id: string;
  @Field(() => String, { description: "In the seller's words." }) role: string;
  @Field(() => Int) minutes: number;
  @Field(() => Money, { description: 'For a role sold by the day: the resulting rate per hour, rounded.' }) ratePerHour: Money;
  @Field(() => DayRate, { nullable: true, description: 'For a role sold by the day.' }) dayRate?: DayRate;
  @Field(() => Money) amount: Money;
  @Field(() => BusinessDate, { nullable: true }) startDate?: string;
  @Field(() => BusinessDate, { nullable: true }) endDate?: string;
  @Field(() => [String]) skills: string[];
}

@ObjectType()
export class SoldMilestone {
  @Field(() => ID) id: string;
  @Field(() => String) name: string;
  @Field(() => Int) sequence: number;
  @Field(() => BusinessDate, { nullable: true }) dueDate?: string;
  @Field(() => Money) amount: Money;
}

@ObjectType()
export class DealOwner {
  @Field(() => String) name: string;
  @Field(() => String, { nullable: true }) email?: string;
}

@ObjectType({
  implements: () => [Subject],
  description: 'A deal as sold. Source of record: the CRM; legalEntity, billingMethod and costCentre are in its words.',
})
export class Deal extends Subject {
  @Field(() => String) name: string;
  @Field(() => Stages) stage: DealStage;
  @Field(() => String, { description: "The stage's name in the CRM." }) stageName: string;
  @Field(() => BusinessDate) closeDate: string;
  @Field(() => String, { nullable: true }) legalEntity?: string;
  @Field(() => String, { nullable: true }) billingMethod?: string;
  @Field(() => String, { nullable: true }) costCentre?: string;
  @Field(() => String) currency: string;
  @Field(() => Money) amount: Money;
  @Field(() => Money, { nullable: true }) notToExceed?: Money;
  @Field(() => String, { nullable: true, description: 'Code of the rate card on which its prices are based.' }) rateCard?: string;
  @Field(() => BusinessDate, { nullable: true }) startDate?: string;
  @Field(() => BusinessDate, { nullable: true }) endDate?: string;
  @Field(() => String, { nullable: true }) purchaseOrder?: string;
  @Field(() => [SoldRole]) roles: SoldRole[];
  @Field(() => [SoldMilestone]) milestones: SoldMilestone[];
  @Field(() => DealOwner, { nullable: true, description: 'The seller.' }) owner?: DealOwner;
  @Field(() => Instant, { description: 'When the CRM last changed it.' }) modifiedAt: string;
  /** For look-ups; not in the schema. */
  customerId: string;
}

@InputType()
export class DealFilter {
  @IdsField() ids?: string[];
  @Field(() => [Stages], { nullable: true }) stage?: DealStage[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => [ID], { nullable: true }) customer?: string[];
  @Field(() => [String], { nullable: true, description: "In the CRM's words." }) billingMethod?: string[];
  @Field(() => [String], { nullable: true, description: 'By name.' }) owner?: string[];
  @Field(() => BusinessDateRange, { nullable: true }) closeDate?: BusinessDateRange;
  @Field(() => String, { nullable: true, description: 'Anywhere in the name.' }) text?: string;
  @Field(() => Boolean, { nullable: true, description: 'Whether it has an open exception.' }) blocked?: boolean;
}

export interface DealRow extends SubjectRow {
  data: Omit<CanonicalDeal, 'customer'>;
  customer_id: string;
}

export function dealOf(row: DealRow): Deal {
  const { rateCard, ...sold } = row.data;
  return { ...sold, ...subjectOf(SubjectKind.DEAL, row), ...(rateCard ? { rateCard: rateCard.code } : {}), customerId: row.customer_id };
}
