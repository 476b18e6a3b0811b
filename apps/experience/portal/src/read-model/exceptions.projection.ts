import { folded, nounOf, type ExceptionRecord } from '#canonical';
import type { PortalBatch } from './batch.js';

/**
 * Projects exceptions with their needs and money. Returns the ids that changed; their groups are
 * summed again at the batch's end.
 */
export async function projectExceptions(batch: PortalBatch): Promise<string[]> {
  const events = batch.latest('exception.changed.v1');
  if (events.length === 0) return [];
  const ids = events.map(({ data }) => data.id);
  for (const { data } of events) batch.touched.add(data.subject);
  await batch.em.query(
    `insert into portal.exception as x (id, seq, app, flow, category, desk, subject, state, opened_at, due_at, parked_behind, data, folded, own_entities, legal_entities)
     select id, seq, app, flow, category, desk, subject, state, "openedAt", "dueAt", "parkedBehind", data, folded, e, e
     from jsonb_to_recordset($1::jsonb) as r(id text, seq bigint, app text, flow text, category text, desk text, subject text, state text,
       "openedAt" timestamptz, "dueAt" timestamptz, "parkedBehind" integer, data jsonb, folded text, entities jsonb)
     cross join lateral (select array(select distinct v from jsonb_array_elements_text(entities) v order by v) e) entities
     on conflict (id) do update set seq = excluded.seq, category = excluded.category, desk = excluded.desk, subject = excluded.subject, state = excluded.state,
       opened_at = excluded.opened_at, due_at = excluded.due_at, parked_behind = excluded.parked_behind, data = excluded.data, folded = excluded.folded, own_entities = excluded.own_entities,
       legal_entities = case when excluded.own_entities = '{}' then x.legal_entities else excluded.own_entities end
     where excluded.seq >= x.seq`,
    [
      JSON.stringify(
        events.map(({ data, pos, legalEntities }) => ({
          ...data,
          seq: pos,
          data,
          folded: keysFolded(data.keys),
          entities: [...new Set([...data.legalEntities, ...legalEntities])],
        })),
      ),
    ],
  );
  for (const table of ['line', 'need', 'money']) await batch.em.query(`delete from portal.exception_${table} where exception_id = any($1)`, [ids]);
  await batch.em.query(
    'insert into portal.exception_line(line, exception_id) select line, id from jsonb_to_recordset($1::jsonb) as r(line text, id text) on conflict do nothing',
    [JSON.stringify(events.flatMap(({ data }) => linesOf(data).map(line => ({ line, id: data.id }))))],
  );
  await batch.em.query(
    `insert into portal.exception_need(exception_id, need, desk, met, cure)
     select id, need, desk, met, cure from jsonb_to_recordset($1::jsonb) as r(id text, need text, desk text, met boolean, cure jsonb) on conflict do nothing`,
    [JSON.stringify(events.flatMap(({ data }) => data.needs.map(need => ({ ...need, id: data.id }))))],
  );
  await batch.em.query(
    `insert into portal.exception_money(exception_id, currency, amount, estimated)
     select id, currency, sum(amount), bool_or(estimated) from jsonb_to_recordset($1::jsonb) as r(id text, currency text, amount numeric, estimated boolean) group by 1, 2`,
    [
      JSON.stringify(
        events.flatMap(({ data }) =>
          data.money.map(({ currency, amount, estimated }) => ({ id: data.id, currency, amount, estimated: estimated === true })),
        ),
      ),
    ],
  );
  return ids;
}

/** The text in which an exception is searched: the values of its business keys, one per line. */
export const keysFolded = (keys: ExceptionRecord['keys']): string => folded(Object.values(keys).join('\n'));

/**
 * The journeys on which an exception appears: its subject's, and those of every canonical id among
 * its business keys.
 */
const linesOf = ({ subject, keys }: ExceptionRecord): string[] => [
  ...new Set([subject, ...Object.values(keys).filter(key => nounOf(key) !== undefined)]),
];

/**
 * The needs that these exceptions have, before or after a change; the groups of these needs must be
 * summed again.
 */
export async function needsOf(batch: PortalBatch, ids: string[]): Promise<string[]> {
  const rows = await batch.em.query<{ need: string }[]>('select distinct need from portal.exception_need where exception_id = any($1)', [ids]);
  return rows.map(row => row.need);
}

/**
 * Sums the groups of these needs again, per set of legal entities. It sums the exceptions
 * themselves, instead of adding and subtracting changes, so that a group can't drift from its
 * exceptions. Money counts once per subject: two failures of one deal don't double it.
 */
export async function sumGroups(batch: PortalBatch, needs: string[]): Promise<void> {
  if (needs.length === 0) return;
  await batch.em.query('delete from portal.exception_group where need = any($1)', [needs]);
  await batch.em.query('delete from portal.exception_group_money where need = any($1)', [needs]);
  await batch.em.query(
    `insert into portal.exception_group(need, folded, legal_entities, desk, cure, items, waiting, parked_behind, oldest, due_at)
     select n.need, f.folded, x.legal_entities, min(n.desk), (array_agg(n.cure order by x.opened_at desc))[1], count(*) filter (where x.state <> 'waiting'),
       count(*) filter (where x.state = 'waiting'), sum(x.parked_behind), min(x.opened_at), min(x.due_at)
     from jsonb_to_recordset($1::jsonb) as f(need text, folded text) join portal.exception_need n using (need) join portal.exception x on x.id = n.exception_id
     where not n.met and x.state in ('open', 'waiting', 'retrying') group by n.need, f.folded, x.legal_entities`,
    [JSON.stringify(needs.map(need => ({ need, folded: folded(need) })))],
  );
  await batch.em.query(
    `insert into portal.exception_group_money(need, legal_entities, currency, amount, items, estimated)
     select need, legal_entities, currency, sum(amount), count(*), bool_or(estimated) from (
       select distinct on (n.need, x.legal_entities, x.subject, m.currency) n.need, x.legal_entities, m.currency, m.amount, m.estimated
       from portal.exception_need n join portal.exception x on x.id = n.exception_id join portal.exception_money m on m.exception_id = x.id
       where n.need = any($1) and not n.met and x.state in ('open', 'waiting', 'retrying')
       order by n.need, x.legal_entities, x.subject, m.currency, m.amount desc) once
     group by 1, 2, 3`,
    [needs],
  );
}
