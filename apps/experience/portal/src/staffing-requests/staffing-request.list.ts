import { contains, is, listModel, type ListSource, oneOf, overlaps, within } from '#read-model';
import { SUBJECT_COLUMNS } from '../values/subject.model.js';
import {
  Candidate,
  CandidateFilter,
  candidateOf,
  StaffingRequest,
  StaffingRequestFilter,
  staffingRequestOf,
  Statuses,
  type CandidateRow,
  type StaffingRequestRow,
} from './staffing-request.model.js';

export const staffingRequestSource: ListSource<StaffingRequestFilter> = {
  name: 'staffing requests',
  from: 'portal.staffing_request t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, t.project_id, t.role, t.skills, t.legal_entity, t.start_date::text, t.end_date::text, t.minutes, t.status, t.answered_at`,
  always: 'not t.gone',
  id: 't.id',
  orders: {
    startDate: { sql: `coalesce(t.start_date, '-infinity')`, type: 'date' },
    role: { sql: `coalesce(t.role, '')`, type: 'text' },
    minutes: { sql: 't.minutes', type: 'bigint' },
  },
  filters: {
    ids: oneOf('t.id'),
    status: oneOf('t.status'),
    role: oneOf('t.role'),
    legalEntity: overlaps('t.legal_entities'),
    project: oneOf('t.project_id'),
    startDate: within('t.start_date'),
  },
  facets: {
    status: { sql: 't.status', filter: 'status', words: Statuses },
    role: { sql: 't.role', filter: 'role' },
    legalEntity: { sql: 't.legal_entity', filter: 'legalEntity' },
  },
  scopes: { project: 't.project_id = k.key' },
};

export const staffingRequests = listModel<StaffingRequestRow, StaffingRequestFilter>({
  name: 'StaffingRequest',
  node: () => StaffingRequest,
  nodeOf: staffingRequestOf,
  filter: StaffingRequestFilter,
  source: staffingRequestSource,
  defaultOrder: { by: 'startDate', descending: false },
});

export const candidateSource: ListSource<CandidateFilter> = {
  name: 'candidates',
  from: 'portal.candidate t',
  columns: 't.worker_id, t.name, t.eligible, t.reasons',
  id: 't.worker_id',
  orders: { eligible: { sql: '(not t.eligible)', type: 'boolean' }, name: { sql: 't.name', type: 'text' } },
  filters: { eligible: is('t.eligible'), text: contains('t.folded') },
  facets: { eligible: { sql: 't.eligible::text', filter: 'eligible' } },
  scopes: { request: 't.request_id = k.key' },
};

export const candidates = listModel<CandidateRow, CandidateFilter>({
  name: 'Candidate',
  node: () => Candidate,
  nodeOf: candidateOf,
  filter: CandidateFilter,
  source: candidateSource,
  defaultOrder: { by: 'eligible', descending: false },
});
