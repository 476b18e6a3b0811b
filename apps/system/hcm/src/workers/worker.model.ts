import { BusinessDate, Id, Text, Worker } from '#canonical';
import { PageQuery } from '#service';

/** The fields that need a right of their own, and the right. */
export const COST_RATE_RIGHT = 'worker.cost-rate';

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
