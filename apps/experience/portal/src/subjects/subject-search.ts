import { folded, Problem } from '#canonical';
import { periodOf } from '../billing/billed.rules.js';
import { loadPeriod } from '../billing/periods.js';
import type { PortalContext } from '../request/portal-context.js';
import type { Match, MatchedOn } from './match.model.js';
import { searchQueryOf } from '../read-model/search-words.rules.js';
import type { SubjectKind } from '../values/subject.model.js';

interface MatchRow {
  id: string;
  kind: SubjectKind;
  /** Deleted in its system; still found by its ids, after existing subjects. */
  gone: boolean;
  best: number;
  matched: MatchedOn[];
}

// A shortened native id of this length still finds its record: vendors show the same id in several
// lengths.
const SHORTEST_PREFIX = 12;

const KIND_OF_SUBMISSION = (id: string): string => `case when starts_with(${id}, 'exr_') then 'expense-report' else 'timesheet' end`;

const BY_ID = `
  select s.id, s.kind, s.gone, 1 rank, jsonb_build_object('what', 'id', 'exact', true, 'value', s.id, 'system', null, 'account', null, 'type', null) matched
  from portal.subject s where s.id = $1`;

const byNativeId = (condition: string, rank: number, exact: boolean): string => `
  select s.id, s.kind, s.gone, ${rank} rank,
    jsonb_build_object('what', 'native-id', 'exact', ${exact}, 'value', a.native_id, 'system', a.system, 'account', a.account, 'type', a.type) matched
  from (select distinct native_id, system, account, type, subject from portal.alias where ${condition}) a join portal.subject s on s.id = a.subject`;

// Lines, and their timesheets and expense reports, are found only by exact ids.
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

// Matches every word of the text, the last one as far as it was typed. `$2` is null when the text
// has no word in it.
const BY_WORDS = `
  select s.id, s.kind, s.gone, 4 rank, jsonb_build_object('what', 'words', 'exact', s.folded = $5, 'value', s.title, 'system', null, 'account', null, 'type', null) matched
  from portal.subject s where $2::text is not null and not s.gone and s.sought @@ $2::tsquery`;

const found = (parts: string[]): string => `
  select id, kind, gone, jsonb_agg(matched order by rank, matched->>'system', matched->>'type') matched, min(rank) best
  from (${parts.join(' union all ')}) m where ($3::text[] is null or kind = any($3)) group by id, kind, gone order by gone, best, id limit $4`;

/**
 * Subjects that a text may mean: by canonical id, by native id of any system, by words of titles
 * and other known words.
 */
export async function searchSubjects(context: PortalContext, text: string, kinds: SubjectKind[] | null, first: number): Promise<Match[]> {
  const rows = await context.reader.query<MatchRow>(
    found([BY_ID, BY_ID_OF_LINES, byNativeId(IS, 2, true), byNativeIdOfLines(IS), byNativeId(BEGINS, 3, false), BY_WORDS]),
    [text.trim(), searchQueryOf(text), kinds, first, folded(text.trim())],
  );
  return rows.map(({ id, kind, matched }) => ({ id, kind, matchedOn: matched }));
}

/**
 * A worker's week or a project's month; it exists when the worker or project does. Undefined when
 * the id names no period. Throws `invalid` for a malformed one.
 */
async function findPeriod(context: PortalContext, id: string, kinds: SubjectKind[] | null): Promise<Match[] | undefined> {
  const period = periodOf(id);
  if (period === undefined) return undefined;
  if (period === 'malformed') {
    const rule = 'of must end in an ISO week such as 2026-W46 (worker:<id>:<week>) or a month such as 2026-11 (project:<id>:<month>)';
    throw new Problem('invalid', `${id} names no week or month: ${rule}.`, { fields: [{ field: 'of', rule: 'period', message: rule }] });
  }
  const found = await loadPeriod(context, id);
  if (!found || (kinds !== null && !kinds.includes(found.kind))) return [];
  return [{ id, kind: found.kind, matchedOn: [{ what: 'id', exact: true, value: id, system: null, account: null, type: null }] }];
}

/**
 * Subjects with exactly this canonical or native id; if there are none, those with a native id that
 * begins with it. Existing subjects come before deleted ones.
 */
export async function findById(context: PortalContext, id: string, kinds: SubjectKind[] | null, system: string | null): Promise<Match[]> {
  const period = await findPeriod(context, id.trim(), kinds);
  if (period) return period;
  const ofSystem = 'and ($5::text is null or system = $5)';
  const rows = await context.reader.query<MatchRow>(
    found([
      BY_ID,
      BY_ID_OF_LINES,
      byNativeId(`${IS} ${ofSystem}`, 2, true),
      byNativeIdOfLines(`${IS} ${ofSystem}`),
      byNativeId(`${BEGINS} ${ofSystem} and $2::text is null`, 3, false),
    ]),
    [id.trim(), null, kinds, 20, system],
  );
  const live = matchingOrAll(rows, row => !row.gone);
  return matchingOrAll(live, row => row.best < 3).map(({ id: subject, kind, matched }) => ({ id: subject, kind, matchedOn: matched }));
}

/** The rows that meet the condition, or all when none does. */
function matchingOrAll<T>(rows: T[], isSo: (row: T) => boolean): T[] {
  const some = rows.filter(isSo);
  return some.length > 0 ? some : rows;
}
