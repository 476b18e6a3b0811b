import { is, listModel, type ListSource, oneOf, overlaps, within } from '#read-model';
import { SUBJECT_COLUMNS, titled } from '../values/subject.model.js';
import { Methods, Project, ProjectFilter, projectOf, shownProject, Statuses, type ProjectRow } from './project.model.js';

export const projectSource: ListSource<ProjectFilter> = {
  name: 'projects',
  from: 'portal.project t join portal.subject s on s.id = t.id',
  columns: `${SUBJECT_COLUMNS}, ${shownProject.selected('t')}`,
  always: 'not t.gone',
  id: 't.id',
  orders: {
    title: { sql: 't.title', type: 'text' },
    startDate: { sql: `coalesce(t.start_date, '-infinity')`, type: 'date' },
    budget: { sql: 'coalesce(t.budget, 0)', type: 'numeric' },
    changedAt: { sql: 't.changed_at', type: 'timestamptz' },
  },
  filters: {
    ids: oneOf('t.id'),
    status: oneOf('t.status'),
    legalEntity: overlaps('t.legal_entities'),
    costCentre: oneOf('t.cost_centre'),
    billingMethod: oneOf('t.billing_method'),
    customer: oneOf('t.customer_id'),
    deal: oneOf('t.deal_id'),
    startDate: within('t.start_date'),
    activated: is('t.activated_at is not null'),
    text: titled,
  },
  facets: {
    status: { sql: 't.status', filter: 'status', words: Statuses },
    legalEntity: { sql: 't.legal_entity', filter: 'legalEntity' },
    costCentre: { sql: 't.cost_centre', filter: 'costCentre' },
    billingMethod: { sql: 't.billing_method', filter: 'billingMethod', words: Methods },
  },
  money: { amount: 't.budget', currency: 't.currency' },
  scopes: { customer: 't.customer_id = k.key', deal: 't.deal_id = k.key' },
};

export const projects = listModel<ProjectRow, ProjectFilter>({
  name: 'Project',
  node: () => Project,
  nodeOf: projectOf,
  filter: ProjectFilter,
  source: projectSource,
  defaultOrder: { by: 'title', descending: false },
});
