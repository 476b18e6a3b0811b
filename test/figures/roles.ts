import { basename } from 'node:path';
import type { Place, Source } from './sources.js';

/** Says of a file that it is a test of another, so it comes after the role of that one: `posting.rules.spec.ts`. */
const TEST = 'spec';

/** Files of which the name is not `<noun>.ts` or `<noun>.<role>.ts` with a role of the list; `.spec` may follow both. */
export function unknownRoles(sources: Source[], roles: readonly string[]): Place[] {
  return sources.flatMap(({ path }) => {
    const [, ...suffixes] = basename(path, '.ts').split('.');
    if (suffixes.at(-1) === TEST) suffixes.pop();
    const known = suffixes.length === 0 || (suffixes.length === 1 && roles.includes(suffixes[0]));
    return known ? [] : [{ path, line: 1, what: `no role: ${suffixes.join('.')}` }];
  });
}
