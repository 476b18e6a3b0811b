import type { Principal } from '#auth';
import type { ShadowQuery } from '#capture';
import type { MappingTable } from '#mappings';

/**
 * Which records with a `legalEntity` in the CRM's words a caller may see. What a word means is decided now, not when the record was seen; a
 * record without a word, or with one that means nothing yet, is for those with the unassigned right.
 */
export function seenBy({ legalEntities, seesUnassigned }: Principal, table: MappingTable): Pick<ShadowQuery, 'where' | 'whereNot'> {
  const theirs = (entity: string) => legalEntities === '*' || legalEntities.includes(entity);
  if (!seesUnassigned) return { where: { legalEntity: table.sourcesOf('legal-entity', theirs) } };
  return { whereNot: { legalEntity: table.sourcesOf('legal-entity', entity => !theirs(entity)) } };
}
