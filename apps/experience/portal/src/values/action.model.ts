import { Field, ObjectType } from '@nestjs/graphql';
import { Sentence } from './sentence.model.js';

@ObjectType({ description: 'Something the viewer could do here, and whether the server would let them now.' })
export class Action {
  @Field(() => String, { description: 'The mutation that does it. An open list.' }) name: string;
  @Field(() => Boolean) allowed: boolean;
  @Field(() => Sentence, { nullable: true, description: 'The reason as a code and its parameters.' }) why: Sentence | null;
}
