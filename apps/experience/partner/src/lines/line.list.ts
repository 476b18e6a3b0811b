import { text } from '#apis';
import type { PartnerLine } from '#apis/partner';
import { money } from '#canonical';
import type { ReadRow } from '#persistence';
import { one, since, until } from '../list-filters.js';
import type { PartnerList } from '../partner-lists.js';
import { type BlockCode, isTheirs } from './line.rules.js';
import { line } from './line.table.js';

const shown = line.without('entry', 'billing', 'workerId', 'agency', 'legalEntities');

export interface LineFilter {
  id?: string;
  state?: string;
  from?: string;
  to?: string;
  changedSince?: string;
}

export const lineList: PartnerList<ReadRow<typeof shown.columns>, LineFilter, PartnerLine> = {
  source: {
    name: 'lines',
    from: 'partner.line t',
    columns: shown.selected('t'),
    id: 't.id',
    orders: { changedAt: { sql: 't.changed_at', type: 'timestamptz' } },
    filters: {
      id: one('t.id'),
      state: one('t.state'),
      from: since('t.work_date', 'date'),
      to: until('t.work_date', 'date'),
      changedSince: since('t.changed_at', 'timestamptz'),
    },
    facets: {},
  },
  order: { by: 'changedAt', descending: false },
  viewOf: row => ({
    id: row.id,
    kind: row.kind,
    state: row.state,
    reasons: (row.blocks as BlockCode[]).map(code => ({ code, text: text({ code, params: {} }), yours: isTheirs(code) })),
    projectId: row.projectId,
    person: row.person,
    email: row.email ?? undefined,
    workDate: row.workDate,
    minutes: row.minutes ?? undefined,
    spent: row.spent !== null && row.currency !== null ? money(row.spent, row.currency) : undefined,
    category: row.category ?? undefined,
    note: row.note ?? undefined,
    changedAt: row.changedAt.toISOString(),
  }),
};
