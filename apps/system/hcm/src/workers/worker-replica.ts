import { folded } from '#canonical';
import type { Transaction } from '#persistence';
import type { WorkerRecord, WorkerVersion } from './worker-record.js';
import { emailKey } from './worker-record.rules.js';

const WORKERS = `
  insert into hcm.worker(id, employee_number, refs)
  select id, "employeeNumber", refs from jsonb_to_recordset($1::jsonb) as w(id text, "employeeNumber" text, refs jsonb) order by id
  on conflict (id) do update set employee_number = excluded.employee_number, refs = excluded.refs`;

const VERSIONS = `
  insert into hcm.worker_version(worker_id, from_date, until_date, name, work_email, email_key, hired_on, terminated_on, role, skills, skill_keys,
    manager_id, location, country, region, full_time_share, legal_entity, cost_centre, agency, extensions)
  select w.id,
    case when row_number() over history = 1 then '-infinity'::date else v."from" end,
    coalesce(lead(v."from") over history, 'infinity'::date),
    v.name, v."workEmail", v."emailKey", v."hiredOn", v."terminatedOn", v.role, array(select jsonb_array_elements_text(v.skills)),
    array(select jsonb_array_elements_text(v."skillKeys")), v."managerId", v.location,
    v.country, v.region, v."fullTimeShare", v."legalEntity", v."costCentre", v.agency, v.extensions
  from jsonb_to_recordset($1::jsonb) as w(id text, versions jsonb), jsonb_to_recordset(w.versions) as v("from" date, name text, "workEmail" text,
    "emailKey" text, "hiredOn" date, "terminatedOn" date, role text, skills jsonb, "skillKeys" jsonb, "managerId" text,
    location text, country text, region text, "fullTimeShare" numeric, "legalEntity" text, "costCentre" text, agency text, extensions jsonb)
  window history as (partition by w.id order by v."from")`;

const COST_RATES = `
  insert into hcm.worker_cost_rate(worker_id, from_date, until_date, amount, currency)
  select w.id, c."from", coalesce(lead(c."from") over (partition by w.id order by c."from"), 'infinity'::date),
    (c.rate ->> 'amount')::numeric, c.rate ->> 'currency'
  from jsonb_to_recordset($1::jsonb) as w(id text, "costRates" jsonb), jsonb_to_recordset(w."costRates") as c("from" date, rate jsonb)`;

const LEAVE = `
  insert into hcm.worker_leave(worker_id, from_date, to_date, type)
  select w.id, l."from", l."to", l.type
  from jsonb_to_recordset($1::jsonb) as w(id text, leave jsonb), jsonb_to_recordset(w.leave) as l("from" date, "to" date, type text)`;

/** Puts these workers into the replica as they are now, in the caller's transaction. */
export async function putWorkers(em: Transaction, records: WorkerRecord[]): Promise<void> {
  if (records.length === 0) return;
  const all = JSON.stringify(records.map(record => ({ ...record, versions: record.versions.map(withKeys) })));
  const ids = records.map(record => record.id);
  await em.query(WORKERS, [all]);
  for (const table of ['worker_version', 'worker_cost_rate', 'worker_leave'])
    await em.query(`delete from hcm.${table} where worker_id = any($1)`, [ids]);
  for (const insert of [VERSIONS, COST_RATES, LEAVE]) await em.query(insert, [all]);
}

/**
 * Adds the look-up keys. They are made here and not by Postgres, whose locale might know no capital
 * letters beyond ASCII.
 */
const withKeys = (version: WorkerVersion) => ({
  ...version,
  emailKey: version.workEmail && emailKey(version.workEmail),
  skillKeys: version.skills.map(folded),
});

/**
 * For workers whose record was deleted, the history ends with this day, the last that is known. The
 * legal entity and cost of their earlier days are still answered.
 */
export async function endWorkers(em: Transaction, ids: string[], day: string): Promise<void> {
  if (ids.length === 0) return;
  await em.query('delete from hcm.worker_version where worker_id = any($1) and from_date > $2', [ids, day]);
  await em.query(
    `update hcm.worker_version set terminated_on = least(terminated_on, $2::date), until_date = least(until_date, $2::date + 1)
     where worker_id = any($1)`,
    [ids, day],
  );
}
