import type { Transaction } from '#persistence';
import { attributeOf } from './shadow-reader.js';

/** Records of one noun of a system, by id. */
interface Owners {
  system: string;
  noun: string;
  ids: string[];
}

/** The legal entities of records, as they were last seen; those not seen yet are left out. */
export async function legalEntitiesOfShadows(em: Transaction, { system, noun, ids }: Owners): Promise<Map<string, string[]>> {
  const rows = await em.query<{ id: string; legal_entities: string[] }[]>(
    `select id, legal_entities from capture.shadow where system = $1 and noun = $2 and id = any($3)`,
    [system, noun, ids],
  );
  return new Map(rows.map(row => [row.id, row.legal_entities]));
}

/** Gives records of these nouns, which name their owner in an attribute, the owner's legal entities. */
export async function moveWithOwners(em: Transaction, { system, noun, ids }: Owners, { nouns, by }: { nouns: string[]; by: string }): Promise<void> {
  await em.query(
    `update capture.shadow s set legal_entities = o.legal_entities from capture.shadow o
     where o.system = $1 and o.noun = $2 and o.id = any($3) and s.system = $1 and s.noun = any($4)
       and ${attributeOf(by, 's')} = o.id and s.legal_entities <> o.legal_entities`,
    [system, noun, ids, nouns],
  );
}
