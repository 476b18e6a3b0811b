import { Field, ObjectType } from '@nestjs/graphql';

@ObjectType({ description: 'Why a mutation had no result, or a remark on it.' })
export class ProblemReport {
  @Field(() => String, { description: 'invalid, forbidden, not-found, conflict, precondition-failed, unprocessable, ...' }) kind: string;
  @Field(() => String, { nullable: true }) code: string | null;
  @Field(() => String) detail: string;
  @Field(() => String, { nullable: true, description: 'The input field that it concerns.' }) field: string | null;
  @Field(() => Boolean, { description: 'Whether the same call may succeed later.' }) retryable: boolean;
}
