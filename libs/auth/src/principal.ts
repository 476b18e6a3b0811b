import type { Actor } from '#canonical';
import type { Partner } from './partners/partner.table.js';
import { HOUSE_ISSUER } from './qualified-id.js';

/** The person a service acts for. */
export interface Subject {
  kind: 'person' | 'client';
  id: string;
  name: string;
}

/**
 * The caller, and what they may see. When a service acts for a person, `id` and `name` are the
 * service's and `actingFor` names the person. `roles`, `legalEntities`, `seesUnassigned` and
 * `fieldRights` are those of the person that the service may pass on.
 */
export interface Principal {
  kind: 'person' | 'client';
  id: string;
  name: string;
  clientId: string;
  scopes: string[];
  roles: string[];
  legalEntities: string[] | '*';
  /** Whether the caller sees rows without a legal entity. */
  seesUnassigned: boolean;
  fieldRights: string[];
  actingFor?: Subject;
  /** The name of the issuer that vouches for the caller. */
  issuer?: string;
  /** The partner that calls, and whose rows it may see. */
  partner?: Pick<Partner, 'id' | 'kind' | 'legalEntities' | 'customerIds' | 'agency'>;
}

/** The claims that the issuer puts into a token. */
export interface Claims {
  sub?: string;
  client_id?: string;
  azp?: string;
  name?: string;
  scope?: string;
  roles?: string[];
  legal_entities?: string[];
  field_rights?: string[];
  kind?: 'person' | 'client';
}

const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []);

/** Reads a verified token's claims. A claim that is missing grants nothing. */
export function principalOf(claims: Claims): Principal {
  const entities = texts(claims.legal_entities);
  const clientId = claims.client_id ?? claims.azp ?? claims.sub ?? '';
  const id = claims.sub ?? clientId;
  return {
    kind: claims.kind === 'person' ? 'person' : 'client',
    id,
    name: claims.name ?? id,
    clientId,
    scopes: (claims.scope ?? '').split(' ').filter(scope => scope !== ''),
    roles: texts(claims.roles),
    legalEntities: entities.includes('*') ? '*' : entities.filter(entity => entity !== 'unassigned'),
    seesUnassigned: entities.includes('unassigned'),
    fieldRights: texts(claims.field_rights),
    issuer: HOUSE_ISSUER,
  };
}

/**
 * Whether the caller may see a row with these legal entities. A row without any is seen by those
 * with the unassigned right.
 */
export function maySee(principal: Principal, legalEntities: readonly string[]): boolean {
  if (legalEntities.length === 0) return principal.seesUnassigned;
  if (principal.legalEntities === '*') return true;
  return legalEntities.some(entity => principal.legalEntities.includes(entity));
}

/**
 * Whether the caller sees all of these legal entities: a change to a shared record concerns each of
 * them.
 */
export function maySeeAll(principal: Principal, legalEntities: readonly string[]): boolean {
  return legalEntities.length === 0 ? principal.seesUnassigned : legalEntities.every(entity => maySee(principal, [entity]));
}

/**
 * `maySee` as a condition on a `text[]` column of legal entities. `bind` adds a parameter and
 * returns its placeholder. This is the only SQL that interprets `*`: it means every legal entity,
 * but not rows without one.
 */
export function maySeeRows(
  { legalEntities, seesUnassigned }: Pick<Principal, 'legalEntities' | 'seesUnassigned'>,
  column: string,
  bind: (value: unknown) => string,
): string {
  if (legalEntities === '*') return seesUnassigned ? 'true' : `${column} <> '{}'`;
  const theirs = `${column} && ${bind(legalEntities)}::text[]`;
  return seesUnassigned ? `(${theirs} or ${column} = '{}')` : theirs;
}

/** Whether the caller may see a sensitive field, e.g. `worker.cost-rate`. */
export const hasFieldRight = (principal: Principal, right: string): boolean => principal.fieldRights.includes(right);

export const hasRole = (principal: Principal, ...roles: string[]): boolean => roles.some(role => principal.roles.includes(role));

/** The person or client in the form that events, steps and audit rows store. */
export function actorOf(principal: Principal): Actor {
  const { kind, id, name, actingFor } = principal;
  return { kind, id, name, ...(actingFor ? { actingFor } : {}) };
}
