import { folded, Problem } from '#canonical';
import { periodOf } from '../billing/billed.rules.js';
import { loadPeriod } from '../billing/periods.js';
import type { PortalContext } from '../request/portal-context.js';
import type { Match, MatchedOn } from './match.model.js';
import { soughtBy } from '../read-model/search-words.rules.js';
import type { SubjectKind } from '../values/subject.model.js';

interface FoundRow {
  id: string;
  kind: SubjectKind;
  /** No longer there in its system; still found by its ids, after what is. */
  gone: boolean;
  best: number;
  matched: MatchedOn[];
}

// A native id that is cut short still finds its record: vendors show the same id in more than one length.
const SHORTEST_PREFIX = 12;

const KIND_OF_SUBMISSION = (id: string): string => `case when starts_with(${id}, 'exr_') then 'expense-report' else 'timesheet' end`;

const BY_ID = `
  select s.id, s.kind, s.gone, 1 rank, jsonb_build_object('what', 'id', 'exact', true, 'value', s.id, 'system', null, 'account', null, 'type', null) matched
  from portal.subject s where s.id = $1`;

const byNativeId = (condition: string, rank: number, exact: boolean): string => `
  select s.id, s.kind, s.gone, ${rank} rank,
    jsonb_build_object('what', 'native-id', 'exact', ${exact}, 'value', a.native_id, 'system', a.system, 'account', a.account, 'type', a.type) matched
  from (select distinct native_id, system, account, type, subject from portal.alias where ${condition}) a join portal.subject s on s.id = a.subject`;

// Lines, and the timesheets and expense reports they came with, are found by exact ids only.
const BY_ID_OF_LINES = `
  select m.id, m.kind, false gone, 1 rank, jsonb_build_object('what', 'id', 'exact', true, 'value', $1::text, 'system', null, 'account', null, 'type', null) matched
  from (select l.id, case l.kind when 'time' then 'time-entry' else 'expense' end kind from portal.billing_line l where l.id = $1
    union select l.submission_id, ${KIND_OF_SUBMISSION('l.submission_id')} from portal.billing_line l where l.submission_id = $1) m`;

const byNativeIdOfLines = (condition: string): string => `
  select a.subject, case when l.id <> a.subject then ${KIND_OF_SUBMISSION('a.subject')} when l.kind = 'time' then 'time-entry' else 'expense' end, false gone, 2 rank,
    jsonb_build_object('what', 'native-id', 'exact', true, 'value', a.native_id, 'system', a.system, 'account', a.account, 'type', a.type) matched
  from (select distinct on (subject, system, account, type) native_id, system, account, type, subject, line_id from portal.billing_alias where ${condition}) a
  join portal.billing_line l on l.id = a.line_id`;

const IS = 'native_id = $1';
const BEGINS = `length($1) >= ${SHORTEST_PREFIX} and native_id <> $1 and starts_with(native_id, $1)`;

// Every word of the text, the last one as far as it was typed. `$2` is null when the text has no word in it.
const BY_WORDS = `
  select s.id, s.kind, s.gone, 4 rank, jsonb_build_object('what', 'words', 'exact', s.folded = $5, 'value', s.title, 'system', null, 'account', null, 'type', null) matched
  from portal.subject s where $2::text is not null and not s.gone and s.sought @@ $2::tsquery`;

const found = (parts: string[]): string => `
  select id, kind, gone, jsonb_agg(matched order by rank, matched->>'system', matched->>'type') matched, min(rank) best
  from (${parts.join(' union all ')}) m where ($3::text[] is null or kind = any($3)) group by id, kind, gone order by gone, best, id limit $4`;

/** Subjects that a text may mean: canonical ids, native ids of any system, words of titles and what else they are known by. */
export async function find(context: PortalContext, text: string, kinds: SubjectKind[] | null, first: number): Promise<Match[]> {
  const rows = await context.reader.query<FoundRow>(
    found([BY_ID, BY_ID_OF_LINES, byNativeId(IS, 2, true), byNativeIdOfLines(IS), byNativeId(BEGINS, 3, false), BY_WORDS]),
    [text.trim(), soughtBy(text), kinds, first, folded(text.trim())],
  );
  return rows.map(({ id, kind, matched }) => ({ id, kind, matchedOn: matched }));
}

/** A worker's week or a project's month, which is there when the worker or project is; undefined when the id is of no period. Throws `invalid` when it nearly is. */
async function findPeriod(context: PortalContext, id: string, kinds: SubjectKind[] | null): Promise<Match[] | undefined> {
  const period = periodOf(id);
  if (period === undefined) return undefined;
  if (period === 'malformed') {
    const rule = 'of must end in an ISO week such as 2026-W46 (worker:<id>:<week>) or a month such as 2026-11 (project:<id>:<month>)';
    throw new Problem('invalid', `${id} is of no week or month: ${rule}.`, { fields: [{ field: 'of', rule: 'period', message: rule }] });
  }
  const found = await loadPeriod(context, id);
  if (!found || (kinds !== null && !kinds.includes(found.kind))) return [];
  return [{ id, kind: found.kind, matchedOn: [{ what: 'id', exact: true, value: id, system: null, account: null, type: null }] }];
}

/** Subjects with exactly this canonical or native id; only when there are none, those with a native id that begins so. What is there comes before what is gone. */
export async function findById(context: PortalContext, id: string, kinds: SubjectKind[] | null, system: string | null): Promise<Match[]> {
  const period = await findPeriod(context, id.trim(), kinds);
  if (period) return period;
  const ofSystem = 'and ($5::text is null or system = $5)';
  const rows = await context.reader.query<FoundRow>(
    found([
      BY_ID,
      BY_ID_OF_LINES,
      byNativeId(`${IS} ${ofSystem}`, 2, true),
      byNativeIdOfLines(`${IS} ${ofSystem}`),
      byNativeId(`${BEGINS} ${ofSystem} and $2::text is null`, 3, false),
    ]),
    [id.trim(), null, kinds, 20, system],
  );
  const live = either(rows, row => !row.gone);
  return either(live, row => row.best < 3).map(({ id: subject, kind, matched }) => ({ id: subject, kind, matchedOn: matched }));
}

/** Those that are so, or all when none is. */
function either<T>(rows: T[], isSo: (row: T) => boolean): T[] {
  const some = rows.filter(isSo);
  return some.length > 0 ? some : rows;
}
