import type { Principal } from '#auth';

/** The right to see the cost of a worker's hour. */
export const COST_RATE_RIGHT = 'worker.cost-rate';

/**
 * The condition on versions `v` under which the caller may see a worker; adds to `values`. The same
 * rule as `maySee`: versions without a legal entity need the unassigned right.
 */
export function visibleTo({ legalEntities, seesUnassigned }: Principal, values: unknown[]): string {
  if (legalEntities === '*' && seesUnassigned) return 'true';
  const unassigned = `$${values.push(seesUnassigned)}::boolean`;
  const entities = `$${values.push(legalEntities === '*' ? null : legalEntities)}::text[]`;
  return `case when v.legal_entity = '' then ${unassigned} else ${entities} is null or v.legal_entity = any(${entities}) end`;
}
