import { PickType } from '@nestjs/swagger';
import { BusinessDate, Id, Nested, Text, Whole, Worker } from '#canonical';

/** Somebody as another system knows them, by one of three, and the day the answer is to hold for. */
export class WorkerAsked {
  // Whatever the other system holds: what is no e-mail matches nobody and must not refuse the others.
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
