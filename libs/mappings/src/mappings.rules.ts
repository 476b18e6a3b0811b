import type { MappingKind } from '#apis/mappings';

/**
 * Whose rows a mapping moves, one list of legal entities for each side, every one to be the caller's: a legal entity's word takes rows
 * from those it meant before to those it means then. A word that means nothing is the side of rows without a legal entity: the list is
 * empty. `all` is everybody's.
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
