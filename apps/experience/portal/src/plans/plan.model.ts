import { Field, ID, ObjectType, registerEnumType } from '@nestjs/graphql';
import { EFFECT_OPERATIONS, type EffectOperation } from '#canonical';
import { enumOf, Instant, Money, MoneyTotal } from '#read-model';
import { ProblemReport } from '../values/problem.model.js';

const Operations = enumOf(EFFECT_OPERATIONS);
registerEnumType(Operations, { name: 'EffectOperation' });

export enum ValueType {
  TEXT = 'text',
  NUMBER = 'number',
  BOOLEAN = 'boolean',
  DATE = 'date',
  INSTANT = 'instant',
  MONEY = 'money',
}
registerEnumType(ValueType, { name: 'ValueType' });

@ObjectType({ description: 'One field of a record, before and after.' })
export class EffectRow {
  @Field(() => String, { description: 'Its path in the record: milestones[0].amount.' }) field: string;
  @Field(() => ValueType) type: ValueType;
  @Field(() => String, { nullable: true, description: 'Null: it does not exist yet.' }) before: string | null;
  @Field(() => String, { nullable: true, description: 'Null: it will not exist.' }) after: string | null;
  @Field(() => Boolean) changed: boolean;
}

@ObjectType({ description: 'One write to one record of a back end.' })
export class PlanEffect {
  @Field(() => String, { description: 'crm, psa, hcm or erp.' }) system: string;
  @Field(() => String) account: string;
  @Field(() => Operations) operation: EffectOperation;
  @Field(() => String, { description: 'What kind of record: customer, project, task, ...' }) noun: string;
  @Field(() => ID) externalId: string;
  @Field(() => [EffectRow]) rows: EffectRow[];
  @Field(() => Money, { nullable: true, description: 'The money in the record.' }) money: Money | null;
}

@ObjectType({ description: 'A dry run: every effect that a deal would have; none of them happened.' })
export class Plan {
  @Field(() => ID, { description: 'Identifies exactly these effects: applying can be bound to it.' }) hash: string;
  @Field(() => ID) dealId: string;
  @Field(() => [PlanEffect], { description: 'In the order they would be applied.' }) effects: PlanEffect[];
  @Field(() => [MoneyTotal], { description: 'The money of its projects, per currency: each project once, without its parts.' })
  money: MoneyTotal[];
  @Field(() => Instant) createdAt: string;
}

@ObjectType()
export class PlanPayload {
  @Field(() => Plan, { nullable: true }) result: Plan | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}
