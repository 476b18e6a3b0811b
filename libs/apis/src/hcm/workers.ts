import { PickType } from '@nestjs/swagger';
import { BusinessDate, Id, Nested, Text, Whole, Worker } from '#canonical';
import { get, operations, post } from '../operation.js';
import { PageQuery } from '../page.js';

export class WorkerView extends Worker {
  @Text({ list: true, description: 'Fields that were left out because the caller lacks the right to them.' }) deniedFields: string[];
}

export class AsOfQuery {
  @BusinessDate({ optional: true, description: 'The day the answer is to hold for; today if not said.' }) asOf?: string;
}

export class WorkersQuery extends PageQuery {
  @BusinessDate({ optional: true, description: 'The day the answer is to hold for; today if not said.' }) asOf?: string;
  @Text({ optional: true, max: 80, description: 'Canonical role code.' }) role?: string;
  @Text({ optional: true, max: 40, description: 'Canonical legal entity code.' }) legalEntity?: string;
  @Text({ optional: true, max: 80, description: 'A skill the worker has; upper and lower case are the same.' }) skill?: string;
  @Id({ optional: true, list: true, description: 'Only these workers.' }) ids?: string[];
}

/** A worker by one of three keys that other systems know, and the day that the answer is for. */
export class WorkerAsked {
  // Whatever the other system has: a text that is not an e-mail address matches nobody and must not
  // refuse the others.
  @Text({ optional: true, max: 320, description: 'Work e-mail; upper and lower case are the same.' }) email?: string;
  @Id({ optional: true, description: 'Canonical id of a worker.' }) workerId?: string;
  @Text({ optional: true, max: 40 }) employeeNumber?: string;
  @BusinessDate() date: string;
}

export class WorkersAsOfQuestion {
  @Nested(() => WorkerAsked, { list: true, description: 'Each with exactly one of email, workerId and employeeNumber.' }) items: WorkerAsked[];
}

export class WorkerOnDay extends PickType(Worker, ['employeeNumber', 'name', 'status', 'role', 'legalEntity', 'costCentre', 'costRate'] as const) {
  @Id({ description: 'Canonical id of the worker.' }) workerId: string;
}

export class WorkerMatch {
  @Whole({ min: 0, description: 'Which of the asked; counts from 0.' }) index: number;
  @Whole({ min: 0, description: 'How many workers the caller may see are meant: 0 none, 1 the worker, else nobody knows which.' }) matches: number;
  @Nested(() => WorkerOnDay, { optional: true, description: 'The one match, as of the day.' }) worker?: WorkerOnDay;
}

export class WorkersAsOfAnswer {
  @Nested(() => WorkerMatch, { list: true, description: 'One for each that was asked, in its order.' }) items: WorkerMatch[];
  @Text({ list: true, description: 'Fields that were left out because the caller lacks the right to them.' }) deniedFields: string[];
}

export const workers = operations('workers', {
  listWorkers: get('workers', {
    scope: 'hcm.read',
    summary: 'Workers as of a day, in order of name',
    query: WorkersQuery,
    pageOf: WorkerView,
  }),
  getWorker: get('workers/:id', {
    scope: 'hcm.read',
    summary: 'A worker as of a day',
    query: AsOfQuery,
    answer: WorkerView,
  }),
  askWorkersAsOf: post('workers/as-of', {
    scope: 'hcm.read',
    summary: 'Up to 1,000 workers, each as of a day, by e-mail, id or employee number',
    body: WorkersAsOfQuestion,
    answer: WorkersAsOfAnswer,
    writesNothing: true,
  }),
});
