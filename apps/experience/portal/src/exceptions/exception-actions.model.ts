import { Field, ID, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import { OUTCOMES } from '#apis/exceptions';
import { enumOf } from '#read-model';
import { ProblemReport } from '../values/problem.model.js';
import { Exception } from './exception.model.js';

export const Answers = enumOf(OUTCOMES);
registerEnumType(Answers, {
  name: 'ExceptionAnswer',
  description: 'APPLY: the desired state is applied. KEEP: the current state is kept. DONE: a person has aligned it by hand.',
});

@ObjectType()
export class ExceptionPayload {
  @Field(() => Exception, { nullable: true, description: 'The exception after the action, as far as the read model shows it.' })
  result: Exception | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}

@ObjectType({ description: 'A group that is retried: the oldest goes first, the rest once it has come through.' })
export class ExceptionGroupRetry {
  @Field(() => ID) need: string;
  @Field(() => Int, { description: 'Exceptions that are retried.' }) exceptions: number;
}

@ObjectType()
export class ExceptionGroupPayload {
  @Field(() => ExceptionGroupRetry, { nullable: true }) result: ExceptionGroupRetry | null;
  @Field(() => [ProblemReport]) problems: ProblemReport[];
}
