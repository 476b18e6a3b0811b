import { Field, ID, ObjectType } from '@nestjs/graphql';
import { SubjectKind } from '../values/subject.model.js';

@ObjectType({ description: 'What a text was found in.' })
export class MatchedOn {
  @Field(() => String, { description: 'id, native-id or words.' }) what: string;
  @Field(() => Boolean, { description: 'Whether it is exactly that, or only begins so.' }) exact: boolean;
  @Field(() => String, { description: 'What was found there.' }) value: string;
  @Field(() => String, { nullable: true, description: 'For a native id: whose.' }) system: string | null;
  @Field(() => String, { nullable: true }) account: string | null;
  @Field(() => String, { nullable: true, description: "The vendor's record type." }) type: string | null;
}

@ObjectType({ description: 'A subject that was found, and on what.' })
export class Match {
  @Field(() => ID) id: string;
  @Field(() => SubjectKind) kind: SubjectKind;
  @Field(() => [MatchedOn]) matchedOn: MatchedOn[];
}
