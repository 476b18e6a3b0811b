import { Field, ID, ObjectType } from '@nestjs/graphql';
import { BusinessDate } from '#read-model';
import { Subject } from '../values/subject.model.js';

@ObjectType({
  implements: () => [Subject],
  description: 'The lines of a worker with a work date in one ISO week. Its id is `worker:<worker id>:<week>`.',
})
export class WorkerWeek extends Subject {
  @Field(() => ID) workerId: string;
  @Field(() => String, { description: 'ISO 8601, e.g. 2026-W46.' }) week: string;
  @Field(() => BusinessDate, { description: 'Its Monday.' }) from: string;
  @Field(() => BusinessDate, { description: 'Its Sunday.' }) to: string;
}

@ObjectType({
  implements: () => [Subject],
  description: 'The lines of a project with a work date in one month. Its id is `project:<project id>:<month>`.',
})
export class ProjectMonth extends Subject {
  @Field(() => ID) projectId: string;
  @Field(() => String, { description: 'E.g. 2026-11.' }) month: string;
  @Field(() => BusinessDate, { description: 'Its first day.' }) from: string;
  @Field(() => BusinessDate, { description: 'Its last day.' }) to: string;
}
