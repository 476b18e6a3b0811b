import { createHash } from 'node:crypto';

const PREFIXES = { project: 'prj', task: 'tsk', milestone: 'mil' } as const;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id that the integration gave to records from before the sample firm's story begins: prefix,
 * `_`, and the first 100 bits of sha-256 of the parts joined with `:`, in Crockford base 32. It is
 * written here a second time on purpose: a stand-in that used the platform's code would agree with
 * the platform instead of with the vendor. The spec compares the two.
 */
export function canonicalId(noun: keyof typeof PREFIXES, ...parts: string[]): string {
  const bits = BigInt(`0x${createHash('sha256').update(parts.join(':')).digest('hex').slice(0, 25)}`);
  const letters = Array.from({ length: 20 }, (_, place) => ALPHABET[Number((bits >> BigInt(95 - 5 * place)) & 31n)]);
  return `${PREFIXES[noun]}_${letters.join('')}`;
}
