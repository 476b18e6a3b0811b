import { isIP } from 'node:net';
import type { FieldFault } from '#canonical';
import { isAllowed } from './address.js';

const LONGEST = 2_000;

/**
 * What keeps a text from being an endpoint's address. Where a name leads is not asked here: it may
 * lead elsewhere when something is sent, and is judged then.
 */
export function urlFault(text: string, loopbackOpen: boolean): FieldFault[] {
  const fault = (rule: string, message: string): FieldFault[] => [{ field: 'url', rule, message: `url must ${message}` }];
  if (text.length > LONGEST) return fault('max-length', `not be longer than ${LONGEST} characters`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !(url.protocol === 'https:' || (loopbackOpen && url.protocol === 'http:')))
    return fault('https', 'be an address that begins with https://');
  if (url.username !== '' || url.password !== '' || url.hash !== '') return fault('plain', 'have no user, password or fragment');
  const literal = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(literal) !== 0 && !isAllowed(literal, loopbackOpen)) return fault('public', 'lead to a public address');
  return [];
}
