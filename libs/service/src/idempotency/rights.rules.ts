import type { Principal } from '#auth';

/** The caller's rights when an answer was made. */
export interface Rights {
  scopes: string[];
  roles: string[];
  legalEntities: string[] | '*';
  seesUnassigned: boolean;
  fieldRights: string[];
  /** The partner that called; absent for others, and in rows of older releases. */
  partner?: string;
}

export const rightsOf = (principal: Principal | undefined): Rights => ({
  scopes: principal?.scopes ?? [],
  roles: principal?.roles ?? [],
  legalEntities: principal?.legalEntities ?? [],
  seesUnassigned: principal?.seesUnassigned ?? false,
  fieldRights: principal?.fieldRights ?? [],
  partner: principal?.partner?.id,
});

const hasAll = (now: string[], then: string[]): boolean => then.every(one => now.includes(one));

function seesAll(now: string[] | '*', then: string[] | '*'): boolean {
  if (now === '*') return true;
  return then !== '*' && hasAll(now, then);
}

/**
 * Whether a caller with the rights `now` may see an answer made with the rights `then`: none of
 * those may be missing, and a client that moved to another partner does not see the first one's.
 */
export const cover = (now: Rights, then: Rights): boolean =>
  hasAll(now.scopes, then.scopes) &&
  hasAll(now.roles, then.roles) &&
  seesAll(now.legalEntities, then.legalEntities) &&
  (now.seesUnassigned || !then.seesUnassigned) &&
  hasAll(now.fieldRights, then.fieldRights) &&
  now.partner === then.partner;
