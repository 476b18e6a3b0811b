import type { PortalContext } from '../request/portal-context.js';
import { SubjectKind } from '../values/subject.model.js';
import { periodOf, type Period } from './billed.rules.js';
import type { ProjectMonth, WorkerWeek } from './period.model.js';

/** The owner of a period, as far as the viewer sees the owner or the owner's lines. */
interface OwnerRow {
  id: string;
  title: string;
  legal_entities: string[];
}

// The project's entity sees a lent worker only as a name on lines.
const OWNERS = {
  name: 'period owners',
  from: `(
    select s.id, s.title, s.legal_entities, 1 rank from portal.subject s
    union all select l.worker_id, min(l.worker_name), '{}', 2 from portal.billing_line l where l.worker_id is not null group by l.worker_id
    union all select l.project_id, l.project_id, '{}', 3 from portal.billing_line l group by l.project_id) t`,
  columns: 't.title, t.legal_entities, t.rank, t.id',
  id: 't.id',
};

export async function loadPeriod(context: PortalContext, id: string): Promise<WorkerWeek | ProjectMonth | null> {
  const period = periodOf(id);
  if (period === undefined || period === 'malformed') return null;
  const owner = await ownerOf(context, period.of);
  return owner && made(id, period, owner);
}

/** The best known data of a worker or project; one statement for all that are requested at once. */
const ownerOf = (context: PortalContext, id: string): Promise<OwnerRow | null> =>
  context
    .loader<OwnerRow | null>(OWNERS.name, async ids => {
      const rows = await context.reader.query<OwnerRow>(
        `select distinct on (t.id) ${OWNERS.columns} from ${OWNERS.from} where ${OWNERS.id} = any($1::text[]) order by t.id, t.rank`,
        [ids],
      );
      const byId = new Map(rows.map(row => [row.id, row]));
      return ids.map(key => byId.get(key) ?? null);
    })
    .load(id);

function made(id: string, { scope, of, name, from, to }: Period, { title, legal_entities: legalEntities }: OwnerRow): WorkerWeek | ProjectMonth {
  const subject = { id, title: `${title}, ${name}`, refs: [], legalEntities, from, to };
  return scope === 'week'
    ? { ...subject, kind: SubjectKind.WORKER_WEEK, workerId: of, week: name }
    : { ...subject, kind: SubjectKind.PROJECT_MONTH, projectId: of, month: name };
}
