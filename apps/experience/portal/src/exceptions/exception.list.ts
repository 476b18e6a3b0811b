import { contains, is, listModel, type ListSource, oneOf, overlaps } from '#read-model';
import { billingScopes } from '../billing/billing-scopes.js';
import { Desks } from '../values/desks.js';
import {
  Categories,
  Exception,
  ExceptionFilter,
  ExceptionGroup,
  ExceptionGroupFilter,
  exceptionGroupOf,
  exceptionOf,
  States,
  type ExceptionGroupRow,
  type ExceptionRow,
} from './exception.model.js';

const unmet = (needs: string): string =>
  `exists (select 1 from portal.exception_need n where n.exception_id = t.id and not n.met and n.need = ${needs})`;

/** Scopes of exceptions that block the lines of a scope: `lines of week` and so on. */
const ofLines = Object.fromEntries(
  Object.entries(billingScopes('b')).map(([scope, condition]) => [
    `lines of ${scope}`,
    `t.id in (select b.exception_id from portal.billing_line b where b.exception_id is not null and ${condition})`,
  ]),
);

export const exceptionSource: ListSource<ExceptionFilter> = {
  name: 'exceptions',
  from: 'portal.exception t',
  columns: 't.id, t.data, t.legal_entities',
  id: 't.id',
  orders: { dueAt: { sql: 't.due_at', type: 'timestamptz' }, openedAt: { sql: 't.opened_at', type: 'timestamptz' } },
  filters: {
    ids: oneOf('t.id'),
    state: oneOf('t.state'),
    owner: oneOf('t.desk'),
    category: oneOf('t.category'),
    flow: oneOf('t.flow'),
    need: (needs, sql) => unmet(`any(${sql.add(needs)}::text[])`),
    subject: (subjects, sql) =>
      `exists (select 1 from portal.exception_line l where l.exception_id = t.id and l.line = any(${sql.add(subjects)}::text[]))`,
    legalEntity: overlaps('t.legal_entities'),
    overdue: is(`t.state in ('open', 'waiting', 'retrying') and t.due_at < now()`),
    text: contains('t.folded'),
  },
  facets: {
    state: { sql: 't.state', filter: 'state', words: States },
    owner: { sql: 't.desk', filter: 'owner', words: Desks },
    category: { sql: 't.category', filter: 'category', words: Categories },
    flow: { sql: 't.flow', filter: 'flow' },
  },
  // Counted once per subject: two exceptions of one deal don't double its money at stake.
  money: {
    join: 'join portal.exception_money m on m.exception_id = t.id',
    amount: 'm.amount',
    currency: 'm.currency',
    estimated: 'm.estimated',
    once: 't.subject',
  },
  scopes: {
    line: 'exists (select 1 from portal.exception_line l where l.exception_id = t.id and l.line = k.key)',
    need: `${unmet('k.key')} and t.state in ('open', 'waiting', 'retrying')`,
    ...ofLines,
  },
};

export const exceptions = listModel<ExceptionRow, ExceptionFilter>({
  name: 'Exception',
  node: () => Exception,
  nodeOf: exceptionOf,
  filter: ExceptionFilter,
  source: exceptionSource,
  defaultOrder: { by: 'dueAt', descending: false },
});

// The viewer's own sum: row security excludes other legal entities' sets before anything is added.
const GROUPS = `(
  select g.need, min(g.desk) desk, (array_agg(g.cure order by g.oldest desc))[1] cure, sum(g.items)::int items, sum(g.waiting)::int waiting,
    sum(g.parked_behind)::int parked_behind, min(g.oldest) oldest, min(g.due_at) due_at,
    min(g.folded) folded
  from portal.exception_group g group by g.need) t`;

export const exceptionGroupSource: ListSource<ExceptionGroupFilter> = {
  name: 'exception groups',
  from: GROUPS,
  columns: 't.*',
  id: 't.need',
  orders: {
    oldest: { sql: 't.oldest', type: 'timestamptz' },
    dueAt: { sql: 't.due_at', type: 'timestamptz' },
    items: { sql: 't.items', type: 'bigint' },
    need: { sql: 't.need', type: 'text' },
  },
  filters: { need: oneOf('t.need'), owner: oneOf('t.desk'), text: contains('t.folded') },
  facets: { owner: { sql: 't.desk', filter: 'owner', words: Desks } },
};

export const exceptionGroups = listModel<ExceptionGroupRow, ExceptionGroupFilter>({
  name: 'ExceptionGroup',
  node: () => ExceptionGroup,
  nodeOf: exceptionGroupOf,
  filter: ExceptionGroupFilter,
  source: exceptionGroupSource,
  defaultOrder: { by: 'oldest', descending: false },
});
