import { createHash } from 'node:crypto';

const PREFIXES = { project: 'prj', task: 'tsk', milestone: 'mil' } as const;
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/**
 * The id that the integration gave to something it made before the sample firm's story begins: prefix, `_`, and the first 100 bits of
 * sha-256 of the parts joined with `:`, in Crockford base 32. Written down here once more, for a stand-in that knew the platform's code
 * would agree with it instead of with the vendor; the spec holds the two against each other.
 */
export function canonicalId(noun: keyof typeof PREFIXES, ...parts: string[]): string {
  const bits = BigInt(`0x${createHash('sha256').update(parts.join(':')).digest('hex').slice(0, 25)}`);
  const letters = Array.from({ length: 20 }, (_, place) => ALPHABET[Number((bits >> BigInt(95 - 5 * place)) & 31n)]);
  return `${PREFIXES[noun]}_${letters.join('')}`;
}
