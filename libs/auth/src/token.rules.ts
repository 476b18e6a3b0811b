import { readJson, storable } from '#canonical';
import type { Claims } from './principal.js';
import type { KeyHint } from './signing-keys.js';

/**
 * Algorithms that tokens may be signed with: public keys only. A shared secret, or no signature,
 * proves nothing.
 */
export const ALGORITHMS = ['RS256', 'PS256', 'ES256'] as const;

const LONGEST_TOKEN = 8_192;
const LONGEST_ID = 200;
const LONGEST_NAME = 400;
const TYPES = new Set(['jwt', 'at+jwt', 'application/at+jwt']);

const isText = (value: unknown, longest: number): boolean => typeof value === 'string' && value !== '' && value.length <= longest && storable(value);
const isAbsentOr = (value: unknown, is: (value: unknown) => boolean): boolean => value === undefined || is(value);

/** The token of an Authorization header; undefined when it has none. */
export const tokenOf = (authorization: string | undefined): string | undefined => /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];

/**
 * What a token's header says about its key. Throws when we would refuse the token with any key: an
 * algorithm that proves nothing, a type other than access token, or something critical (`crit`)
 * that we don't understand.
 */
export function keyHintOf(token: string): KeyHint {
  if (token.length > LONGEST_TOKEN) throw new Error('the token is too long');
  const header = readJson(Buffer.from(token.split('.', 1)[0], 'base64url').toString('utf8'), 'token');
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw new Error('the header is not an object');
  const { alg, kid, typ, crit } = header as Record<string, unknown>;
  if (crit !== undefined) throw new Error('the header names something critical');
  if (!ALGORITHMS.some(one => one === alg)) throw new Error('the algorithm is not allowed');
  if (!isAbsentOr(typ, value => typeof value === 'string' && TYPES.has(value.toLowerCase()))) throw new Error('the type is not an access token');
  if (!isAbsentOr(kid, value => isText(value, LONGEST_ID))) throw new Error('the key id is not a text');
  return { alg: alg as string, ...(kid === undefined ? {} : { kid: kid as string }) };
}

/**
 * Throws when a claim of a verified token has the wrong type. A token without a subject identifies
 * nobody.
 */
export function refuseWrongClaims(claims: Claims & { iss?: unknown; exp?: unknown }): void {
  const {
    sub,
    client_id: clientId,
    azp,
    name,
    scope,
    kind,
    exp,
    roles,
    legal_entities: entities,
    field_rights: rights,
  } = claims as Record<string, unknown>;
  if (!isText(sub, LONGEST_ID)) throw new Error('the token has no subject');
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw new Error('the token never expires');
  for (const id of [clientId, azp]) if (!isAbsentOr(id, value => isText(value, LONGEST_ID))) throw new Error('the client is not a text');
  if (!isAbsentOr(name, value => value === '' || isText(value, LONGEST_NAME))) throw new Error('the name is not a text');
  if (!isAbsentOr(scope, value => typeof value === 'string' && storable(value))) throw new Error('the scope is not a text');
  if (!isAbsentOr(kind, value => value === 'person' || value === 'client')) throw new Error('the kind is neither person nor client');
  for (const item of [roles, entities, rights].flat()) if (typeof item === 'string' && !storable(item)) throw new Error('a right is not a text');
}
