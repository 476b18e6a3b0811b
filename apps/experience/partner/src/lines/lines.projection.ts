import { recordset, type ReadRow, type Transaction, type WrittenRow } from '#persistence';
import type { Batch } from '#read-model';
import { agencyOf, type BillingSide, billingOf, type Employment, type EntrySide, entryOf, stateOf } from './line.rules.js';
import { employment, line } from './line.table.js';

/** How many lines are written by one statement. */
const ROWS_AT_MOST = 2_000;

const VISIBLE = ['agency', 'legal_entities', 'kind', 'state', 'blocks', 'project_id', 'person', 'email', 'work_date', 'minutes', 'spent'].concat([
  'currency',
  'category',
  'note',
]);
const of = (row: string): string => `(${VISIBLE.map(name => `${row}.${name}`).join(', ')})`;
const UPSERT = line.upsert({
  from: recordset('r', line.columns),
  as: 'l',
  instead: { changedAt: `case when ${of('l')} is distinct from ${of('excluded')} then excluded.changed_at else l.changed_at end` },
});
const UPSERT_EMPLOYMENT = employment.upsert({ from: recordset('r', employment.columns), as: 'e' });

type Line = ReadRow<typeof line.columns>;
type Sides = { entry?: EntrySide; billing?: BillingSide };

/**
 * Time and expenses as the PSA and time-to-billing tell them, each its own side, with the agency
 * whose person it was that day. Only this reader writes the tables, so it may read, decide and write.
 */
export async function projectLines(batch: Batch): Promise<void> {
  const moved = await projectEmployments(batch);
  const stated = statedIn(batch);
  const before = await batch.em.query<Line[]>(
    `select ${line.selected('l')} from partner.line l where l.id = any($1) or l.worker_id = any($2) or l.email = any($3)`,
    [[...stated.keys()], moved.workers, moved.emails],
  );
  const sides = new Map<string, Sides>(before.map(({ id, entry, billing }) => [id, { entry: entry ?? undefined, billing: billing ?? undefined }]));
  for (const [id, given] of stated) sides.set(id, newer(sides.get(id) ?? {}, given));
  if (sides.size === 0) return;
  const employments = await employmentsOf(batch.em, [...sides.values()]);
  const rows = [...sides].map(([id, both]) => rowOf(id, both, employments));
  for (let from = 0; from < rows.length; from += ROWS_AT_MOST) await batch.em.query(UPSERT, [JSON.stringify(rows.slice(from, from + ROWS_AT_MOST))]);
}

/** What the events say of each line: its newest. */
function statedIn(batch: Batch): Map<string, Sides> {
  const stated = new Map<string, Sides>();
  const note = (id: string, side: Sides) => stated.set(id, newer(stated.get(id) ?? {}, side));
  for (const event of batch.of('time-entry.changed.v1', 'expense-entry.changed.v1'))
    note(event.data.state.id, { entry: entryOf(event.data.state, event, event.data.deleted === true) });
  for (const { data } of batch.of('billing-lines.changed.v1')) for (const one of data.lines) note(one.id, { billing: billingOf(one) });
  return stated;
}

const newer = (was: Sides, now: Sides): Sides => ({
  entry: now.entry && now.entry.seq >= (was.entry?.seq ?? 0) ? now.entry : was.entry,
  billing: now.billing && now.billing.revision >= (was.billing?.revision ?? 0) ? now.billing : was.billing,
});

function rowOf(id: string, { entry, billing }: Sides, employments: Employment[]): WrittenRow<typeof line.columns> {
  const { kind, projectId, workDate } = (entry ?? billing)!;
  const email = entry?.email || null;
  const workerId = billing?.workerId ?? null;
  const state = stateOf(entry, billing);
  return {
    id,
    entry,
    billing,
    email,
    workerId,
    agency: agencyOf({ workerId, email, workDate }, employments),
    kind,
    state,
    blocks: state === 'blocked' ? billing!.blocks : [],
    projectId,
    person: entry?.person ?? billing?.person ?? '',
    workDate,
    minutes: entry ? entry.minutes : billing?.minutes,
    spent: entry?.spent?.amount,
    currency: entry?.spent?.currency,
    category: entry?.category,
    note: entry?.note,
    // To Postgres, the moment at which this transaction began. One transaction follows the other, so
    // an agency that asks for what changed since the newest it has misses nothing.
    changedAt: 'now',
    legalEntities: billing?.legalEntities ?? entry!.legalEntities,
  };
}

/** Notes by whom workers are lent from now on; returns whose lines are to be looked at again. */
async function projectEmployments(batch: Batch): Promise<{ workers: string[]; emails: string[] }> {
  const events = batch.of('worker.changed.v1');
  const workers = [...new Set(events.map(({ data }) => data.state.id))];
  if (workers.length === 0) return { workers: [], emails: [] };
  const known = await batch.em.query<ReadRow<typeof employment.columns>[]>(
    `select ${employment.selected('e')} from partner.employment e where e.worker_id = any($1) order by e.from_date`,
    [workers],
  );
  const last = new Map(known.map(row => [row.workerId, row]));
  const rows = new Map<string, WrittenRow<typeof employment.columns>>();
  for (const { data, pos, time } of events) {
    const { id: workerId, agency = null, workEmail, hiredOn } = data.state;
    const was = last.get(workerId);
    const email = workEmail?.toLowerCase() ?? null;
    if (was && (Number(was.seq) > Number(pos) || (was.agency === agency && was.email === email))) continue;
    const today = time.slice(0, 10);
    // A later agency has the person from the day on which that is known, and none of the days before.
    const fromDate = !was ? hiredOn : today > was.fromDate ? today : was.fromDate;
    const row = { workerId, fromDate, seq: pos, email, agency };
    last.set(workerId, row);
    rows.set(`${workerId} ${fromDate}`, row);
  }
  await batch.em.query(UPSERT_EMPLOYMENT, [JSON.stringify([...rows.values()])]);
  const emails = [...known, ...rows.values()].flatMap(({ email }) => email ?? []);
  return { workers, emails: [...new Set(emails)] };
}

async function employmentsOf(em: Transaction, sides: Sides[]): Promise<Employment[]> {
  const rows = await em.query<ReadRow<typeof employment.columns>[]>(
    `select ${employment.selected('e')} from partner.employment e where e.worker_id = any($1)
       or e.worker_id in (select m.worker_id from partner.employment m where m.email = any($2))`,
    [[...new Set(sides.flatMap(({ billing }) => billing?.workerId ?? []))], [...new Set(sides.flatMap(({ entry }) => entry?.email || []))]],
  );
  return rows.map(({ workerId, fromDate, email, agency }) => ({ workerId, from: fromDate, email, agency }));
}
