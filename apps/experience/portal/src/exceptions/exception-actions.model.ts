import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { OUTCOMES } from '#apis/exceptions';
import { enumOf } from '#read-model';
import { ProblemReport } from '../values/problem.model.js';
import { Exception } from './exception.model.js';

export const Answers = enumOf(OUTCOMES);
registerEnumType(Answers, {
  name: 'ExceptionAnswer',
  description: 'What is wanted is applied, what is there is kept, or it was brought in line by hand (done).',
});

@ObjectType()
export class ExceptionPayload {
  @Field(() => Exception, { nullable: true, description: 'As it is after the action, as far as the read model has it.' }) result: Exception | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}

@ObjectType({ description: 'A group that is being tried again: the oldest goes first, the rest when it has come through.' })
export class ExceptionGroupRetry {
  @Field(() => ID) need: string;
  @Field(() => Int, { description: 'Exceptions that go again.' }) exceptions: number;
}

@ObjectType()
export class ExceptionGroupPayload {
  @Field(() => ExceptionGroupRetry, { nullable: true }) result: ExceptionGroupRetry | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}
