import { createHash } from 'node:crypto';
import { Text } from './decorators.js';

/** A record's address in a back end: which system and account, what type of record, its id there, and a link for people. */
export class ExternalRef {
  @Text({ description: 'The vendor product, by its name in lower case.' }) system: string;
  @Text({ description: 'The tenant or account at the vendor.' }) account: string;
  @Text({ description: "The vendor's record type." }) type: string;
  @Text({ description: "The vendor's own id." }) nativeId: string;
  @Text({ optional: true, max: 2000 }) url?: string;
}

const PREFIXES = {
  assignment: 'asg',
  customer: 'cus',
  deal: 'dea',
  exception: 'exc',
  expense: 'exp',
  'expense-report': 'exr',
  invoice: 'inv',
  milestone: 'mil',
  project: 'prj',
  'rate-card': 'rtc',
  'staffing-request': 'stf',
  task: 'tsk',
  'time-entry': 'tim',
  timesheet: 'tsh',
  worker: 'wrk',
} as const;

export type NounWithId = keyof typeof PREFIXES;

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'; // Crockford base 32: no i, l, o, u

/**
 * Mints a canonical id from its first system of record: prefix, `_`, and the first 100 bits of
 * sha-256(`parts` joined with `:`) in Crockford base 32. The same parts give the same id for ever, so a thing
 * can be found again with no table at all. Letters, digits and `_` only: usable as an external id at every vendor.
 *
 * mintId('deal', 'salesforce', '00D…', '006…') for a record; mintId('task', projectId, 'line', lineId) for what we make.
 */
export function mintId(noun: NounWithId, ...parts: string[]): string {
  const digest = createHash('sha256').update(parts.join(':')).digest();
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of digest) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < 20) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return `${PREFIXES[noun]}_${text}`;
}

/** The noun an id was minted for, or undefined when it isn't one of ours. */
export function nounOf(id: string): NounWithId | undefined {
  const prefix = id.split('_')[0];
  return (Object.keys(PREFIXES) as NounWithId[]).find(noun => PREFIXES[noun] === prefix);
}

/** The project that a deal becomes. One deal, one project. */
export const projectIdOf = (dealId: string): string => mintId('project', dealId);
