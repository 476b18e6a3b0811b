import { signal } from '#persistence';
import { entitiesOf } from '#read-model';
import { defined, type PortalBatch } from './batch.js';

/** The topic of the signal that workers' cost rates are marked as due (cost-rates.ts). */
export const COST_RATES = 'portal:cost-rates';

/**
 * Projects workers as HCM publishes them. Events carry no pay, on purpose. A change only marks the
 * worker's cost rate as due (see cost-rates.ts), in the same transaction, so that none is
 * forgotten.
 */
export async function projectWorkers(batch: PortalBatch): Promise<void> {
  const events = batch.latest('worker.changed.v1');
  if (events.length === 0) return;
  await batch.subjects(
    events.map(({ data: { state: worker, deleted }, time }) => ({
      id: worker.id,
      kind: 'worker' as const,
      title: worker.name,
      words: defined(worker.employeeNumber, worker.workEmail, worker.id),
      gone: deleted === true,
      at: time,
    })),
  );
  await batch.refs(
    'hcm',
    events.map(({ data: { state } }) => ({ subject: state.id, refs: state.refs })),
  );
  await batch.em.query(
    `insert into portal.worker as w (id, seq, employee_number, name, status, role, location, legal_entity, cost_centre, manager_id, skills, hired_on, data, gone)
     select id, seq, employee_number, name, status, role, location, legal_entity, cost_centre, manager_id, array(select jsonb_array_elements_text(skills)), hired_on, data, gone
     from jsonb_to_recordset($1::jsonb) as r(id text, seq bigint, employee_number text, name text, status text, role text, location text, legal_entity text,
       cost_centre text, manager_id text, skills jsonb, hired_on date, data jsonb, gone boolean)
     on conflict (id) do update set seq = excluded.seq, employee_number = excluded.employee_number, name = excluded.name, status = excluded.status,
       role = excluded.role, location = excluded.location, legal_entity = excluded.legal_entity, cost_centre = excluded.cost_centre,
       manager_id = excluded.manager_id, skills = excluded.skills, hired_on = excluded.hired_on, data = excluded.data, gone = excluded.gone
     where excluded.seq >= w.seq`,
    [
      JSON.stringify(
        events.map(({ data: { state: worker, deleted }, pos }) => ({
          id: worker.id,
          seq: pos,
          employee_number: worker.employeeNumber,
          name: worker.name,
          status: worker.status,
          role: worker.role,
          location: worker.location ?? null,
          legal_entity: worker.legalEntity,
          cost_centre: worker.costCentre ?? null,
          manager_id: worker.managerId ?? null,
          // If an event ever contained pay, it would still not be stored in a row that anybody may
          // read.
          skills: worker.skills,
          hired_on: worker.hiredOn,
          data: { ...worker, costRate: undefined },
          gone: deleted === true,
        })),
      ),
    ],
  );
  const ids = events.map(({ data }) => data.state.id);
  await batch.em.query(
    `insert into portal.worker_cost_rate_due(worker_id, since) select id, now() from unnest($1::text[]) id on conflict (worker_id) do update set since = now()`,
    [ids],
  );
  await signal(batch.em, COST_RATES);
  await batch.concerns(
    ids,
    events.map(event => ({ subject: event.data.state.id, because: event.data.state.id, entities: entitiesOf(event, event.data.state.legalEntity) })),
  );
}
