import { Problem, readJson, storable } from '#canonical';
import type { Principal, Subject } from './principal.js';

/**
 * The header in which a service with the scope `act-for` names the person it acts for and that
 * person's rights.
 */
export const ACTOR_HEADER = 'throughline-actor';

interface ActingPerson extends Subject {
  roles: string[];
  legalEntities: string[] | '*';
  seesUnassigned: boolean;
  fieldRights: string[];
}

const LONGEST_ID = 200;
const LONGEST_NAME = 400;
const MOST_ITEMS = 1_000;
const LONGEST_ITEM = 200;

/**
 * A short text that the database can store: the header's values may be looked up and are kept in
 * audit rows.
 */
const isShort = (value: unknown, longest: number): boolean => typeof value === 'string' && value.length <= longest && storable(value);

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.length <= MOST_ITEMS && value.every(item => isShort(item, LONGEST_ITEM));

function isActingPerson(value: unknown): value is ActingPerson {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, id, name, roles, legalEntities, seesUnassigned, fieldRights } = value as Record<string, unknown>;
  const named = (kind === 'person' || kind === 'client') && isShort(id, LONGEST_ID) && id !== '' && isShort(name, LONGEST_NAME);
  return named && isTexts(roles) && (legalEntities === '*' || isTexts(legalEntities)) && typeof seesUnassigned === 'boolean' && isTexts(fieldRights);
}

/**
 * The header's value for calls made on behalf of `principal`: JSON in ASCII, as header values must
 * be.
 */
export function actorHeader(principal: Principal): string {
  const { kind, id, name } = principal.actingFor ?? principal;
  const { roles, legalEntities, seesUnassigned, fieldRights } = principal;
  const person: ActingPerson = { kind, id, name, roles, legalEntities, seesUnassigned, fieldRights };
  return JSON.stringify(person).replace(/[^\x20-\x7e]/g, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function parsed(header: string): ActingPerson {
  try {
    const value = readJson(header, 'Throughline-Actor');
    if (isActingPerson(value)) return value;
  } catch (cause) {
    throw malformed(cause);
  }
  throw malformed();
}

const malformed = (cause?: unknown): Problem =>
  new Problem('invalid', 'The header Throughline-Actor must be JSON with kind, id, name, roles, legalEntities, seesUnassigned and fieldRights.', {
    cause,
    fields: [{ field: 'Throughline-Actor', rule: 'actor', message: 'Throughline-Actor must name who is acted for and what they have' }],
  });

/**
 * The principal after the header is applied. It sees the rows and sensitive fields that both may
 * see: a service can't pass on what it may not see itself. Roles are the person's, because a
 * service has none. Without the scope `act-for` the header is refused, not ignored.
 */
export function actingAs(client: Principal, header: string | undefined): Principal {
  if (header === undefined || header === '') return client;
  if (!client.scopes.includes('act-for')) {
    throw new Problem('forbidden', 'Acting for a person needs the scope act-for.', { code: 'act-for-missing' });
  }
  const person = parsed(header);
  return {
    ...client,
    actingFor: { kind: person.kind, id: person.id, name: person.name },
    roles: person.roles,
    legalEntities: both(client.legalEntities, person.legalEntities),
    seesUnassigned: client.seesUnassigned && person.seesUnassigned,
    fieldRights: person.fieldRights.filter(right => client.fieldRights.includes(right)),
  };
}

function both(a: string[] | '*', b: string[] | '*'): string[] | '*' {
  if (a === '*') return b;
  if (b === '*') return a;
  return a.filter(entity => b.includes(entity));
}
