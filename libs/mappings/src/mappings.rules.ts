import type { MappingKind } from '#apis/mappings';

/**
 * The legal entities whose rows a mapping affects, one list for each side. The caller must be
 * allowed to see all of each list. A legal entity's word takes rows from its old target to its new
 * one. A word without a target stands for rows without a legal entity: an empty list. `all` means
 * everybody.
 */
export function sidesOf(kind: MappingKind, source: string, before: string | undefined, after: string | undefined): string[][] | 'all' {
  switch (kind) {
    case 'legal-entity':
      return [before, after].map(target => (target === undefined ? [] : [target]));
    case 'tax-code':
      return [[source.split(':')[0]]];
    default:
      return 'all';
  }
}
