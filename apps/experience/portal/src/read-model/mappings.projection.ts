import { wordKey } from '#mappings';
import type { PortalBatch } from './batch.js';

/**
 * Stores the mappings of sellers' words to legal entities. Deals with a word that changed are
 * derived again.
 */
export async function projectMappings(batch: PortalBatch): Promise<string[]> {
  const changes = batch.latest('mapping.changed.v1').map(event => event.data);
  if (changes.length === 0) return [];
  const removed = changes.filter(change => change.target === null);
  const set = changes.filter(change => change.target !== null);
  await batch.em.query(
    `delete from portal.mapping m using jsonb_to_recordset($1::jsonb) as r(kind text, source text) where m.kind = r.kind and m.source = r.source`,
    [JSON.stringify(removed)],
  );
  await batch.em.query(
    `insert into portal.mapping(kind, source, target) select kind, source, target from jsonb_to_recordset($1::jsonb) as r(kind text, source text, target text)
     on conflict (kind, source) do update set target = excluded.target`,
    [JSON.stringify(set)],
  );
  const words = new Set(changes.filter(change => change.kind === 'legal-entity').map(change => wordKey(change.source)));
  if (words.size === 0) return [];
  const spelt = await batch.em.query<{ word: string }[]>('select distinct sold_by word from portal.deal where sold_by is not null');
  const alike = spelt.map(({ word }) => word).filter(word => words.has(wordKey(word)));
  const deals = await batch.em.query<{ id: string }[]>('select id from portal.deal where sold_by = any($1)', [alike]);
  return deals.map(deal => deal.id);
}
