import { Field, ID, InputType, ObjectType, registerEnumType } from '@nestjs/graphql';
import { WORKER_STATUSES, type Worker as CanonicalWorker, type WorkerStatus } from '#canonical';
import { BusinessDate, Decimal, enumOf, IdsField } from '#read-model';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

/** The right to see what a worker costs. */
export const COST_RATE_RIGHT = 'worker.cost-rate';

export const Statuses = enumOf(WORKER_STATUSES);
registerEnumType(Statuses, { name: 'WorkerStatus' });

@ObjectType()
export class Leave {
  @Field(() => BusinessDate) from: string;
  @Field(() => BusinessDate, { nullable: true, description: 'Last day; none while no return is planned.' }) to?: string;
  @Field(() => String) type: string;
}

@ObjectType({ implements: () => [Subject], description: 'Someone who delivers. Source of record: HCM.' })
export class Worker extends Subject {
  @Field(() => String) employeeNumber: string;
  @Field(() => String) name: string;
  @Field(() => String, { nullable: true }) workEmail?: string;
  @Field(() => Statuses) status: WorkerStatus;
  @Field(() => BusinessDate) hiredOn: string;
  @Field(() => BusinessDate, { nullable: true }) terminatedOn?: string;
  @Field(() => String, { description: 'Canonical role code.' }) role: string;
  @Field(() => [String]) skills: string[];
  @Field(() => String, { nullable: true }) location?: string;
  @Field(() => String, { nullable: true, description: 'Where they work: an ISO 3166-1 code.' }) country?: string;
  @Field(() => String, { nullable: true, description: 'Its part, as ISO 3166-2 has it: DE-BY.' }) region?: string;
  @Field(() => Decimal, { nullable: true, description: 'Their share of full time by contract, e.g. 0.6.' }) fullTimeShare?: string;
  @Field(() => String, { description: 'Canonical legal entity.' }) legalEntity: string;
  @Field(() => String, { nullable: true }) costCentre?: string;
  @Field(() => [Leave]) leave: Leave[];
  /** For look-ups; not in the schema. */
  managerId?: string;
}

@InputType()
export class WorkerFilter {
  @IdsField() ids?: string[];
  @Field(() => [Statuses], { nullable: true }) status?: WorkerStatus[];
  @Field(() => [String], { nullable: true, description: 'Canonical role codes.' }) role?: string[];
  @Field(() => [String], { nullable: true, description: 'Has all of these.' }) skills?: string[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => [String], { nullable: true }) costCentre?: string[];
  @Field(() => [String], { nullable: true }) location?: string[];
  @Field(() => [ID], { nullable: true, description: 'Direct managers.' }) manager?: string[];
  @Field(() => String, { nullable: true, description: 'Anywhere in the name.' }) text?: string;
}

export interface WorkerRow extends SubjectRow {
  data: Omit<CanonicalWorker, 'costRate'>;
}

export const workerOf = (row: WorkerRow): Worker => ({ ...row.data, ...subjectOf(SubjectKind.WORKER, row) });
