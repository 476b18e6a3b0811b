import { Injectable } from '@nestjs/common';
import type { WorkerAsked, WorkerMatch, WorkerOnDay, WorkersAsOfAnswer } from '#apis/hcm';
import { hasFieldRight, type Principal } from '#auth';
import { Problem } from '#canonical';
import { Database } from '#persistence';
import { notePayRead } from '#service';
import { emailKey, statusAt } from './worker-record.rules.js';
import { COST_RATE_RIGHT, visibleTo } from './worker-visibility.js';

interface MatchRow {
  index: number;
  matches: number;
  id: string;
  employee_number: string;
  name: string;
  hired_on: string;
  terminated_on: string | null;
  role: string;
  legal_entity: string;
  cost_centre: string | null;
  amount: string | null;
  currency: string | null;
}

/**
 * $1 whether cost rates are shown, $2 e-mails as `emailKey`, $3 ids, $4 employee numbers, $5 days;
 * the last four are parallel.
 *
 * An e-mail is searched in the whole history, since other systems show today's address on last
 * year's time. Addresses are passed on and numbers reused. So of several workers those with the key
 * on the day come first, and of these those who are employed then; only workers in first place are
 * counted. The version in force on the day decides what the caller may see. `offset 0` makes each
 * look-up use an index, whatever the planner assumes about the tables' size: the answer costs the
 * same at any number of workers.
 */
const matches = (visible: string): string => `
  with found as (
    select (a.n - 1)::int index, a.day, a.email is not null and not bool_or(f.bearer) former, f.id
    from unnest($2::text[], $3::text[], $4::text[], $5::date[]) with ordinality a(email, worker_id, employee_number, day, n)
    cross join lateral (
      select a.worker_id id, true bearer where a.worker_id is not null
      union all
      (select w.id, true from hcm.worker w where w.employee_number = a.employee_number offset 0)
      union all
      (select e.worker_id, e.from_date <= a.day and e.until_date > a.day from hcm.worker_version e where e.email_key = a.email offset 0)
    ) f group by a.n, a.day, a.email, f.id),
  placed as (
    select f.index, f.day, f.id, v.*,
      rank() over (partition by f.index order by f.former, v.hired_on > f.day or coalesce(v.terminated_on < f.day, false)) place
    from found f cross join lateral (
      select v.name, v.hired_on, v.terminated_on, v.role, v.legal_entity, v.cost_centre from hcm.worker_version v
      where v.worker_id = f.id and v.from_date <= f.day and v.until_date > f.day and ${visible} offset 0) v)
  select p.index, (count(*) over (partition by p.index))::int matches, p.id, w.employee_number, p.name, p.hired_on::text, p.terminated_on::text,
    p.role, p.legal_entity, p.cost_centre, c.amount::text, c.currency
  from placed p
  cross join lateral (select w.employee_number from hcm.worker w where w.id = p.id offset 0) w
  left join lateral (
    select c.amount, c.currency from hcm.worker_cost_rate c
    where $1 and c.worker_id = p.id and c.from_date <= p.day and c.until_date > p.day offset 0) c on true
  where p.place = 1`;

/**
 * Many workers at once, each as of a day, from the replica in one statement. Workers that the
 * caller may not see are answered like unknown ones.
 */
@Injectable()
export class WorkersAsOf {
  constructor(private readonly dataSource: Database) {}

  /** Throws `invalid` when an item doesn't name its worker in exactly one way. */
  async answer(principal: Principal, items: WorkerAsked[]): Promise<WorkersAsOfAnswer> {
    refuseUnclear(items);
    const costRates = hasFieldRight(principal, COST_RATE_RIGHT);
    const column = (of: (item: WorkerAsked) => string | undefined) => items.map(item => of(item) ?? null);
    const values: unknown[] = [
      costRates,
      column(({ email }) => (email ? emailKey(email) : email)),
      column(({ workerId }) => workerId),
      column(({ employeeNumber }) => employeeNumber),
      column(({ date }) => date),
    ];
    const rows = await this.dataSource.query<MatchRow[]>(matches(visibleTo(principal, values)), values);
    const answers: WorkerMatch[] = items.map((_, index) => ({ index, matches: 0 }));
    for (const row of rows) answers[row.index] = matchOf(row, items[row.index].date);
    const shown = answers.flatMap(({ worker }) => (worker?.costRate ? [worker.workerId] : []));
    if (shown.length > 0) notePayRead(shown);
    return { items: answers, deniedFields: costRates ? [] : ['costRate'] };
  }
}

function refuseUnclear(items: WorkerAsked[]): void {
  const unclear = items.flatMap(({ email, workerId, employeeNumber }, index) =>
    [email, workerId, employeeNumber].filter(one => one !== undefined && one !== null).length === 1 ? [] : [index],
  );
  if (unclear.length === 0) return;
  const fields = unclear.map(index => ({
    field: `items[${index}]`,
    rule: 'exactly-one',
    message: `items[${index}] must have exactly one of email, workerId and employeeNumber`,
  }));
  throw new Problem('invalid', `An item names its worker in one way: ${fields[0].message}.`, { code: 'validation', fields });
}

function matchOf(row: MatchRow, date: string): WorkerMatch {
  return { index: row.index, matches: row.matches, ...(row.matches === 1 ? { worker: workerOf(row, date) } : {}) };
}

function workerOf(row: MatchRow, date: string): WorkerOnDay {
  return {
    workerId: row.id,
    employeeNumber: row.employee_number,
    name: row.name,
    status: statusAt({ hiredOn: row.hired_on, ...(row.terminated_on ? { terminatedOn: row.terminated_on } : {}) }, date),
    role: row.role,
    legalEntity: row.legal_entity,
    ...(row.cost_centre ? { costCentre: row.cost_centre } : {}),
    ...(row.amount !== null && row.currency !== null ? { costRate: { amount: row.amount, currency: row.currency } } : {}),
  };
}
