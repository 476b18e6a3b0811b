import type { PortalContext } from '../request/portal-context.js';
import type { LastStep, LineHead } from './journey.rules.js';

// The newest step of each business transaction on the journey (a customer's journey has many);
// these steps determine where each stands. A decision about a line of time or expense is a step on
// its project's journey, too, but not a transaction of its own: lines stand where their states say.
const HEADS = `
  select k.key line,
    (select count(*) from portal.journey_line l join portal.journey_step s on s.id = l.step_id where l.line = k.key)::int steps,
    coalesce((
      select jsonb_agg(jsonb_build_object('subject', h.subject, 'kind', h.kind, 'system', h.system, 'step', h.step, 'next', h.next) order by h.at, h.pos)
      from (
        select distinct on (s.subject) s.subject, s.kind, s.system, s.next, s.at, s.pos,
          coalesce(s.params->>'step', (select x.data->>'step' from portal.exception x where x.id = s.exception_id)) step
        from portal.journey_line l join portal.journey_step s on s.id = l.step_id where l.line = k.key
          and not (starts_with(s.subject, 'tim_') or starts_with(s.subject, 'exp_'))
        order by s.subject, s.at desc, s.pos desc) h), '[]') heads,
    (select count(*) from portal.exception_line l join portal.exception x on x.id = l.exception_id
      where l.line = k.key and x.state in ('open', 'retrying'))::int open,
    array(select distinct coalesce(n.need, x.data->>'step') need
      from portal.exception_line l join portal.exception x on x.id = l.exception_id
      left join portal.exception_need n on n.exception_id = x.id and not n.met
      where l.line = k.key and x.state = 'waiting' order by need) waiting_for
  from unnest($1::text[]) k(key)`;

interface HeadRow {
  line: string;
  steps: number;
  open: number;
  waiting_for: string[];
  heads: (LastStep & { subject: string; next: { kind: string; params: Record<string, string> } | null })[];
}

/** Where a journey stands, as far as the viewer sees it. */
export const lineHead = (context: PortalContext, line: string): Promise<LineHead> =>
  context
    .loader<LineHead>('line heads', async lines => {
      const rows = await context.reader.query<HeadRow>(HEADS, [lines]);
      const byLine = new Map(rows.map(row => [row.line, row]));
      return lines.map(key => headOf(byLine.get(key)!));
    })
    .load(line);

const headOf = ({ steps, open, waiting_for: waitingFor, heads }: HeadRow): LineHead => ({
  steps,
  open,
  waitingFor,
  last: heads.map(({ kind, system, step }) => ({ kind, system, step })),
  next: heads.flatMap(({ subject, next }) => (next ? [{ subject, ...next }] : [])),
});
