import { Field, ID, InputType, Int, ObjectType, registerEnumType } from '@nestjs/graphql';
import type { MessageCode } from '#apis';
import { STAFFING_STATUSES, type EligibilityReason, type StaffingStatus } from '#canonical';
import { BusinessDate, BusinessDateRange, enumOf, IdsField, Instant } from '#read-model';
import { Sentence, sentenceOf } from '../values/sentence.model.js';
import { Subject, SubjectKind, subjectOf, type SubjectRow } from '../values/subject.model.js';

export const Statuses = enumOf(STAFFING_STATUSES);
registerEnumType(Statuses, { name: 'StaffingStatus' });

@ObjectType({ implements: () => [Subject], description: 'A sold role that needs somebody. Raised in the PSA; answered there.' })
export class StaffingRequest extends Subject {
  @Field(() => String, { nullable: true, description: 'Canonical role code.' }) role: string | null;
  @Field(() => [String]) skills: string[];
  @Field(() => String, { nullable: true, description: 'The legal entity that sold it.' }) legalEntity: string | null;
  @Field(() => BusinessDate, { nullable: true }) startDate: string | null;
  @Field(() => BusinessDate, { nullable: true }) endDate: string | null;
  @Field(() => Int) minutes: number;
  @Field(() => Statuses) status: StaffingStatus;
  /** For look-ups; not in the schema. */
  projectId: string | null;
  answeredAt: Date | null;
}

@ObjectType({ description: 'Whether a worker could take the request, and if not, why.' })
export class Candidate {
  @Field(() => ID) workerId: string;
  @Field(() => String) name: string;
  @Field(() => Boolean) eligible: boolean;
  @Field(() => [Sentence], { description: 'Reasons against: leave, role, skill, legal entity, status. Empty for the eligible.' }) reasons: Sentence[];
}

@ObjectType({
  description: "HCM's answer to who could take the request, as of the moment it was raised. Workers the viewer may not see are left out.",
})
export class Eligibility {
  @Field(() => Instant, { nullable: true, description: 'When HCM was asked; null if it was not yet.' }) answeredAt: Date | null;
  /** For look-ups; not in the schema. */
  requestId: string;
}

@InputType()
export class StaffingRequestFilter {
  @IdsField() ids?: string[];
  @Field(() => [Statuses], { nullable: true }) status?: StaffingStatus[];
  @Field(() => [String], { nullable: true, description: 'Canonical role codes.' }) role?: string[];
  @Field(() => [String], { nullable: true, description: 'Canonical legal entities.' }) legalEntity?: string[];
  @Field(() => [ID], { nullable: true }) project?: string[];
  @Field(() => BusinessDateRange, { nullable: true }) startDate?: BusinessDateRange;
}

@InputType()
export class CandidateFilter {
  @Field(() => Boolean, { nullable: true }) eligible?: boolean;
  @Field(() => String, { nullable: true, description: 'Anywhere in the name.' }) text?: string;
}

export interface StaffingRequestRow extends SubjectRow {
  project_id: string | null;
  role: string | null;
  skills: string[];
  legal_entity: string | null;
  start_date: string | null;
  end_date: string | null;
  minutes: number;
  status: StaffingStatus;
  answered_at: Date | null;
}

export const staffingRequestOf = (row: StaffingRequestRow): StaffingRequest => ({
  ...subjectOf(SubjectKind.STAFFING_REQUEST, row),
  role: row.role,
  skills: row.skills,
  legalEntity: row.legal_entity,
  startDate: row.start_date,
  endDate: row.end_date,
  minutes: row.minutes,
  status: row.status,
  projectId: row.project_id,
  answeredAt: row.answered_at,
});

export interface CandidateRow {
  worker_id: string;
  name: string;
  eligible: boolean;
  reasons: EligibilityReason[];
}

/** What stands against a candidate, as a sentence. */
const AGAINST = {
  leave: 'eligibility.leave',
  'legal-entity': 'eligibility.legal-entity',
  role: 'eligibility.role',
  skill: 'eligibility.skill',
  status: 'eligibility.status',
} as const satisfies Record<EligibilityReason['code'], MessageCode>;

export const candidateOf = (row: CandidateRow): Candidate => ({
  workerId: row.worker_id,
  name: row.name,
  eligible: row.eligible,
  reasons: row.reasons.map(({ code, params }) => sentenceOf({ code: AGAINST[code], params })),
});
