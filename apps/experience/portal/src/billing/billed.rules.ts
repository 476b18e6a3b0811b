import { nounOf } from '#canonical';

/** The kinds of things that have lines of time and expenses, e.g. a worker's week. */
export type BilledScope = 'line' | 'submission' | 'invoice' | 'worker' | 'week' | 'project' | 'month' | 'deal' | 'customer';

const SCOPE_OF_NOUN: Partial<Record<string, BilledScope>> = {
  'time-entry': 'line',
  expense: 'line',
  timesheet: 'submission',
  'expense-report': 'submission',
  invoice: 'invoice',
  worker: 'worker',
  project: 'project',
  deal: 'deal',
  customer: 'customer',
};

/**
 * A worker's ISO week, `worker:wrk_…:2026-W46`, or a project's calendar month,
 * `project:prj_…:2026-11`. Lines belong to it by work date.
 */
export interface Period {
  scope: 'week' | 'month';
  /** The id of the worker or project. */
  of: string;
  /** `2026-W46` or `2026-11`. */
  name: string;
  /** First day and last day. */
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 'YYYY-MM-DD'.length);

/**
 * First and last day of an ISO 8601 week such as `2026-W46`; undefined when the calendar has no
 * such week.
 */
export function daysOfWeek(week: string): { from: string; to: string } | undefined {
  const match = /^(\d{4})-W(\d{2})$/.exec(week);
  if (!match || match[1] === '0000') return undefined;
  const [year, number] = [Number(match[1]), Number(match[2])];
  // The 4th of January is always in week 1.
  const fourth = Date.parse(`${match[1]}-01-04T00:00:00Z`);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS + (number - 1) * 7 * DAY_MS;
  // A week belongs to the year that contains its Thursday.
  if (number < 1 || new Date(monday + 3 * DAY_MS).getUTCFullYear() !== year) return undefined;
  return { from: dayOf(monday), to: dayOf(monday + 6 * DAY_MS) };
}

/** First and last day of a month such as `2026-11`; undefined when it is not a month. */
export function daysOfMonth(month: string): { from: string; to: string } | undefined {
  const match = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (!match || match[1] === '0000') return undefined;
  return { from: `${month}-01`, to: dayOf(Date.UTC(Number(match[1]), Number(match[2]), 1) - DAY_MS) };
}

export const weekId = (workerId: string, week: string): string => `worker:${workerId}:${week}`;
export const monthId = (projectId: string, month: string): string => `project:${projectId}:${month}`;

/**
 * The period that an id states. `malformed` when the id names a worker or project but no valid week
 * or month; undefined for any other id.
 */
export function periodOf(id: string): Period | 'malformed' | undefined {
  const [what, of, name, ...more] = id.split(':');
  if (more.length > 0 || of === undefined || nounOf(of) !== what || (what !== 'worker' && what !== 'project')) return undefined;
  const days = what === 'worker' ? daysOfWeek(name ?? '') : daysOfMonth(name ?? '');
  return days === undefined ? 'malformed' : { scope: what === 'worker' ? 'week' : 'month', of, name, ...days };
}

/** What kind of thing with lines an id names; undefined when it has no lines. */
export function scopeOf(id: string): BilledScope | undefined {
  const period = periodOf(id);
  if (period !== undefined) return period === 'malformed' ? undefined : period.scope;
  return SCOPE_OF_NOUN[nounOf(id) ?? ''];
}

const OF_LINES: ReadonlySet<BilledScope | undefined> = new Set<BilledScope>(['line', 'submission', 'invoice', 'worker', 'week', 'month']);

/**
 * Whether a thing's journey consists of its lines only. Deals and projects have a journey of their
 * own.
 */
export const isOfLines = (id: string): boolean => OF_LINES.has(scopeOf(id));
