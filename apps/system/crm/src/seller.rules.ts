import type { Principal } from '#auth';
import type { ShadowQuery } from '#capture';
import type { MappingTable } from '#mappings';

/**
 * Which records with a `legalEntity` in the CRM's words a caller may see; `words` are the records'
 * words as they are spelt. The current mapping decides, not the one when the record was read. A
 * record without a word, or with an unmapped one, is for those with the unassigned right.
 */
export function seenBy(
  { legalEntities, seesUnassigned }: Pick<Principal, 'legalEntities' | 'seesUnassigned'>,
  table: MappingTable,
  words: string[],
): Pick<ShadowQuery, 'where' | 'whereNot'> {
  const meant = words.map(word => ({ word, entity: table.get('legal-entity', word) }));
  const theirs = (entity: string) => legalEntities === '*' || legalEntities.includes(entity);
  const chosen = meant.filter(({ entity }) => entity !== undefined && theirs(entity) !== seesUnassigned).map(({ word }) => word);
  return seesUnassigned ? { whereNot: { legalEntity: chosen } } : { where: { legalEntity: chosen } };
}
