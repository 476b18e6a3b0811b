import type { PortalBatch } from './batch.js';

/**
 * Puts each step on the journey of its subject and of everything related: a deal's steps are also
 * on its project's and its customer's journey.
 */
export async function projectJourneys(batch: PortalBatch): Promise<void> {
  const events = batch.of('journey.step.v1');
  if (events.length === 0) return;
  const steps = [...new Map(events.map(event => [event.data.id, event])).values()];
  await batch.em.query(
    `insert into portal.journey_step(id, subject, at, pos, kind, params, system, outcome, refs, money, actor, run_id, exception_id, next, own_entities, legal_entities)
     select id, subject, at, pos, kind, params, system, outcome, refs, nullif(money, 'null'), actor, "runId", "exceptionId", nullif(next, 'null'), e, e
     from jsonb_to_recordset($1::jsonb) as r(id text, subject text, at timestamptz, pos bigint, kind text, params jsonb, system text, outcome text, refs jsonb,
       money jsonb, actor jsonb, "runId" text, "exceptionId" text, next jsonb, entities jsonb)
     cross join lateral (select array(select distinct x from jsonb_array_elements_text(entities) x order by x) e) entities
     on conflict (id) do nothing`,
    [
      JSON.stringify(
        steps.map(({ data, pos, legalEntities }) => ({ ...data, pos, entities: [...new Set([...data.legalEntities, ...legalEntities])] })),
      ),
    ],
  );
  await batch.em.query(
    `insert into portal.journey_line(line, at, pos, step_id)
     select line, at, pos, id from jsonb_to_recordset($1::jsonb) as r(line text, at timestamptz, pos bigint, id text) on conflict do nothing`,
    [
      JSON.stringify(
        steps.flatMap(({ data, pos }) => [...new Set([data.subject, ...data.related])].map(line => ({ line, at: data.at, pos, id: data.id }))),
      ),
    ],
  );
  for (const { data } of steps) batch.touched.add(data.subject);
}
