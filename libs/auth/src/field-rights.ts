import type { Type } from '@nestjs/common';
import { membersOf } from '#canonical';
import { hasFieldRight, type Principal } from './principal.js';

/**
 * The fields of a class that need a right to be seen, as declared (`sensitive:
 * 'worker.cost-rate'`): field -> right.
 */
export function sensitiveFields(type: Type<object>): Map<string, string> {
  const rights = membersOf(type).map(member => [member.name, member['x-sensitive']] as const);
  return new Map(rights.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/**
 * A record as this caller may see it. Sensitive fields without the right are left out and named in
 * `deniedFields`, so that "not allowed" differs from "absent".
 */
export function withFieldRights<T extends object>(principal: Principal, type: Type<T>, record: T): { record: T; deniedFields: string[] } {
  const denied = [...sensitiveFields(type)].filter(([, right]) => !hasFieldRight(principal, right)).map(([field]) => field);
  const seen = Object.fromEntries(Object.entries(record).filter(([field]) => !denied.includes(field))) as T;
  return { record: seen, deniedFields: denied };
}
