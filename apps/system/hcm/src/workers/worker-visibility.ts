import type { Principal } from '#auth';

/** The right to what an hour of a worker costs. */
export const COST_RATE_RIGHT = 'worker.cost-rate';

/**
 * The condition on versions `v` under which the caller may see a worker; binds into `values`. The same rule as `maySee`: those without a
 * legal entity need the unassigned right.
 */
export function visibleTo({ legalEntities, seesUnassigned }: Principal, values: unknown[]): string {
  if (legalEntities === '*' && seesUnassigned) return 'true';
  const unassigned = `$${values.push(seesUnassigned)}::boolean`;
  const entities = `$${values.push(legalEntities === '*' ? null : legalEntities)}::text[]`;
  return `case when v.legal_entity = '' then ${unassigned} else ${entities} is null or v.legal_entity = any(${entities}) end`;
}
