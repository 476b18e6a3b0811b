import { Bag, BusinessDate, Country, Decimal, Email, Flag, Id, Nested, OneOf, Ref, Text } from './decorators.js';
import { ExternalRef } from './ids.js';
import { Money } from './money.js';

export const WORKER_STATUSES = ['active', 'terminated', 'not-started'] as const;
export type WorkerStatus = (typeof WORKER_STATUSES)[number];

export class Leave {
  @BusinessDate() from: string;
  @BusinessDate({ optional: true, description: 'Last day; absent while no return is planned.' }) to?: string;
  @Text({ max: 80 }) type: string;
}

/** Someone who delivers. Source of record: HCM. `role`, `legalEntity`, `costRate` are as of the date asked for. */
export class Worker {
  @Id() id: string;
  @Text({ max: 40 }) employeeNumber: string;
  @Text() name: string;
  @Email({ optional: true }) workEmail?: string;
  @OneOf(WORKER_STATUSES) status: WorkerStatus;
  @BusinessDate() hiredOn: string;
  @BusinessDate({ optional: true }) terminatedOn?: string;
  @Text({ max: 80, description: 'Canonical role code.' }) role: string;
  @Text({ list: true, max: 80 }) skills: string[];
  @Ref('Worker', { optional: true, description: 'The direct manager.' }) managerId?: string;
  @Text({ optional: true, max: 80 }) location?: string;
  @Country({ optional: true, description: 'Where they work.' }) country?: string;
  @Text({ optional: true, max: 10, description: 'The part of that country, as ISO 3166-2 has it, e.g. DE-BY.' }) region?: string;
  @Decimal({ optional: true, description: 'How much of full time their contract is, e.g. 0.6.' }) fullTimeShare?: string;
  @Text({ max: 40, description: 'Canonical legal entity code.' }) legalEntity: string;
  @Text({ optional: true, max: 40 }) costCentre?: string;
  @Text({ optional: true, max: 200, description: 'The code of the agency that lends them; absent of employees, and where HCM does not say it.' })
  agency?: string;
  @Nested(() => Money, { optional: true, sensitive: 'worker.cost-rate', description: 'Cost per hour.' }) costRate?: Money;
  @Nested(() => Leave, { list: true }) leave: Leave[];
  @Nested(() => ExternalRef, { list: true }) refs: ExternalRef[];
  @Bag({ optional: true, description: "The firm's own fields, by their names in the back end." }) extensions?: Record<string, unknown>;
}

/** Why somebody can't take a role, as a code with its parameters (leave, role, skill, legal-entity, status). */
export class EligibilityReason {
  @OneOf(['leave', 'role', 'skill', 'legal-entity', 'status']) code: 'leave' | 'role' | 'skill' | 'legal-entity' | 'status';
  @Bag({ description: 'What the sentence of the code is about, by its places.' }) params: Record<string, string>;
}

export class Candidate {
  @Ref('Worker') workerId: string;
  @Text() name: string;
  @Flag() eligible: boolean;
  @Nested(() => EligibilityReason, { list: true }) reasons: EligibilityReason[];
}
