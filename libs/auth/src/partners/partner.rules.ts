import { Problem } from '#canonical';
import type { Principal } from '../principal.js';
import { HOUSE_ISSUER } from '../qualified-id.js';
import type { Partner } from './partner.table.js';

/** A partner, as one of its clients has it. */
export interface BoundPartner {
  partner: Partner;
  /** The client is refused from then on; null is never. */
  validUntil: Date | null;
}

const refused = (code: string, detail: string): Problem => new Problem('forbidden', detail, { code });

/**
 * The caller with the partner that its client is bound to: it may do what its token and its partner
 * both allow, and sees its partner's rows, whatever the token claims. Throws `forbidden` for a
 * suspended partner, for a client whose binding has ended, and for a client of another issuer than
 * the house's that no partner has. `nowMs`: since 1970.
 */
export function asPartner(principal: Principal, bound: BoundPartner | undefined, nowMs: number): Principal {
  if (!bound) {
    if (principal.issuer === HOUSE_ISSUER) return principal;
    throw refused('partner-unknown', 'No partner has this client; ask whoever runs these APIs.');
  }
  const { partner, validUntil } = bound;
  if (validUntil !== null && validUntil.getTime() <= nowMs)
    throw refused('partner-client-ended', 'This client is no longer in use; its partner calls by another one.');
  if (partner.state === 'suspended') throw refused('partner-suspended', 'This partner is suspended; ask whoever runs these APIs.');
  const { id, kind, legalEntities, customerIds, agency } = partner;
  return {
    ...principal,
    scopes: principal.scopes.filter(scope => partner.scopes.includes(scope)),
    roles: [],
    legalEntities,
    seesUnassigned: false,
    fieldRights: [],
    partner: { id, kind, legalEntities, customerIds, agency },
  };
}
