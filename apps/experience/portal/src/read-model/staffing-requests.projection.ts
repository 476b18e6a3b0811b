import { folded, type StaffingRequest } from '#canonical';
import { entitiesOf } from '#read-model';
import { type PortalBatch } from './batch.js';

/**
 * Projects staffing requests as the flow raised them and the PSA changed them, with HCM's answer at
 * that time: who could take each, and who could not and why.
 */
export async function projectStaffingRequests(batch: PortalBatch): Promise<void> {
  await requests(batch);
  await eligibility(batch);
}

async function requests(batch: PortalBatch): Promise<void> {
  const events = batch.latest('staffing-request.raised.v1', 'staffing-request.changed.v1');
  if (events.length === 0) return;
  const isGone = (data: (typeof events)[number]['data']): boolean => 'deleted' in data && data.deleted === true;
  await batch.subjects(
    events.map(({ data, time }) => ({
      id: data.state.id,
      kind: 'staffing-request' as const,
      title: data.state.role,
      words: [...(data.state.skills ?? []), data.state.id],
      gone: isGone(data),
      at: time,
    })),
  );
  const raised = batch.latest('staffing-request.raised.v1');
  const changed = batch.latest('staffing-request.changed.v1');
  await batch.refs(
    'flow',
    raised.map(({ data }) => ({ subject: data.state.id, refs: data.refs })),
  );
  await batch.refs(
    'psa',
    changed.map(({ data }) => ({ subject: data.state.id, refs: data.state.refs })),
  );
  await batch.em.query(
    `insert into portal.staffing_request as s (id, seq, project_id, role, skills, legal_entity, start_date, end_date, minutes, status, gone)
     select id, seq, project_id, role, array(select jsonb_array_elements_text(skills)), legal_entity, start_date, end_date, minutes, status, gone
     from jsonb_to_recordset($1::jsonb) as r(id text, seq bigint, project_id text, role text, skills jsonb, legal_entity text, start_date date, end_date date,
       minutes integer, status text, gone boolean)
     on conflict (id) do update set seq = excluded.seq, project_id = excluded.project_id, role = excluded.role, skills = excluded.skills,
       legal_entity = excluded.legal_entity, start_date = excluded.start_date, end_date = excluded.end_date, minutes = excluded.minutes,
       status = excluded.status, gone = excluded.gone
     where excluded.seq >= s.seq`,
    [JSON.stringify(events.map(({ data, pos }) => rowOf(data.state, pos, isGone(data))))],
  );
  await batch.concerns(
    events.map(({ data }) => data.state.id),
    events.map(event => ({ subject: event.data.state.id, because: event.data.state.id, entities: entitiesOf(event, event.data.state.legalEntity) })),
  );
}

const rowOf = (request: StaffingRequest, seq: string, gone: boolean) => ({
  id: request.id,
  seq,
  project_id: request.projectId || null,
  role: request.role || null,
  skills: request.skills ?? [],
  legal_entity: request.legalEntity || null,
  start_date: request.startDate || null,
  end_date: request.endDate || null,
  minutes: request.minutes ?? 0,
  status: request.status,
  gone,
});

async function eligibility(batch: PortalBatch): Promise<void> {
  const events = batch.latest('staffing-request.raised.v1');
  if (events.length === 0) return;
  await batch.em.query(
    `update portal.staffing_request s set answered_at = r.at from jsonb_to_recordset($1::jsonb) as r(id text, at timestamptz) where s.id = r.id`,
    [JSON.stringify(events.map(({ data, time }) => ({ id: data.state.id, at: time })))],
  );
  await batch.em.query('delete from portal.candidate where request_id = any($1)', [events.map(({ data }) => data.state.id)]);
  await batch.em.query(
    `insert into portal.candidate(request_id, worker_id, name, folded, eligible, reasons)
     select request_id, "workerId", name, folded, eligible, reasons
     from jsonb_to_recordset($1::jsonb) as r(request_id text, "workerId" text, name text, folded text, eligible boolean, reasons jsonb) on conflict do nothing`,
    [
      JSON.stringify(
        events.flatMap(({ data: { state } }) =>
          state.candidates.map(candidate => ({ ...candidate, request_id: state.id, folded: folded(candidate.name) })),
        ),
      ),
    ],
  );
}
