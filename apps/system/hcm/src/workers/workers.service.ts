import { Injectable } from '@nestjs/common';
import type { Page } from '#apis';
import type { WorkersQuery, WorkerView } from '#apis/hcm';
import { hasFieldRight, type Principal } from '#auth';
import { folded, Problem, type ExternalRef, type Leave } from '#canonical';
import { Database } from '#persistence';
import { decodeCursor, DEFAULT_PAGE_SIZE, notePayRead, pageOf } from '#service';
import { statusAt } from './worker-record.rules.js';
import { COST_RATE_RIGHT, visibleTo } from './worker-visibility.js';

interface WorkerRow {
  id: string;
  employee_number: string;
  refs: ExternalRef[];
  name: string;
  work_email: string | null;
  hired_on: string;
  terminated_on: string | null;
  role: string;
  skills: string[];
  manager_id: string | null;
  location: string | null;
  country: string | null;
  region: string | null;
  full_time_share: string | null;
  legal_entity: string;
  cost_centre: string | null;
  agency: string | null;
  extensions: Record<string, unknown> | null;
  amount: string | null;
  currency: string | null;
  leave: Leave[];
}

// $1 the day, $2 whether cost rates are shown.
const SELECT = `
  select w.id, w.employee_number, w.refs, v.name, v.work_email, v.hired_on::text, v.terminated_on::text, v.role, v.skills, v.manager_id, v.location,
    v.country, v.region, v.full_time_share::text, v.legal_entity, v.cost_centre, v.agency, v.extensions, c.amount::text, c.currency,
    coalesce((select jsonb_agg(jsonb_strip_nulls(jsonb_build_object('from', l.from_date, 'to', l.to_date, 'type', l.type)) order by l.from_date)
      from hcm.worker_leave l where l.worker_id = w.id), '[]') leave
  from hcm.worker w
  join hcm.worker_version v on v.worker_id = w.id and v.from_date <= $1 and v.until_date > $1
  left join hcm.worker_cost_rate c on $2 and c.worker_id = w.id and c.from_date <= $1 and c.until_date > $1`;

const today = (): string => new Date().toISOString().slice(0, 10);

/** Workers as of a day, from the replica, limited to what the caller may see. */
@Injectable()
export class Workers {
  constructor(private readonly dataSource: Database) {}

  /** Throws `not-found` also for a worker of a legal entity that the caller may not see. */
  async one(principal: Principal, id: string, asOf = today()): Promise<WorkerView> {
    const values: unknown[] = [asOf, hasFieldRight(principal, COST_RATE_RIGHT), id];
    const rows = await this.dataSource.query<WorkerRow[]>(`${SELECT} where w.id = $3 and ${visibleTo(principal, values)}`, values);
    if (rows.length === 0) throw new Problem('not-found', `There is no worker ${id}.`);
    noteCosts(rows);
    return viewOf(rows[0], asOf, principal);
  }

  /** A page in order of name. */
  async list(principal: Principal, query: WorkersQuery): Promise<Page<WorkerView>> {
    const { asOf = today(), limit = DEFAULT_PAGE_SIZE } = query;
    const values: unknown[] = [asOf, hasFieldRight(principal, COST_RATE_RIGHT)];
    const bind = (value: unknown) => `$${values.push(value)}`;
    const conditions = [visibleTo(principal, values)];
    if (query.role !== undefined) conditions.push(`v.role = ${bind(query.role)}`);
    if (query.legalEntity !== undefined) conditions.push(`v.legal_entity = ${bind(query.legalEntity)}`);
    if (query.skill !== undefined) conditions.push(`${bind(folded(query.skill))} = any(v.skill_keys)`);
    if (query.ids !== undefined) conditions.push(`w.id = any(${bind(query.ids)})`);
    if (query.cursor !== undefined) {
      const [name, id] = decodeCursor(query.cursor, 'text', 'text');
      conditions.push(`(v.name, w.id) > (${bind(name)}, ${bind(id)})`);
    }
    const sql = `${SELECT} where ${conditions.join(' and ')} order by v.name, w.id limit ${bind(limit + 1)}`;
    const rows = await this.dataSource.query<WorkerRow[]>(sql, values);
    noteCosts(rows.slice(0, limit));
    return pageOf(
      rows,
      limit,
      row => [row.name, row.id],
      row => viewOf(row, asOf, principal),
    );
  }
}

function noteCosts(rows: WorkerRow[]): void {
  const shown = rows.filter(({ amount }) => amount !== null).map(({ id }) => id);
  if (shown.length > 0) notePayRead(shown);
}

function viewOf(row: WorkerRow, asOf: string, principal: Principal): WorkerView {
  const employment = { hiredOn: row.hired_on, ...(row.terminated_on ? { terminatedOn: row.terminated_on } : {}) };
  return {
    id: row.id,
    employeeNumber: row.employee_number,
    name: row.name,
    ...(row.work_email ? { workEmail: row.work_email } : {}),
    status: statusAt(employment, asOf),
    ...employment,
    role: row.role,
    skills: row.skills,
    ...(row.manager_id ? { managerId: row.manager_id } : {}),
    ...(row.location ? { location: row.location } : {}),
    ...(row.country ? { country: row.country } : {}),
    ...(row.region ? { region: row.region } : {}),
    ...(row.full_time_share !== null ? { fullTimeShare: row.full_time_share } : {}),
    legalEntity: row.legal_entity,
    ...(row.cost_centre ? { costCentre: row.cost_centre } : {}),
    ...(row.agency ? { agency: row.agency } : {}),
    ...(row.amount !== null && row.currency !== null ? { costRate: { amount: row.amount, currency: row.currency } } : {}),
    leave: row.leave,
    refs: row.refs,
    ...(row.extensions ? { extensions: row.extensions } : {}),
    deniedFields: hasFieldRight(principal, COST_RATE_RIGHT) ? [] : ['costRate'],
  };
}
