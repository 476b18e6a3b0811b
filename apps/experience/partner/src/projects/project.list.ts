import type { PartnerProject } from '#apis/partner';
import type { ReadRow } from '#persistence';
import { one } from '../list-filters.js';
import type { PartnerList } from '../partner-lists.js';
import { project } from './project.table.js';

const shown = project.only('id', 'title', 'status', 'startDate', 'endDate', 'milestones');

export interface ProjectFilter {
  id?: string;
  status?: string;
}

export const projectList: PartnerList<ReadRow<typeof shown.columns>, ProjectFilter, PartnerProject> = {
  source: {
    name: 'projects',
    from: 'partner.project t',
    columns: shown.selected('t'),
    // The ERP may know a project before the PSA says what it is.
    always: 'not t.gone and t.title is not null and t.status is not null',
    id: 't.id',
    orders: { startDate: { sql: `coalesce(t.start_date, '-infinity')`, type: 'date' } },
    filters: { id: one('t.id'), status: one('t.status') },
    facets: {},
  },
  order: { by: 'startDate', descending: true },
  viewOf: ({ id, title, status, startDate, endDate, milestones }) => ({
    id,
    title: title!,
    status: status!,
    startDate: startDate ?? undefined,
    endDate: endDate ?? undefined,
    milestones,
  }),
};
