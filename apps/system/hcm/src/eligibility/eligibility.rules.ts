import type { EligibilityQuestion } from '#apis/hcm';
import type { Candidate, EligibilityReason } from '#canonical';

/**
 * The facts about a worker for a question; null and empty where nothing speaks against them. Dates
 * are days of the requested period.
 */
export interface EligibilityFacts {
  worker_id: string;
  name: string;
  /** Hired after the asked time begins. */
  starts_on: string | null;
  /** Last day of employment, before the asked time ends. */
  ends_on: string | null;
  other_role: string | null;
  other_role_from: string | null;
  other_entity: string | null;
  other_entity_from: string | null;
  missing_skills: string[];
  leave: { from: string; to?: string }[];
}

/** Shown where there is no planned end. */
const OPEN = '…';

/**
 * Makes an answer with reasons from the facts. A worker must fit on every day of the period; one
 * who changes role or legal entity in it doesn't. Why somebody is on leave is not revealed.
 */
export function candidateOf(facts: EligibilityFacts, asked: EligibilityQuestion): Candidate {
  const reasons = [
    ...statusReasons(facts),
    ...roleReasons(facts, asked),
    ...entityReasons(facts, asked),
    ...skillReasons(facts),
    ...leaveReasons(facts),
  ];
  return { workerId: facts.worker_id, name: facts.name, eligible: reasons.length === 0, reasons };
}

function statusReasons({ starts_on, ends_on }: EligibilityFacts): EligibilityReason[] {
  return [
    ...(starts_on ? [{ code: 'status' as const, params: { status: 'not-started', date: starts_on } }] : []),
    ...(ends_on ? [{ code: 'status' as const, params: { status: 'terminated', date: ends_on } }] : []),
  ];
}

function roleReasons({ other_role, other_role_from }: EligibilityFacts, { role, startDate }: EligibilityQuestion): EligibilityReason[] {
  return other_role === null ? [] : [{ code: 'role', params: { role: other_role, wanted: role, ...since(other_role_from, startDate) } }];
}

function entityReasons({ other_entity, other_entity_from }: EligibilityFacts, { legalEntity, startDate }: EligibilityQuestion): EligibilityReason[] {
  return other_entity === null
    ? []
    : [{ code: 'legal-entity', params: { legalEntity: other_entity, wanted: legalEntity, ...since(other_entity_from, startDate) } }];
}

/** Stated only when it doesn't hold from the start. */
const since = (from: string | null, startDate: string): { from?: string } => (from !== null && from > startDate ? { from } : {});

const skillReasons = ({ missing_skills }: EligibilityFacts): EligibilityReason[] =>
  missing_skills.map(skill => ({ code: 'skill', params: { skill } }));

const leaveReasons = ({ leave }: EligibilityFacts): EligibilityReason[] =>
  leave.map(({ from, to }) => ({ code: 'leave', params: { from, to: to ?? OPEN } }));
