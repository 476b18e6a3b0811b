import { Field, Int, ObjectType } from '@nestjs/graphql';
import { Instant } from '#read-model';
import { ProblemReport } from '../values/problem.model.js';

@ObjectType({ description: "What a system's word means canonically." })
export class Mapping {
  @Field(() => String, { description: 'legal-entity, cost-centre, tax-code, role, billing-method, expense-category or rate-card.' }) kind: string;
  @Field(() => String, { description: "The system's word." }) source: string;
  @Field(() => String) target: string;
  @Field(() => Int) version: number;
  @Field(() => Instant) changedAt: string;
  @Field(() => String) changedBy: string;
}

@ObjectType()
export class MappingPayload {
  @Field(() => Mapping, { nullable: true }) result: Mapping | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}
