import { BusinessDate, Id, Minutes, Nested, OneOf, Ref, Text } from './decorators.js';
import { Candidate } from './worker.js';

export const STAFFING_STATUSES = ['requested', 'staffed', 'rejected', 'cancelled'] as const;
export type StaffingStatus = (typeof STAFFING_STATUSES)[number];

/** A sold role that needs somebody. Raised in the PSA; answered there. */
export class StaffingRequest {
  @Id() id: string;
  @Ref('Project') projectId: string;
  @Text({ max: 80, description: 'Canonical role code.' }) role: string;
  @Text({ list: true, max: 80 }) skills: string[];
  @Text({ max: 40, description: 'Legal entity that sold it.' }) legalEntity: string;
  @BusinessDate() startDate: string;
  @BusinessDate() endDate: string;
  @Minutes() minutes: number;
  @OneOf(STAFFING_STATUSES) status: StaffingStatus;
}

/** A staffing request with HCM's answer: who could do it, and who not and why. */
export class StaffingRequestWithEligibility extends StaffingRequest {
  @Nested(() => Candidate, { list: true }) candidates: Candidate[];
}
