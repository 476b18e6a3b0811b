import type { MappingKind } from './mappings.js';

/**
 * Whose a mapping is: the legal entity it speaks of, or everybody's. Who moves a legal entity's word to another entity moves its rows too, so
 * only somebody who sees both may.
 */
export function legalEntitiesOf(kind: MappingKind, source: string, targets: (string | undefined)[]): string[] | 'all' {
  switch (kind) {
    case 'legal-entity':
      return targets.filter(target => target !== undefined);
    case 'tax-code':
      return [source.split(':')[0]];
    default:
      return 'all';
  }
}
