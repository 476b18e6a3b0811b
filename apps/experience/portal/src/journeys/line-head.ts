import type { PortalContext } from '../graphql/portal-context.js';
import type { LineHead } from './journey.rules.js';

// The newest step of each affair on the line (a customer's line has many): what is under way is told by these.
const HEADS = `
  select k.key line,
    (select count(*) from portal.journey_line l join portal.journey_step s on s.id = l.step_id where l.line = k.key)::int steps,
    coalesce((
      select jsonb_agg(jsonb_build_object('subject', h.subject, 'kind', h.kind, 'outcome', h.outcome, 'next', h.next) order by h.at, h.pos)
      from (
        select distinct on (s.subject) s.subject, s.kind, s.outcome, s.next, s.at, s.pos
        from portal.journey_line l join portal.journey_step s on s.id = l.step_id where l.line = k.key
        order by s.subject, s.at desc, s.pos desc) h), '[]') heads,
    (select count(*) from portal.exception_line l join portal.exception x on x.id = l.exception_id
      where l.line = k.key and x.state in ('open', 'retrying'))::int open,
    (select count(*) from portal.exception_line l join portal.exception x on x.id = l.exception_id
      where l.line = k.key and x.state = 'waiting')::int waiting
  from unnest($1::text[]) k(key)`;

interface HeadRow {
  line: string;
  steps: number;
  open: number;
  waiting: number;
  heads: { subject: string; kind: string; outcome: string; next: { kind: string; params: Record<string, string> } | null }[];
}

/** Where a line stands, as far as the viewer sees it. */
export const lineHead = (context: PortalContext, line: string): Promise<LineHead> =>
  context
    .loader<LineHead>('line heads', async lines => {
      const rows = await context.reader.query<HeadRow>(HEADS, [lines]);
      const byLine = new Map(rows.map(row => [row.line, row]));
      return lines.map(key => headOf(byLine.get(key)!));
    })
    .load(line);

const headOf = ({ steps, open, waiting, heads }: HeadRow): LineHead => ({
  steps,
  open,
  waiting,
  affairs: heads.length,
  undone: heads.filter(head => head.outcome === 'undone').length,
  next: heads.flatMap(({ subject, next }) => (next ? [{ subject, ...next }] : [])),
});
