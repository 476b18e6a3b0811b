import type { PortalBatch } from './batch.js';

const NOUN_TABLES = ['deal', 'customer', 'project', 'worker', 'staffing_request', 'invoice'] as const;

/**
 * The end of a batch. For every subject that the batch touched, derives again where it is (refs)
 * and which legal entities it concerns, and copies the entities to the noun's own row and to the
 * steps and exceptions that have none of their own. Returns the exceptions whose entities changed.
 */
export async function refreshDerived({ em, touched }: PortalBatch): Promise<string[]> {
  if (touched.size === 0) return [];
  const ids = [...touched];
  await em.query(
    `update portal.subject s set
       legal_entities = coalesce((select array_agg(distinct c.entity order by c.entity) from portal.concern c where c.subject = s.id), '{}'),
       refs = coalesce((
         select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('system', a.system, 'account', a.account, 'type', a.type, 'nativeId', a.native_id, 'url', a.url))
                          order by a.system, a.type, a.native_id)
         from (select system, account, type, native_id, max(url) url from portal.alias where subject = s.id group by 1, 2, 3, 4) a), '[]')
     where s.id = any($1)`,
    [ids],
  );
  for (const table of NOUN_TABLES) {
    await em.query(
      `update portal.${table} t set legal_entities = s.legal_entities from portal.subject s
       where t.id = any($1) and s.id = t.id and t.legal_entities is distinct from s.legal_entities`,
      [ids],
    );
  }
  await em.query(inherited('journey_step'), [ids]);
  const [exceptions] = await em.query<[{ id: string }[], number]>(`${inherited('exception')} returning t.id`, [ids]);
  return exceptions.map(({ id }) => id);
}

const inherited = (table: string): string => `
  update portal.${table} t set legal_entities = s.legal_entities from portal.subject s
  where t.subject = any($1) and t.own_entities = '{}' and s.id = t.subject and t.legal_entities is distinct from s.legal_entities`;
