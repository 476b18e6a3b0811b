import { listModel, type ListSource, oneOf, overlaps } from '#read-model';
import { SUBJECT_COLUMNS, titled } from '../values/subject.model.js';
import { Statuses, Worker, WorkerFilter, workerOf, type WorkerRow } from './worker.model.js';

export const workerSource: ListSource<WorkerFilter> = {
  name: 'workers',
  from: 'portal.worker t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, t.data`,
  always: 'not t.gone',
  id: 't.id',
  orders: {
    name: { sql: 't.name', type: 'text' },
    employeeNumber: { sql: 't.employee_number', type: 'text' },
    hiredOn: { sql: 't.hired_on', type: 'date' },
  },
  filters: {
    ids: oneOf('t.id'),
    status: oneOf('t.status'),
    role: oneOf('t.role'),
    skills: (skills, sql) => `t.skills @> ${sql.add(skills)}::text[]`,
    legalEntity: overlaps('t.legal_entities'),
    costCentre: oneOf('t.cost_centre'),
    location: oneOf('t.location'),
    manager: oneOf('t.manager_id'),
    text: titled,
  },
  facets: {
    status: { sql: 't.status', filter: 'status', words: Statuses },
    role: { sql: 't.role', filter: 'role' },
    legalEntity: { sql: 't.legal_entity', filter: 'legalEntity' },
    costCentre: { sql: 't.cost_centre', filter: 'costCentre' },
    location: { sql: 't.location', filter: 'location' },
  },
  scopes: { manager: 't.manager_id = k.key' },
};

export const workers = listModel<WorkerRow, WorkerFilter>({
  name: 'Worker',
  node: () => Worker,
  nodeOf: workerOf,
  filter: WorkerFilter,
  source: workerSource,
  defaultOrder: { by: 'name', descending: false },
});
