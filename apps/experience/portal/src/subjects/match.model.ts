import { Field, ID, ObjectType } from '@nestjs/graphql';
import { SubjectKind } from '../values/subject.model.js';

@ObjectType({ description: 'What a text was found in.' })
export class MatchedOn {
  @Field(() => String, { description: 'id, native-id or words.' }) what: string;
  @Field(() => Boolean, { description: 'Whether the whole value matches, or only its beginning.' }) exact: boolean;
  @Field(() => String, { description: 'The matching value.' }) value: string;
  @Field(() => String, { nullable: true, description: 'For a native id: its system.' }) system: string | null;
  @Field(() => String, { nullable: true }) account: string | null;
  @Field(() => String, { nullable: true, description: "The vendor's record type." }) type: string | null;
}

@ObjectType({ description: 'A subject that was found, and what matched.' })
export class Match {
  @Field(() => ID) id: string;
  @Field(() => SubjectKind) kind: SubjectKind;
  @Field(() => [MatchedOn]) matchedOn: MatchedOn[];
}
